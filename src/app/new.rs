//! A new project from inside: which template, which folder, and then it is opened.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ValueEnum as _;

use super::effect::Effect;
use super::overlay::{Ask, Choice, Item, Overlay, Picker, Prompt};
use super::pipeline;
use super::state::{Rebuild, State};
use crate::build::scaffold::{self, Template};
use crate::trust;

/// A project that was made, or why not.
pub type Made = Result<PathBuf, String>;

/// Lists the templates.
pub fn choose(state: &mut State) {
    let item = |template: &Template| Item {
        name: template.name().into(),
        detail: template.about().into(),
        key: String::new(),
        refused: None,
        choice: Choice::Template(*template),
    };
    let items = Template::value_variants().iter().map(item).collect();
    state.view.overlays.push(Overlay::Picker(Picker::new("New project from", "No template is called that.", items)));
}

/// Asks for the folder. A folder without a component is likely the one that is meant.
pub fn ask_folder(state: &mut State, template: Template) {
    let here = state.discovered && state.project.components.is_empty();
    let folder = if here { ".".to_owned() } else { format!("../{}", template.name()) };
    let hint = format!(
        "an empty folder, or one that does not exist yet; from {}; making it is trusting it",
        state.options.root.display()
    );
    let prompt = Prompt::new(format!("Folder of the new {}", template.name()), hint, folder, Ask::NewFolder(template));
    state.view.overlays.push(Overlay::Prompt(prompt));
}

/// # Errors
/// Why the folder's name is not taken.
pub fn make(state: &State, template: Template, folder: &str) -> Result<Vec<Effect>, String> {
    if folder.trim().is_empty() {
        return Err("a folder is needed; . is this one".into());
    }
    Ok(vec![Effect::Make { template, folder: state.options.root.join(folder.trim()) }])
}

/// Writes it; done off the loop.
pub fn made(template: Template, folder: &Path) -> Made {
    scaffold::make(template, folder).map_err(|error| {
        // The sentence names the folder; its cause says why.
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        format!("{error}{cause}")
    })?;
    let folder = folder.canonicalize().map_err(|error| error.to_string())?;
    trust::trust(&folder).map_err(|error| error.to_string())?;
    Ok(folder)
}

/// Opens what was made: here it is read again, elsewhere this session ends and one begins there.
pub fn open(state: &mut State, made: Made, now: Instant) -> Vec<Effect> {
    match made {
        Ok(folder) if folder == state.options.root => {
            state.trusted = true;
            state.view.flash("made; it is being built", now);
            pipeline::rediscover(state, Rebuild::Everything)
        }
        Ok(folder) => {
            state.next = Some(folder);
            pipeline::quit(state)
        }
        Err(trouble) => {
            state.view.flash(format!("new: {trouble}"), now);
            Vec::new()
        }
    }
}

/// What a choice would make, a line a file.
pub fn preview(choice: &Choice) -> Vec<&'static str> {
    match choice {
        Choice::Template(template) => template.paths().collect(),
        _ => Vec::new(),
    }
}
