//! Whether code of the folder may run: what was allowed, what would run now, and the question about the difference.
//! Pure.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::Arc;

use crate::app::effect::Effect;
use crate::app::gate::Pass;
use crate::app::pipeline;
use crate::app::state::State;
use crate::grants::Capability;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::trust;
use crate::trust::{Approval, Difference, Item, Kind, Moment, Survey, shown};

/// How a session begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// Nothing of the folder runs until the user allows it.
    #[default]
    Untrusted,
    /// The folder is on the list; whether that covers what is in it is known once it was read.
    Recorded,
    /// The user said so on the command line: what is there at the first look is allowed, for this session.
    ThisTime,
}

impl Start {
    /// `said`: on the command line.
    pub fn at(root: &Path, said: bool) -> Self {
        match said {
            true => Self::ThisTime,
            false if trust::recorded(root).is_some() => Self::Recorded,
            false => Self::Untrusted,
        }
    }
}

impl From<bool> for Start {
    fn from(said: bool) -> Self {
        if said { Self::ThisTime } else { Self::Untrusted }
    }
}

/// What of the folder would run, and what of it was allowed earlier: read with the folder.
#[derive(Clone, Debug, Default)]
pub struct WhatRuns {
    pub(crate) survey: Arc<Survey>,
    /// From the user's list, as it is now.
    pub(crate) recorded: Option<Approval>,
}

/// Where this session stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trusting {
    start: Start,
    /// What was allowed; only what it covers is built.
    approval: Option<Approval>,
    survey: Arc<Survey>,
    question: Option<Arc<Question>>,
    looked: bool,
    /// `studio.toml` has been broken since the folder was opened.
    rights_unknown: bool,
    /// Code of the folder was allowed to run at some time of this session.
    pub(crate) ever: bool,
}

/// The question in its present wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// Another for every other text.
    pub(crate) id: u64,
    pub(crate) title: &'static str,
    /// The folder, and below it what would run.
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    pub(crate) mark: Mark,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mark {
    Folder,
    /// What building means.
    Meaning,
    Item,
    New,
    Changed,
    Gone,
    /// What an item says.
    Detail,
}

const MEANING: &str = "Building runs code of this folder on your machine. What would run:";
const NOTHING: &str = "nothing besides its components, in their sandbox";

impl Trusting {
    pub(crate) fn new(start: Start) -> Self {
        Self { start, ..Self::default() }
    }

    /// What was allowed, while it covers all that would run.
    pub(crate) fn approval(&self) -> Option<&Approval> {
        self.approval.as_ref().filter(|_| self.question.is_none())
    }

    pub(crate) fn question(&self) -> Option<&Question> {
        self.question.as_deref()
    }

    /// The folder was read, and nothing of it was ever allowed to run.
    pub(crate) fn is_refused(&self) -> bool {
        self.question.is_some() && !self.ever
    }
}

/// Compares what would run with what was allowed; asks where that is not the same. Rights that the user changed while the
/// folder is open are to be remembered.
pub(crate) fn weigh(state: &mut State, runs: WhatRuns) -> Option<Effect> {
    let WhatRuns { survey, recorded } = runs;
    let trusting = &mut state.trusting;
    let first = !std::mem::replace(&mut trusting.looked, true);
    if first && trusting.start == Start::ThisTime {
        trusting.approval = Some(Approval::of(&survey));
    }
    trusting.survey = Arc::clone(&survey);
    // What came from the list counts as it stands there now.
    let listed = trusting.approval.take_if(|held| held.is_from_the_list()).is_some();
    let revoked = listed && recorded.is_none();
    // Rights that could not be read yet are compared when they can be: until then the folder is not open.
    let moment = if listed && !trusting.rights_unknown { Moment::Open } else { Moment::Opening };
    trusting.rights_unknown = survey.rights_unknown;
    let held = trusting.approval.clone().map(|a| (Moment::Open, a));
    let known = [held, recorded.map(|a| (moment, a))].into_iter().flatten();
    let mut asked = revoked.then(|| Approval::revoked(&survey));
    let covered = known.into_iter().find_map(|(moment, approval)| {
        let difference = approval.difference(&survey, moment);
        if !difference.asks() {
            return Some(approval);
        }
        // It is compared as in an open folder again, where it is covered again.
        if moment == Moment::Open {
            trusting.approval = Some(approval);
        }
        asked.get_or_insert(difference);
        None
    });
    if let Some(approval) = covered {
        let changed = moment == Moment::Open && !survey.rights_unknown && approval.has_other_rights(&survey);
        trusting.approval = Some(approval);
        trusting.question = None;
        trusting.ever = true;
        state.trusted = true;
        return changed.then_some(Effect::RememberRights(survey));
    }
    state.trusted = false;
    if let Some(difference) = &asked {
        let mut problem = problem(&survey.root, difference);
        let mut asked = difference.added.iter().chain(&difference.changed);
        // What is asked about first is what the problem is placed at; of grants, the node's place is known.
        let granted = asked.next().filter(|item| item.kind == Kind::Grant);
        if let Some(known) = granted.and_then(|item| state.project.settings.grant_places.get(&item.name)) {
            problem.place = problem.place.map(|_| known.clone());
        }
        state.project_problems.push(problem);
    }
    trusting.question = Some(Arc::new(question(&survey, asked.as_ref())));
    None
}

/// Allows what is asked about; takes the proof that the user answered the question on the screen.
pub fn allow(state: &mut State, _: &Pass) -> Vec<Effect> {
    let approval = Approval::of(&state.trusting.survey);
    state.trusting.approval = Some(approval.clone());
    state.trusting.question = None;
    state.trusting.ever = true;
    state.trusted = true;
    state.project_problems.retain(|p| ![CHANGED, MORE_RIGHTS, REVOKED].contains(&p.message.as_str()));
    let mut effects = vec![Effect::Trust(Box::new(approval))];
    effects.extend(pipeline::build_all(state));
    effects
}

/// It stands on the list: from now on the list decides, which the user may take it off.
pub(crate) fn remembered(state: &mut State, approval: &Approval) {
    let held = &mut state.trusting.approval;
    if held.as_ref().is_some_and(|held| held.is(approval)) {
        *held = Some(approval.on_the_list());
    }
}

const CHANGED: &str =
    "what runs when this folder is built is not what was trusted; nothing of it runs until you allow it";

const MORE_RIGHTS: &str =
    "studio.toml allows more than what was trusted; nothing of this folder runs until you allow it";

const REVOKED: &str = "this folder is not trusted any more; nothing of it is built until you allow it";

fn problem(root: &Path, difference: &Difference) -> Diagnostic {
    let place = difference.added.iter().chain(&difference.changed).next().map(|item| item.place.clone());
    let mut asked = difference.added.iter().chain(&difference.changed);
    let message = match difference {
        Difference { revoked: true, .. } => REVOKED,
        Difference { replaced: false, .. } if asked.all(|item| item.kind == Kind::Grant) => MORE_RIGHTS,
        _ => CHANGED,
    };
    let place = place.filter(|_| !difference.revoked);
    let problem = Diagnostic::error(Origin::Project, message)
        .remark(difference.sentence(root), None)
        .help(format!("look at it, then press t (trust) in studio, or run `studio trust add {}`", root.display()));
    match place.filter(|p| p.is_file()) {
        Some(place) => problem.at(place.strip_prefix(root).unwrap_or(&place), 0, 0),
        None => problem,
    }
}

/// What a node of the composition is granted, as a sentence; anything else as it stands in the list.
fn in_words(item: &Item, detail: &str) -> String {
    let right = detail.parse::<Capability>().ok().filter(|_| item.kind == Kind::Grant && !item.name.is_empty());
    right.map_or_else(|| detail.to_owned(), |right| format!("{} {}", shown(&item.name), right.right()))
}

/// The question about a list, or about what of it is not what was allowed.
pub(crate) fn question(survey: &Survey, difference: Option<&Difference>) -> Question {
    let row = |mark, text: String| Row { mark, text };
    let mut rows = vec![row(Mark::Folder, shown(&survey.root.display().to_string()))];
    let listed = |mark: Mark, items: &[Item], rows: &mut Vec<Row>| {
        for item in items {
            rows.push(row(mark, item.title(&survey.root)));
            rows.extend(item.details.iter().map(|detail| row(Mark::Detail, in_words(item, detail))));
        }
    };
    let title = match difference {
        Some(difference) if !difference.replaced && !difference.revoked => {
            listed(Mark::New, &difference.added, &mut rows);
            listed(Mark::Changed, &difference.changed, &mut rows);
            listed(Mark::Gone, &difference.removed, &mut rows);
            let mut asked = difference.added.iter().chain(&difference.changed).chain(&difference.removed);
            if asked.all(|item| item.kind == Kind::Grant) {
                "More is granted here than you allowed. Do you still trust it?"
            } else {
                "What runs here has changed. Do you still trust it?"
            }
        }
        _ => {
            rows.push(row(Mark::Meaning, MEANING.into()));
            listed(Mark::Item, &survey.items, &mut rows);
            if survey.items.iter().all(|i| i.kind == Kind::Grant) {
                rows.push(row(Mark::Detail, NOTHING.into()));
            }
            let replaced = difference.is_some_and(|d| d.replaced);
            if replaced { "This is another folder than before. Do you trust it?" } else { "Do you trust this folder?" }
        }
    };
    let mut hasher = DefaultHasher::new();
    (title, &rows).hash(&mut hasher);
    Question { id: hasher.finish(), title, rows }
}
