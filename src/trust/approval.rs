//! What the user allowed to run, and how it differs from what would run now. Pure.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::trust::item::{Item, Kind, UNREADABLE};
use crate::trust::rights;
use crate::trust::survey::Survey;

/// A list that the user allowed. Whatever runs code of a folder asks for one.
#[derive(Clone, Debug)]
pub struct Approval(Arc<Approved>);

#[derive(Debug)]
struct Approved {
    root: PathBuf,
    identity: String,
    items: Vec<Item>,
    origin: Origin,
}

/// Where an approval comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// Given in this session and not on the list, or not yet; or given on its command line.
    Session,
    /// From the list, for this very folder.
    Recorded,
    /// From the list, for a folder around this one; `checkout`: the checkout of its own that this one lies in.
    Around { checkout: Option<PathBuf> },
}

/// When two lists are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The folder is being opened: whatever others changed meanwhile counts.
    Opening,
    /// It is open, and the user edits it.
    Open,
}

/// What of a list was not allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Another folder stands at the path.
    pub(crate) replaced: bool,
    /// It was on the list and is not any more.
    pub(crate) revoked: bool,
    pub(crate) added: Vec<Item>,
    pub changed: Vec<Item>,
    /// Was allowed and is not there any more; nothing to ask about.
    pub(crate) removed: Vec<Item>,
}

impl Difference {
    /// Whether the user is to be asked before anything runs.
    pub(crate) fn asks(&self) -> bool {
        self.replaced || self.revoked || !self.added.is_empty() || !self.changed.is_empty()
    }

    /// All of it in a line, for a problem.
    pub(crate) fn sentence(&self, root: &Path) -> String {
        if self.revoked {
            return "its trust was revoked, or the list of trusted folders cannot be read".into();
        }
        let part = |what: &'static str, items: &[Item]| {
            let titles: Vec<String> = items.iter().map(|i| i.title(root)).collect();
            (!titles.is_empty()).then(|| format!("{what} {}", titles.join(", ")))
        };
        let replaced = self.replaced.then(|| "it is another folder than the one that was trusted".to_owned());
        let parts = [replaced, part("new:", &self.added), part("changed:", &self.changed)];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

impl Approval {
    /// The user has seen this list and allowed it.
    pub fn of(survey: &Survey) -> Self {
        Self::new(survey.root.clone(), survey.identity.clone(), survey.items.clone(), Origin::Session)
    }

    pub(super) fn recorded(root: &Path, identity: String, items: Vec<Item>) -> Self {
        Self::new(root.to_owned(), identity, items, Origin::Recorded)
    }

    /// `root` lies in the folder that these items are allowed of.
    pub(super) fn around(root: &Path, identity: String, items: Vec<Item>, checkout: Option<PathBuf>) -> Self {
        Self::new(root.to_owned(), identity, items, Origin::Around { checkout })
    }

    fn new(root: PathBuf, identity: String, items: Vec<Item>, origin: Origin) -> Self {
        Self(Arc::new(Approved { root, identity, items, origin }))
    }

    pub(super) fn parts(&self) -> (&Path, &str, &[Item]) {
        (&self.0.root, &self.0.identity, &self.0.items)
    }

    fn find(&self, item: &Item) -> Option<&Item> {
        self.0.items.iter().find(|known| known.is(item))
    }

    /// What of this list was not allowed.
    pub(crate) fn difference(&self, survey: &Survey, moment: Moment) -> Difference {
        let same = survey.root == self.0.root && survey.identity == self.0.identity && survey.identity != UNREADABLE;
        if !same || self.is_a_foreign_checkout(survey) {
            return Difference { replaced: !same, added: survey.items.clone(), ..Difference::default() };
        }
        let around = matches!(self.0.origin, Origin::Around { .. });
        let opening = moment == Moment::Opening;
        let mut difference = Difference::default();
        for item in &survey.items {
            let known = self.find(item);
            if item.kind == Kind::Grant {
                // The `studio.toml` of an inner folder was not listed.
                let compares = around || item.kind.compares_content(opening);
                let beyond = rights::beyond(known, item).filter(|_| compares);
                if known.is_none() { &mut difference.added } else { &mut difference.changed }.extend(beyond);
                continue;
            }
            match known {
                None if !item.kind.compares_presence(opening) && item.digest != UNREADABLE => {}
                None => difference.added.push(item.clone()),
                Some(known) => {
                    let compares = item.kind.compares_content(opening);
                    if (compares || item.digest == UNREADABLE) && !known.holds_the_same(item) {
                        difference.changed.push(item.clone());
                    }
                }
            }
        }
        if !around {
            let gone = |known: &&Item| known.kind != Kind::Grant && !survey.items.iter().any(|item| item.is(known));
            difference.removed = self.0.items.iter().filter(gone).cloned().collect();
        }
        difference
    }

    /// A checkout inside a trusted folder is covered only as part of a build that was listed.
    fn is_a_foreign_checkout(&self, survey: &Survey) -> bool {
        let Origin::Around { checkout: Some(checkout) } = &self.0.origin else { return false };
        let mut builds = survey.items.iter().filter(|i| i.kind == Kind::Workspace).peekable();
        builds.peek().is_none() || builds.any(|i| i.place.starts_with(checkout))
    }

    /// Whether it allows other rights than these; rights that are gone count too, for they might come back.
    pub(crate) fn has_other_rights(&self, survey: &Survey) -> bool {
        !rights(&self.0.items).eq(rights(&survey.items))
    }

    /// Whether it came from the list: then it counts as long as it stands there.
    pub(crate) fn is_from_the_list(&self) -> bool {
        self.0.origin != Origin::Session
    }

    /// Whether both are the very same act of the user.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What it says of the folder, where the list has taken it back.
    pub(crate) fn revoked(survey: &Survey) -> Difference {
        Difference { revoked: true, added: survey.items.clone(), ..Difference::default() }
    }

    /// The same, once it was put on the list.
    #[must_use]
    pub(crate) fn on_the_list(&self) -> Self {
        let Approved { root, identity, items, .. } = &*self.0;
        Self::new(root.clone(), identity.clone(), items.clone(), Origin::Recorded)
    }
}

/// What was allowed, with the contents that the user's own edits and builds gave to it since. Only what is not compared
/// while the folder is open changes: everything else was asked about.
pub(super) fn edited(allowed: &[Item], now: &[Item]) -> Vec<Item> {
    let item = |known: &Item| {
        let is_newer = |item: &&Item| item.is(known) && !item.kind.compares_content(false) && item.digest != UNREADABLE;
        now.iter().find(is_newer).unwrap_or(known).clone()
    };
    let comes = |item: &&Item| {
        !item.kind.compares_presence(false) && item.digest != UNREADABLE && !allowed.iter().any(|known| known.is(item))
    };
    let mut items: Vec<Item> = allowed.iter().map(item).collect();
    items.extend(now.iter().filter(comes).cloned());
    items.sort();
    items
}

/// What was allowed, with the rights that the user has changed it to.
pub(super) fn with_rights(allowed: &[Item], now: &[Item]) -> Vec<Item> {
    let others = allowed.iter().filter(|item| item.kind != Kind::Grant);
    let mut items: Vec<Item> = others.chain(rights(now)).cloned().collect();
    items.sort();
    items
}

fn rights(items: &[Item]) -> impl Iterator<Item = &Item> {
    items.iter().filter(|item| item.kind == Kind::Grant)
}

#[cfg(test)]
mod tests {
    use crate::trust::approval::*;

    fn item(kind: Kind, place: &str, digest: &str) -> Item {
        Item::new(kind, place, digest)
    }

    fn list(items: &[Item]) -> Survey {
        Survey { root: "/p".into(), identity: "1".into(), items: items.to_vec(), ..Survey::default() }
    }

    #[test]
    fn what_asks_again_and_what_does_not() {
        let config = |digest| item(Kind::CargoConfig, "/p/.cargo/config.toml", digest);
        let script = |digest| item(Kind::BuildScript, "/p/build.rs", digest);
        let grant = |word| item(Kind::Grant, "/p/studio.toml", "-").named("a").detail(word);
        let program = |digest| item(Kind::Program, "/p/build.sh", digest);
        let (open, opening) = (Moment::Open, Moment::Opening);
        for (what, before, now, moment, asks) in [
            ("nothing new", vec![config("a")], vec![config("a")], opening, false),
            ("a configuration changed", vec![config("a")], vec![config("b")], open, true),
            ("a configuration came", vec![], vec![config("a")], open, true),
            ("a configuration went", vec![config("a")], vec![], open, false),
            ("a script came", vec![], vec![script("a")], open, true),
            ("the user edits a script", vec![script("a")], vec![script("b")], open, false),
            ("somebody changed a script", vec![script("a")], vec![script("b")], opening, true),
            ("the user grants more", vec![grant("a")], vec![grant("b")], open, false),
            ("somebody grants more", vec![grant("a")], vec![grant("b")], opening, true),
            ("somebody grants", vec![], vec![grant("b")], opening, true),
            ("somebody grants less", vec![grant("a").detail("b")], vec![grant("b")], opening, false),
            ("unreadable stays so", vec![config(UNREADABLE)], vec![config(UNREADABLE)], open, true),
            ("a program came while it is open", vec![], vec![program("a")], open, false),
            ("a program came before", vec![], vec![program("a")], opening, true),
            ("a program that is none", vec![], vec![program(UNREADABLE)], open, true),
            ("an unreadable script", vec![script(UNREADABLE)], vec![script(UNREADABLE)], open, true),
        ] {
            let difference = Approval::of(&list(&before)).difference(&list(&now), moment);
            assert_eq!(difference.asks(), asks, "{what}: {difference:?}");
        }
    }

    #[test]
    fn another_folder_at_the_path_was_never_allowed() {
        let survey = list(&[]);
        let other = Survey { identity: "2".into(), ..survey.clone() };
        let unknown = Survey { identity: UNREADABLE.into(), ..survey.clone() };
        assert!(!Approval::of(&survey).difference(&survey, Moment::Opening).asks());
        assert!(Approval::of(&survey).difference(&other, Moment::Opening).replaced);
        assert!(Approval::of(&unknown).difference(&unknown, Moment::Open).asks());
    }

    #[test]
    fn an_inner_folder_is_covered_by_what_was_listed_alone() {
        let build = item(Kind::Workspace, "/p", "-");
        let own = item(Kind::Workspace, "/p/vendor", "-");
        let grant = item(Kind::Grant, "/p/vendor/studio.toml", "-").detail("files=/");
        let allowed = vec![build.clone(), own.clone()];
        let inner = |items: &[Item]| Survey {
            root: "/p/vendor".into(),
            identity: "2".into(),
            items: items.to_vec(),
            ..Survey::default()
        };
        let around = |checkout: Option<&str>| {
            Approval::around(Path::new("/p/vendor"), "2".into(), allowed.clone(), checkout.map(Into::into))
        };
        let asks = |checkout, items: &[Item]| around(checkout).difference(&inner(items), Moment::Opening).asks();
        assert!(!asks(None, std::slice::from_ref(&build)) && !asks(None, &[]));
        assert!(asks(None, &[item(Kind::BuildScript, "/p/vendor/build.rs", "a")]), "it was not listed");
        assert!(asks(None, std::slice::from_ref(&grant)), "what its own studio.toml grants was not listed");
        let git = Some("/p/vendor");
        assert!(!asks(git, std::slice::from_ref(&build)), "a member of the listed workspace");
        assert!(asks(git, std::slice::from_ref(&own)), "a checkout that is built by itself");
    }

    #[test]
    fn edits_and_what_builds_write_are_taken_over_and_nothing_else() {
        let script = |digest| item(Kind::BuildScript, "/p/build.rs", digest);
        let config = |digest| item(Kind::CargoConfig, "/p/.cargo/config.toml", digest);
        let program = |digest| item(Kind::Program, "/p/made.js", digest);
        let macros = item(Kind::ProcMacro, "/p/macros", "-");
        assert_eq!(edited(&[script("a"), config("a")], &[script("b"), config("b")]), [config("a"), script("b")]);
        assert_eq!(edited(&[script("a")], &[script("a"), program("b"), macros]), [program("b"), script("a")]);
        assert_eq!(edited(&[program("a")], &[program(UNREADABLE)]), [program("a")]);
        let grant = |node: &str| item(Kind::Grant, "/p/studio.toml", "-").named(node);
        assert_eq!(with_rights(&[config("a"), grant("a")], &[config("b"), grant("b")]), [config("a"), grant("b")]);
    }
}
