//! One run of cargo: what it is asked, and its messages as they come.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use cargo_metadata::{CompilerMessage, Message};

use crate::build::Profile;
use crate::build::cargo_stderr::{CargoStderr, Word};
use crate::build::environment;
use crate::build::environment::TARGET;
use crate::build::process::{Stream, Tree};
use crate::build::rustc;
use crate::files;
use crate::files::Kind;
use crate::files::exhausted::{HELP, is_exhausted};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::project::CargoPackage;

/// What happens while cargo runs.
#[derive(Debug)]
pub(crate) enum News {
    Word(Word),
    /// A problem, and the folder of the crate it was found in.
    Problem(Box<Diagnostic>, PathBuf),
    /// A package's component was written.
    Artifact {
        manifest: PathBuf,
        /// The name of the binary target or example; `None` for a library.
        bin: Option<String>,
        example: bool,
        file: PathBuf,
    },
}

/// cargo at work on some packages of one workspace.
#[derive(Debug)]
pub(crate) struct Cargo {
    tree: Tree,
    said: CargoStderr,
    workspace: PathBuf,
    root: PathBuf,
}

impl Cargo {
    /// Starts `cargo build` for packages of one workspace; `root` is what places are shown relative to.
    pub(crate) fn start(packages: &[&CargoPackage], profile: Profile, root: &Path) -> std::io::Result<Self> {
        let workspace = packages.first().map_or_else(PathBuf::new, |p| p.workspace.clone());
        let mut command = environment::command("cargo", &workspace);
        command
            .args(arguments(packages, profile))
            .arg("--target-dir")
            .arg(packages.first().map_or_else(PathBuf::new, |p| environment::target_directory_of(p)))
            // Its words are read by a program: no colours, no bar, but not silent either.
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TERM_PROGRESS_WHEN", "never")
            .env("CARGO_TERM_QUIET", "false")
            .env("CARGO_TERM_VERBOSE", "false");
        Ok(Self { tree: Tree::spawn(command)?, said: CargoStderr::default(), workspace, root: root.to_owned() })
    }

    /// The next thing worth knowing; `None` when cargo has nothing more to say.
    pub(crate) async fn next(&mut self) -> Option<News> {
        loop {
            let news = match self.tree.line().await? {
                (Stream::Err, line) => self.said.line(&line).map(News::Word),
                (Stream::Out, line) => self.message(&line),
            };
            if news.is_some() {
                return news;
            }
        }
    }

    /// Waits for its end; the problems are those that only stand in its words.
    pub(crate) async fn finish(&mut self) -> (std::io::Result<ExitStatus>, Vec<Diagnostic>) {
        let status = self.tree.wait().await;
        (status, self.said.problems(&self.workspace, &self.root))
    }

    /// Ends it and everything it started.
    pub(crate) async fn end(&mut self) {
        self.tree.end().await;
    }

    fn message(&self, line: &str) -> Option<News> {
        if !line.starts_with('{') {
            return None; // a build script's or macro's own print
        }
        match serde_json::from_str(line).ok()? {
            Message::CompilerArtifact(artifact) => {
                let example = artifact.target.is_example();
                let file = artifact.filenames.iter().find(|f| f.extension() == Some("wasm"))?;
                Some(News::Artifact {
                    manifest: artifact.manifest_path.clone().into_std_path_buf(),
                    bin: (artifact.target.is_bin() || example).then(|| artifact.target.name.clone()),
                    example,
                    file: file.clone().into_std_path_buf(),
                })
            }
            Message::CompilerMessage(CompilerMessage { message, target, .. }) => {
                let problem = rustc::diagnostic(&message, &self.workspace, &self.root)?;
                Some(News::Problem(Box::new(problem), crate_folder(target.src_path.as_std_path())))
            }
            _ => None,
        }
    }
}

/// The folder above `src`, or the source's own.
fn crate_folder(source: &Path) -> PathBuf {
    let above = source.ancestors().find(|a| a.join("Cargo.toml").is_file());
    above.or(source.parent()).unwrap_or(source).to_owned()
}

fn arguments(packages: &[&CargoPackage], profile: Profile) -> Vec<String> {
    let mut arguments: Vec<String> =
        ["build", "--target", TARGET, "--message-format=json-diagnostic-rendered-ansi", "--keep-going"]
            .map(String::from)
            .into();
    if profile == Profile::Release {
        arguments.push("--release".into());
    }
    let specs: BTreeSet<String> = packages.iter().map(|p| spec(p)).collect();
    arguments.extend(specs.into_iter().flat_map(|spec| ["-p".into(), spec]));
    // Only what becomes a component: a package may hold binaries for the host besides.
    if packages.iter().any(|p| p.bin.is_none()) {
        arguments.push("--lib".into());
    }
    let kind = |package: &CargoPackage| if package.example { "--example" } else { "--bin" };
    let named: BTreeSet<(&str, &String)> = packages.iter().filter_map(|p| Some((kind(p), p.bin.as_ref()?))).collect();
    arguments.extend(named.into_iter().flat_map(|(kind, name)| [kind.to_owned(), name.clone()]));
    let features: BTreeSet<String> =
        packages.iter().flat_map(|p| p.features.iter().map(|f| format!("{}/{f}", p.package))).collect();
    arguments.extend(features.into_iter().flat_map(|feature| ["--features".into(), feature]));
    arguments
}

/// How `-p` names the package: with its version where the lock knows another package of its name.
fn spec(package: &CargoPackage) -> String {
    let name = &package.package;
    let lock = files::text(&package.workspace.join("Cargo.lock"), Kind::Lock).unwrap_or_default();
    let own_name = format!("name = \"{name}\"");
    let entries: Vec<&str> = lock.split("[[package]]").filter(|e| e.lines().any(|l| l == own_name)).collect();
    // What is built from a path has no source.
    let own = entries.iter().find(|e| !e.contains("\nsource = ")).filter(|_| entries.len() > 1);
    let version = own.and_then(|e| e.lines().find_map(|l| l.strip_prefix("version = ")));
    version.map_or_else(|| name.clone(), |v| format!("{name}@{}", v.trim_matches('"')))
}

/// The sentence for a cargo that could not be started.
pub(crate) fn not_started(error: &std::io::Error) -> Diagnostic {
    let help = if is_exhausted(error) { HELP } else { "Install Rust from https://rustup.rs, then start studio again." };
    Diagnostic::error(Origin::Toolchain, format!("cargo can't be started: {error}.")).help(help)
}

#[cfg(test)]
mod tests {
    use crate::build::cargo::*;
    use crate::model::project::Bindings;

    fn package(name: &str, bin: Option<&str>) -> CargoPackage {
        CargoPackage {
            package: name.into(),
            manifest: "/p/Cargo.toml".into(),
            workspace: "/p".into(),
            bin: bin.map(Into::into),
            example: false,
            features: Vec::new(),
            apart: false,
            bindings: Bindings::None,
            bindings_file: "/p/src/bindings.rs".into(),
            world: None,
        }
    }

    #[test]
    fn only_the_components_targets_are_built() {
        let (a, b, c) = (package("a", None), package("b", Some("bb")), package("c", None));
        let tail = |packages: &[&CargoPackage]| arguments(packages, Profile::Dev).split_off(5).join(" ");
        assert_eq!(tail(&[&a, &c]), "-p a -p c --lib");
        assert_eq!(tail(&[&b]), "-p b --bin bb");
        assert_eq!(tail(&[&a, &b]), "-p a -p b --lib --bin bb");
        let other = CargoPackage { bin: Some("cc".into()), ..package("b", None) };
        let example = CargoPackage { example: true, features: vec!["json".into()], ..package("b", Some("ee")) };
        assert_eq!(tail(&[&a, &example]), "-p a -p b --lib --example ee --features b/json");
        assert_eq!(tail(&[&b, &other]), "-p b --bin bb --bin cc", "two programs of one package");
    }

    #[test]
    fn a_dependency_of_the_same_name_is_told_apart_by_version() {
        let folder = tempfile::tempdir().unwrap();
        let package = CargoPackage { workspace: folder.path().into(), ..package("logger", None) };
        let lock = folder.path().join("Cargo.lock");
        let own = "[[package]]\nname = \"logger\"\nversion = \"0.1.0\"\n\n";
        std::fs::write(&lock, own).unwrap();
        assert_eq!(spec(&package), "logger");
        let other = "[[package]]\nname = \"logger\"\nversion = \"0.4.0\"\nsource = \"registry\"\n";
        std::fs::write(&lock, format!("{own}{other}")).unwrap();
        assert_eq!(spec(&package), "logger@0.1.0");
    }

    #[test]
    fn release_is_asked_for() {
        let a = package("a", None);
        assert!(arguments(&[&a], Profile::Release).contains(&"--release".to_owned()));
    }
}
