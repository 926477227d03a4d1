//! What was found in a folder: components, contracts, compositions.

use std::path::PathBuf;

use super::diagnostic::Diagnostic;
use super::port::Ports;

/// A count of changes to the project's inputs. Every event of a stage carries the revision it was made from, and what
/// is older than what is shown is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

impl Revision {
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// How a component comes to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Making {
    /// Built by cargo from a package.
    Cargo(CargoPackage),
    /// A `.wasm` or `.wat` file of the folder, taken as it is.
    File(PathBuf),
    /// Built by the user's own command, as `studio.toml` names it.
    Command { command: Vec<String>, output: PathBuf },
}

/// Who writes `src/bindings.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bindings {
    /// Nobody: a macro, or a plain command.
    None,
    /// studio: the file is missing or carries our mark.
    Studio,
    /// cargo-component, or the user by hand; never touched by us.
    Foreign,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CargoPackage {
    /// The package's name, for `cargo build -p`.
    pub package: String,
    /// Absolute.
    pub manifest: PathBuf,
    /// The folder cargo is run in: the workspace's root, or the package's own. Absolute.
    pub workspace: PathBuf,
    /// A binary target (`fn main`) instead of a `cdylib`; its name.
    pub bin: Option<String>,
    pub bindings: Bindings,
    /// The world of `wit/` that bindings are made for, where the manifest names one.
    pub world: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Unique in the project: the cargo package's name or the file's stem.
    pub name: String,
    pub making: Making,
    /// What a `.wac` may call it: `cyber:core`, in the order of preference (studio.toml, package.metadata.component,
    /// the WIT package of its world).
    pub packages: Vec<String>,
    /// Absolute folder whose files make it: the package's folder, or the file's.
    pub folder: PathBuf,
    /// Absolute folders of its path dependencies, itself left out.
    pub path_dependencies: Vec<PathBuf>,
    /// Absolute path of its WIT (a folder or a file).
    pub wit: Option<PathBuf>,
    /// From its WIT, before its first build; `None` for a plain command or where the WIT is broken.
    pub declared: Option<Ports>,
}

/// A WIT folder with no component: listed and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    pub package: Option<String>,
    /// Absolute.
    pub folder: PathBuf,
}

/// `studio.toml`, as far as it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The active `.wac`, absolute.
    pub composition: Option<PathBuf>,
    pub entry: Option<String>,
    pub addr: Option<String>,
    pub args: Vec<String>,
}

/// Everything a folder holds that studio cares for. Absolute paths inside; relative ones only where shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// Absolute, canonical.
    pub root: PathBuf,
    pub name: String,
    pub components: Vec<Component>,
    pub contracts: Vec<Contract>,
    /// Every `.wac`, absolute, sorted.
    pub compositions: Vec<PathBuf>,
    /// The one that is composed: `studio.toml`'s or the only one.
    pub active: Option<PathBuf>,
    pub settings: Settings,
    pub problems: Vec<Diagnostic>,
}

impl Project {
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components.iter().find(|c| c.name == name)
    }

    /// The component a `.wac` means by `ns:name`; the first, where several claim it.
    pub fn component_for(&self, package: &str) -> Option<&Component> {
        self.components_for(package).first().copied()
    }

    /// The components that a `.wac` may mean by `ns:name`: those that prefer this package most, by package reference,
    /// else by their own name (`local:logger`). More than one is an ambiguity, which a version after `@` can settle;
    /// otherwise it is ignored.
    pub fn components_for(&self, package: &str) -> Vec<&Component> {
        let bare = package.split('@').next().unwrap_or(package);
        let rank = |c: &Component| c.packages.iter().position(|p| p.split('@').next() == Some(bare));
        let ranked: Vec<_> = self.components.iter().filter_map(|c| rank(c).map(|r| (r, c))).collect();
        if let Some(best) = ranked.iter().map(|(r, _)| *r).min() {
            let mut found: Vec<_> = ranked.iter().filter(|(r, _)| *r == best).map(|(_, c)| *c).collect();
            if found.iter().any(|c| c.packages.iter().any(|p| p == package)) {
                found.retain(|c| c.packages.iter().any(|p| p == package));
            }
            return found;
        }
        let name = bare.rsplit(':').next().unwrap_or(bare);
        self.components.iter().filter(|c| c.name == name || kebab(&c.name) == name).collect()
    }

    /// `path` as shown to the user.
    pub fn relative<'a>(&self, path: &'a std::path::Path) -> &'a std::path::Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

/// A name as WIT and WAC can spell it: lower-case words of letters and digits, joined by `-`, each beginning with a
/// letter. `part` where nothing of it can be spelt.
pub fn kebab(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
        let word = word.to_ascii_lowercase();
        match words.last_mut() {
            Some(last) if word.starts_with(|c: char| c.is_ascii_digit()) => last.push_str(&word),
            None if word.starts_with(|c: char| c.is_ascii_digit()) => words.push(format!("n{word}")),
            _ => words.push(word),
        }
    }
    if words.is_empty() { "part".into() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(name: &str, packages: &[&str]) -> Component {
        Component {
            name: name.into(),
            making: Making::File(PathBuf::from("x.wasm")),
            packages: packages.iter().map(|p| (*p).into()).collect(),
            folder: PathBuf::new(),
            path_dependencies: Vec::new(),
            wit: None,
            declared: None,
        }
    }

    fn found(project: &Project, package: &str) -> Vec<String> {
        project.components_for(package).iter().map(|c| c.name.clone()).collect()
    }

    #[test]
    fn packages_before_names_and_preferred_packages_first() {
        let components = vec![
            component("core", &["x:y", "cyber:core"]),
            component("logger", &["cyber:core"]),
            component("my_tool", &[]),
        ];
        let project = Project { components, ..Project::default() };
        assert_eq!(found(&project, "cyber:core"), ["logger"]);
        assert_eq!(found(&project, "cyber:core@1.0.0"), ["logger"]);
        assert_eq!(found(&project, "local:core"), ["core"]);
        assert_eq!(found(&project, "local:my-tool"), ["my_tool"]);
        assert!(found(&project, "no:such").is_empty());
    }

    #[test]
    fn a_version_settles_what_the_name_leaves_open() {
        let components = vec![component("old", &["a:b@1.0.0"]), component("new", &["a:b@2.0.0"])];
        let project = Project { components, ..Project::default() };
        assert_eq!(found(&project, "a:b").len(), 2);
        assert_eq!(found(&project, "a:b@2.0.0"), ["new"]);
    }

    #[test]
    fn kebab_names_are_what_wit_can_spell() {
        for (name, spelt) in [("my_logger", "my-logger"), ("A b", "a-b"), ("v-2", "v2"), ("2x", "n2x"), ("é", "part")]
        {
            assert_eq!(kebab(name), spelt);
        }
    }
}
