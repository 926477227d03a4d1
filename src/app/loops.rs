//! Builds that write what they are built from: each would start the next one, without end.
//!
//! Who writes a file cannot be asked. A file that changes once while its component is built may have been saved by its
//! user, and is built again. One that changes during [`IN_A_ROW`] builds, one after the other, seems to be written by
//! them: from then on, what happens to it during a build starts nothing. A change at any other time is the user's.
//! Builds may also write files of ever new names; so where files of one folder change during [`FOLDER_IN_A_ROW`] builds,
//! the same holds for that folder.
//!
//! It may still have been the user, whose editor saves while they type. So what was held back is built once more after
//! each pause of [`PAUSES`], and a build that does write its source ends after these. A save is held back for good only
//! where the file changed during these builds too; the problem says so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::model::diagnostic::{Diagnostic, Origin};

/// Builds in a row during which a file must change.
const IN_A_ROW: u32 = 3;

/// Builds in a row during which files of a folder must change: more, for who edits saves several files of one folder.
const FOLDER_IN_A_ROW: u32 = 5;

/// From the end of a build to that of what was held back during it.
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(10)];

#[derive(Clone, Debug, Default)]
pub(crate) struct Loops {
    /// The number of the newest build.
    build: u64,
    /// What it builds.
    building: Vec<String>,
    began: Option<Instant>,
    ended: Option<Instant>,
    /// The newest build during which a file, or something in a folder, changed, and how many that were in a row.
    changes: BTreeMap<PathBuf, (u64, u32)>,
    /// Files and folders that builds seem to write.
    written: BTreeMap<PathBuf, Written>,
}

/// A file, or the files of a folder, that builds seem to write.
#[derive(Clone, Debug)]
struct Written {
    /// The components that are built from it.
    readers: Vec<String>,
    problem: Diagnostic,
    /// The file whose change is held back, or was.
    file: PathBuf,
    held: Held,
    /// How often it was built once more.
    again: usize,
}

/// A change that was held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Nothing,
    UntilBuildEnds,
    UntilPauseEnds,
}

/// A change that was held back is to be built after this pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    pub file: PathBuf,
    pub(crate) pause: Duration,
}

impl Loops {
    pub(crate) fn build_began(&mut self, components: &[String], at: Instant) {
        self.build += 1;
        self.building = components.to_vec();
        (self.began, self.ended) = (Some(at), None);
    }

    /// A source that the build did not write is none that builds write. What was held back during it is to be built once
    /// more.
    pub(crate) fn build_ended(&mut self, at: Instant) -> Vec<Later> {
        self.ended = Some(at);
        let (build, changes, building) = (self.build, &self.changes, &self.building);
        let was_written = |path: &PathBuf| changes.get(path).is_some_and(|(newest, _)| *newest == build);
        self.written.retain(|path, w| was_written(path) || !w.readers.iter().any(|reader| building.contains(reader)));
        let mut later = Vec::new();
        for written in self.written.values_mut().filter(|written| written.held == Held::UntilBuildEnds) {
            written.held = Held::Nothing;
            if let Some(pause) = PAUSES.get(written.again) {
                written.again += 1;
                written.held = Held::UntilPauseEnds;
                later.push(Later { file: written.file.clone(), pause: *pause });
            }
        }
        later
    }

    /// Whether this file, after its pause, is still to be built once more.
    pub(crate) fn pause_ended(&mut self, file: &Path) -> bool {
        let mut of_file = self.written.values_mut().filter(|written| written.file == file);
        let held = of_file.next().map(|written| std::mem::replace(&mut written.held, Held::Nothing));
        held.is_some_and(|held| held != Held::Nothing)
    }

    /// Whether a change of this file, first seen `at`, is to be built by `readers`; `shown` is how the file is shown.
    pub(crate) fn is_to_be_built(&mut self, file: &Path, shown: &Path, readers: &[String], at: Instant) -> bool {
        let during = self.began.is_some_and(|began| began <= at) && self.ended.is_none_or(|ended| at <= ended);
        let folder = file.parent().unwrap_or(file);
        if !during {
            for path in [file, folder] {
                self.changes.remove(path);
                self.written.remove(path);
            }
            return true;
        }
        let (of_file, of_folder) = (self.row(file), self.row(folder));
        let written = if of_file >= IN_A_ROW || self.written.contains_key(file) {
            self.written.entry(file.to_owned()).or_insert_with(|| Written::new(file, problem(shown, readers), readers))
        } else if of_folder >= FOLDER_IN_A_ROW || self.written.contains_key(folder) {
            let problem = || folder_problem(shown, readers);
            self.written.entry(folder.to_owned()).or_insert_with(|| Written::new(file, problem(), readers))
        } else {
            return true;
        };
        if written.held == Held::Nothing {
            // Not that of a pause under way, which ends by this name.
            file.clone_into(&mut written.file);
            written.held = Held::UntilBuildEnds;
        }
        false
    }

    /// Counts a change during the newest build: during how many in a row that is.
    fn row(&mut self, path: &Path) -> u32 {
        let build = self.build;
        let (newest, count) = self.changes.entry(path.to_owned()).or_insert((build, 0));
        if *count == 0 || *newest + 1 == build {
            *count += 1;
        } else if *newest != build {
            *count = 1;
        }
        *newest = build;
        *count
    }

    /// What builds write of their own sources.
    pub(crate) fn problems(&self) -> impl Iterator<Item = &Diagnostic> {
        self.written.values().map(|written| &written.problem)
    }
}

impl Written {
    fn new(file: &Path, problem: Diagnostic, readers: &[String]) -> Self {
        Self { readers: readers.to_vec(), problem, file: file.to_owned(), held: Held::Nothing, again: 0 }
    }
}

fn problem(file: &Path, readers: &[String]) -> Diagnostic {
    let text = format!(
        "Building {} writes {}, which it is built from: every build would start another one. What builds write to this \
         file is not built again; a save of it while nothing is built is.",
        names(readers),
        file.display()
    );
    with_help(Diagnostic::warning(Origin::Project, text).at(file, 0, 0), readers)
}

/// `file` is one of the folder's.
fn folder_problem(file: &Path, readers: &[String]) -> Diagnostic {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let text = format!(
        "Building {} writes files in {}, which it is built from, the last of them {}: every build would start another \
         one. What builds write to this folder is not built again; a save in it while nothing is built is.",
        names(readers),
        folder.display(),
        file.display()
    );
    with_help(Diagnostic::warning(Origin::Project, text), readers)
}

fn names(readers: &[String]) -> String {
    let names: Vec<String> = readers.iter().map(|name| format!("`{name}`")).collect();
    names.join(" and ")
}

fn with_help(problem: Diagnostic, readers: &[String]) -> Diagnostic {
    let problem = problem.help(
        "Write generated sources to OUT_DIR, write a file only when its content changes, or leave it out of the \
         command's `watch`.",
    );
    match readers {
        [only] => problem.component(only),
        _ => problem,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::app::loops::*;

    /// A clock that each step moves on.
    struct Session {
        loops: Loops,
        now: Instant,
    }

    impl Session {
        fn new() -> Self {
            Self { loops: Loops::default(), now: Instant::now() }
        }

        fn later(&mut self) -> Instant {
            self.now += Duration::from_secs(1);
            self.now
        }

        fn change(&mut self) -> bool {
            let at = self.later();
            self.loops.is_to_be_built(Path::new("/p/src/stamp.rs"), Path::new("src/stamp.rs"), &["app".into()], at)
        }

        /// A build, during which the file changes or does not; whether that is to be built.
        fn build(&mut self, writes: bool) -> bool {
            let at = self.later();
            self.loops.build_began(&["app".into()], at);
            let builds = writes && self.change();
            let at = self.later();
            self.loops.build_ended(at);
            builds
        }
    }

    #[test]
    fn a_build_that_writes_its_source_each_time_is_stopped_and_named() {
        let mut session = Session::new();
        assert_eq!([true, true, true].map(|writes| session.build(writes)), [true, true, false]);
        let problem = session.loops.problems().next().unwrap();
        assert!(problem.message.contains("`app` writes src/stamp.rs"), "{}", problem.message);
        assert!(!session.build(true), "later builds write it too, and it starts nothing");
    }

    #[test]
    fn builds_that_write_files_of_ever_new_names_are_stopped_and_the_folder_is_named() {
        let mut session = Session::new();
        let build = |session: &mut Session, n: u32| {
            let at = session.later();
            session.loops.build_began(&["app".into()], at);
            let at = session.later();
            let name = format!("gen/bundle-{n}.js");
            let builds =
                session.loops.is_to_be_built(&Path::new("/p").join(&name), Path::new(&name), &["app".into()], at);
            let at = session.later();
            (builds, session.loops.build_ended(at))
        };
        for n in 1..FOLDER_IN_A_ROW {
            assert_eq!(build(&mut session, n), (true, Vec::new()), "{n}");
        }
        for (n, pause) in PAUSES.into_iter().enumerate() {
            let n = FOLDER_IN_A_ROW + u32::try_from(n).unwrap();
            let file = PathBuf::from(format!("/p/gen/bundle-{n}.js"));
            assert_eq!(build(&mut session, n), (false, vec![Later { file: file.clone(), pause }]));
            // What is heard of later, of the same build, does not take the place of what the pause is for.
            let (late, seen) = (Path::new("gen/late.js"), session.now.checked_sub(Duration::from_secs(1)).unwrap());
            assert!(!session.loops.is_to_be_built(&Path::new("/p").join(late), late, &["app".into()], seen));
            assert!(session.loops.pause_ended(&file), "it may have been the user");
        }
        assert_eq!(build(&mut session, 99), (false, Vec::new()), "builds do write there");
        let problem = session.loops.problems().next().unwrap();
        assert!(problem.message.contains("`app` writes files in gen,"), "{}", problem.message);
        // A save outside of builds.
        let at = session.later();
        let file = Path::new("/p/gen/mine.js");
        assert!(session.loops.is_to_be_built(file, Path::new("gen/mine.js"), &["app".into()], at));
        assert_eq!(session.loops.problems().count(), 0);
    }

    #[test]
    fn a_save_between_builds_is_built_and_one_during_a_build_too() {
        let mut session = Session::new();
        assert!(session.build(true) && session.change() && session.build(true) && session.change());
        assert!(session.build(true), "what was changed between two builds begins a new row");
        assert!(!session.build(false) && session.build(true) && session.build(true));
        assert_eq!(session.loops.problems().count(), 0);
    }

    #[test]
    fn what_was_held_back_is_built_after_a_pause_and_not_for_ever() {
        let mut session = Session::new();
        let file = Path::new("/p/src/stamp.rs");
        let ends = |session: &mut Session, writes: bool| {
            let at = session.later();
            session.loops.build_began(&["app".into()], at);
            let builds = writes && session.change();
            let at = session.later();
            (builds, session.loops.build_ended(at))
        };
        assert_eq!(ends(&mut session, true), (true, Vec::new()));
        assert_eq!(ends(&mut session, true), (true, Vec::new()));
        for pause in PAUSES {
            assert_eq!(ends(&mut session, true), (false, vec![Later { file: file.into(), pause }]));
            assert!(session.loops.pause_ended(file) && !session.loops.pause_ended(file));
        }
        assert_eq!(ends(&mut session, true), (false, Vec::new()), "builds do write it");
        assert!(session.change(), "the user saved it, which begins anew");
        assert!(session.loops.written.is_empty() && session.loops.problems().count() == 0);
        // An editor that saved during three builds, and then no more.
        for (writes, later) in [(true, 0), (true, 0), (true, 1)] {
            assert_eq!(ends(&mut session, writes).1.len(), later);
        }
        assert!(session.loops.pause_ended(file));
        assert_eq!(ends(&mut session, false), (false, Vec::new()));
        assert_eq!(session.loops.problems().count(), 0);
        assert!(session.loops.written.is_empty());
    }

    #[test]
    fn a_save_outside_a_build_takes_the_place_of_what_was_held_back() {
        let mut session = Session::new();
        assert_eq!([true, true, true].map(|writes| session.build(writes)), [true, true, false]);
        assert!(session.change());
        assert!(!session.loops.pause_ended(Path::new("/p/src/stamp.rs")));
    }

    #[test]
    fn a_build_that_leaves_the_file_alone_ends_the_suspicion() {
        let mut session = Session::new();
        assert_eq!([true, true, true].map(|writes| session.build(writes)), [true, true, false]);
        session.build(false);
        assert_eq!(session.loops.problems().count(), 0);
        assert!(session.build(true));
    }

    #[test]
    fn a_change_that_is_heard_of_after_the_build_counts_by_when_it_was_seen() {
        let mut session = Session::new();
        for _ in 0..IN_A_ROW {
            let at = session.later();
            session.loops.build_began(&["app".into()], at);
            let seen = session.later();
            let at = session.later();
            session.loops.build_ended(at);
            session.loops.is_to_be_built(Path::new("/p/a.rs"), Path::new("a.rs"), &["app".into()], seen);
        }
        assert_eq!(session.loops.problems().count(), 1);
    }
}
