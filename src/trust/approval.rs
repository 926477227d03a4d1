//! What the user allowed to run, and how it differs from what would run now. Pure but for [`Approval::still_covers`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::grants::Grants;
use crate::model::project::Component;
use crate::trust::item::{Item, Kind, UNREADABLE};
use crate::trust::survey::{Survey, survey};

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
    /// Given in this session, or on its command line.
    Session,
    /// From the list, for this very folder.
    Recorded,
    /// From the list, for a folder around this one; `checkout`: the checkout of its own that this one lies in.
    Around { checkout: Option<PathBuf> },
}

/// When two lists are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The folder is being opened: whatever others changed meanwhile counts.
    Opening,
    /// It is open, and the user edits it.
    Open,
}

/// What of a list was not allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Another folder stands at the path.
    pub replaced: bool,
    pub added: Vec<Item>,
    pub changed: Vec<Item>,
    /// Was allowed and is not there any more; nothing to ask about.
    pub removed: Vec<Item>,
}

impl Difference {
    /// Whether the user is to be asked before anything runs.
    pub fn asks(&self) -> bool {
        self.replaced || !self.added.is_empty() || !self.changed.is_empty()
    }

    /// All of it in a line, for a problem.
    pub fn sentence(&self, root: &Path) -> String {
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
    pub fn difference(&self, survey: &Survey, moment: Moment) -> Difference {
        let same = survey.root == self.0.root && survey.identity == self.0.identity && survey.identity != UNREADABLE;
        if !same || self.is_a_foreign_checkout(survey) {
            return Difference { replaced: !same, added: survey.items.clone(), ..Difference::default() };
        }
        let around = matches!(self.0.origin, Origin::Around { .. });
        let mut difference = Difference::default();
        for item in &survey.items {
            match self.find(item) {
                // The `studio.toml` of an inner folder was not listed.
                None if item.kind == Kind::Grant && !around => {}
                None => difference.added.push(item.clone()),
                Some(known) => {
                    let compares = item.kind.compares_content(moment == Moment::Opening);
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

    /// The same, with the contents that the user's own edits gave to what was allowed; `None` where nothing differs.
    pub fn refreshed(&self, survey: &Survey) -> Option<Self> {
        let edited = |known: &Item| {
            let now = survey.items.iter().find(|item| item.is(known))?;
            (now.kind != Kind::Grant && now.digest != known.digest).then(|| now.clone())
        };
        let mut any = false;
        let items = self.0.items.iter().map(|known| edited(known).inspect(|_| any = true).unwrap_or(known.clone()));
        let items = items.collect();
        any.then(|| Self::new(self.0.root.clone(), self.0.identity.clone(), items, self.0.origin.clone()))
    }

    /// Whether it stands on the list under the folder's own name.
    pub fn is_recorded(&self) -> bool {
        self.0.origin == Origin::Recorded
    }

    /// The same, once it was put on the list.
    #[must_use]
    pub fn on_the_list(&self) -> Self {
        let Approved { root, identity, items, .. } = &*self.0;
        Self::new(root.clone(), identity.clone(), items.clone(), Origin::Recorded)
    }

    /// Looks again, right before these components are built.
    ///
    /// # Errors
    /// What is there now and was not allowed.
    pub fn still_covers(&self, components: &[Component]) -> Result<(), Box<Difference>> {
        let now = survey(&self.0.root, components, &Grants::default());
        let difference = self.difference(&now, Moment::Open);
        if difference.asks() { Err(Box::new(difference)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use crate::trust::approval::*;

    fn item(kind: Kind, place: &str, digest: &str) -> Item {
        Item::new(kind, place, digest)
    }

    fn list(items: &[Item]) -> Survey {
        Survey { root: "/p".into(), identity: "1".into(), items: items.to_vec() }
    }

    #[test]
    fn what_asks_again_and_what_does_not() {
        let config = |digest| item(Kind::CargoConfig, "/p/.cargo/config.toml", digest);
        let script = |digest| item(Kind::BuildScript, "/p/build.rs", digest);
        let grant = |digest| item(Kind::Grant, "/p/studio.toml", digest);
        let (open, opening) = (Moment::Open, Moment::Opening);
        for (what, before, now, moment, asks) in [
            ("nothing new", vec![config("a")], vec![config("a")], opening, false),
            ("a configuration changed", vec![config("a")], vec![config("b")], open, true),
            ("a configuration came", vec![], vec![config("a")], open, true),
            ("a configuration went", vec![config("a")], vec![], open, false),
            ("a script came", vec![], vec![script("a")], open, true),
            ("the user edits a script", vec![script("a")], vec![script("b")], open, false),
            ("somebody changed a script", vec![script("a")], vec![script("b")], opening, true),
            ("a grant came or changed", vec![grant("a")], vec![grant("b")], opening, false),
            ("unreadable stays so", vec![config(UNREADABLE)], vec![config(UNREADABLE)], open, true),
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
        let grant = item(Kind::Grant, "/p/vendor/studio.toml", "a");
        let allowed = vec![build.clone(), own.clone()];
        let inner = |items: &[Item]| Survey { root: "/p/vendor".into(), identity: "2".into(), items: items.to_vec() };
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
    fn an_edit_in_an_open_session_is_remembered() {
        let script = |digest| item(Kind::BuildScript, "/p/build.rs", digest);
        let approval = Approval::of(&list(&[script("a")]));
        assert!(approval.refreshed(&list(&[script("a")])).is_none());
        let edited = approval.refreshed(&list(&[script("b")])).unwrap();
        assert!(!edited.difference(&list(&[script("b")]), Moment::Opening).asks());
    }
}
