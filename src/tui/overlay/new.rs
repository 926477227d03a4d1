//! A new project from inside: which template, which folder, and then it is opened.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ValueEnum as _;

use crate::app::pipeline;
use crate::app::state::Rebuild;
use crate::build::scaffold;
use crate::build::scaffold::Template;
use crate::discover;
use crate::trust;
use crate::trust::Approval;
use crate::tui::effect::{Effect, of_app};
use crate::tui::overlay::{Ask, Choice, Item, Overlay, Picker, Prompt};
use crate::tui::state::State;

/// A project that was made, or why not.
pub(crate) type Made = Result<NewProject, String>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProject {
    /// Absolute, canonical.
    pub folder: PathBuf,
    /// Why it is left untrusted, where it is.
    pub(crate) untrusted: Option<String>,
}

/// Lists the templates.
pub(crate) fn choose(state: &mut State) {
    let item = |template: &Template| Item {
        name: template.name().into(),
        detail: template.about().into(),
        key: String::new(),
        refused: None,
        choice: Choice::Template(*template),
    };
    let items = Template::value_variants().iter().map(item).collect();
    state.view.overlays.push(Overlay::Picker(Picker::new("New project", "No matching template.", items)));
}

/// Asks for the folder. A folder without a component is likely the one that is meant.
pub(crate) fn ask_folder(state: &mut State, template: Template) {
    let here = state.app.discovered && state.app.project.components.is_empty();
    let folder = if here { ".".to_owned() } else { format!("../{}", template.name()) };
    let hint =
        format!("a new or empty folder, relative to {}; the new project is trusted", state.app.options.root.display());
    let prompt = Prompt::new(format!("Folder of the new {}", template.name()), hint, folder, Ask::NewFolder(template));
    state.view.overlays.push(Overlay::Prompt(prompt));
}

/// # Errors
/// Why the folder's name is not taken.
pub(crate) fn make(state: &State, template: Template, folder: &str) -> Result<Vec<Effect>, String> {
    if folder.trim().is_empty() {
        return Err("enter a folder; `.` is this one".into());
    }
    Ok(vec![Effect::Make { template, folder: state.app.options.root.join(folder.trim()) }])
}

/// Writes it; done off the loop.
pub(crate) fn made(template: Template, folder: &Path) -> Made {
    scaffold::make(template, folder).map_err(|error| {
        // The sentence names the folder; its cause says why.
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        format!("{error}{cause}")
    })?;
    let folder = folder.canonicalize().map_err(|error| error.to_string())?;
    let untrusted = trust_made(&folder).err();
    Ok(NewProject { folder, untrusted })
}

/// Trusts a project that this process has just written: what it wrote, and nothing that applies from elsewhere.
///
/// # Errors
/// Why it is left untrusted, as a sentence; opening it asks.
pub(crate) fn trust_made(folder: &Path) -> Result<(), String> {
    let project = discover::discover(folder).map_err(|error| error.to_string())?;
    let survey = trust::survey(&project.root, &project.components, &project.settings);
    let foreign: Vec<&trust::Item> = survey.items.iter().filter(|i| !i.place.starts_with(&project.root)).collect();
    if !foreign.is_empty() {
        let says = |item: &trust::Item| {
            let details = item.details.join(", ");
            let says = if details.is_empty() { String::new() } else { format!(" ({details})") };
            format!("{}{says}", item.title(&project.root))
        };
        let all: Vec<String> = foreign.into_iter().map(says).collect();
        return Err(format!("it is not trusted, for this applies to it and is not studio's: {}", all.join("; ")));
    }
    trust::remember(&Approval::of(&survey)).map_err(|error| error.to_string())
}

/// Opens what was made: here it is read again, elsewhere this session ends and one begins there.
pub(crate) fn open(state: &mut State, made: Made, now: Instant) -> Vec<Effect> {
    match made {
        Ok(new) if new.folder == state.app.options.root => {
            state.view.flash(new.untrusted.unwrap_or_else(|| "created; building it".into()), now);
            of_app(pipeline::rediscover(&mut state.app, Rebuild::Everything))
        }
        Ok(new) => {
            state.next = Some(new.folder);
            of_app(pipeline::quit(&mut state.app))
        }
        Err(trouble) => {
            state.view.flash(format!("new: {trouble}"), now);
            Vec::new()
        }
    }
}

/// What a choice would make, a line a file.
pub(crate) fn preview(choice: &Choice) -> Vec<&'static str> {
    match choice {
        Choice::Template(template) => template.paths().collect(),
        _ => Vec::new(),
    }
}
