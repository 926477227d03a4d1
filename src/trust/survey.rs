//! What of a folder runs on the user's machine when it is built. Reads files, runs nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::files::Kind as FileKind;
use crate::folders;
use crate::model::project::{BuildKind, Component, Settings, Source};
use crate::trust::cargo_config;
use crate::trust::cargo_config::CargoConfig;
use crate::trust::identity::identity;
use crate::trust::item::{Item, Kind, UNREADABLE};
use crate::trust::packages;
use crate::trust::packages::{Manifests, real};
use crate::trust::programs::Programs;
use crate::trust::read;
use crate::trust::read::{Found, digest};
use crate::trust::rights;

/// Included configurations are followed so deep.
const MAX_INCLUDES: usize = 16;

/// Lines of one file that the question shows; a file of more cannot be allowed, for nobody reads it.
const MOST_LINES: usize = 400;

/// The list of what would run, and of which folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Absolute, canonical.
    pub root: PathBuf,
    /// Tells this folder from another one at the same path.
    pub(crate) identity: String,
    /// Sorted; one for each kind, place and name.
    pub(crate) items: Vec<Item>,
    /// `studio.toml` is broken, so nobody knows what it allows.
    pub(crate) rights_unknown: bool,
}

/// Lists what building these components of the folder `root` runs, and what these settings allow their program. Takes a
/// millisecond for a usual project.
pub fn survey(root: &Path, components: &[Component], settings: &Settings) -> Survey {
    let mut items = BTreeSet::new();
    let mut programs = Programs::new(root);
    let mut manifests = Manifests::default();
    // Where tools are started: configurations apply from there upwards.
    let mut bases = BTreeSet::from([root.to_owned()]);
    let mut built = BTreeSet::new();
    let mut workspaces = BTreeSet::new();
    for component in components {
        match &component.build_kind {
            BuildKind::Cargo(package) => {
                workspaces.insert(real(&package.workspace));
                built.insert(component.folder.clone());
                built.extend(component.path_dependencies.iter().cloned());
            }
            BuildKind::Command { command, .. } => {
                // Where it may call cargo.
                bases.extend(programs.folders_of(&component.folder, command));
                let all = programs.command(&component.folder, command);
                items.insert(build_command(root, &component.name, command, all));
            }
            BuildKind::File(_) => {}
        }
    }
    bases.extend(workspaces.iter().cloned());
    let mut configurations = Configurations::default();
    configurations.read(&bases);
    built.extend(configurations.packages().cloned());
    for workspace in &workspaces {
        items.insert(cargo_build(root, workspace, components));
        for candidate in manifests.workspaces(workspace).into_iter().chain([workspace.clone()]) {
            built.extend(manifests.patched(&candidate));
            if let Some((item, flags)) = manifests.flags(&candidate) {
                let all = programs.values(flags.iter().map(String::as_str), &bases);
                items.insert(if all { item } else { uncountable(item) });
            }
        }
    }
    let (built, all) = manifests.reached(built);
    if !all {
        items.extend(workspaces.iter().map(|workspace| packages::too_many(workspace)));
    }
    for folder in &built {
        items.extend(package_from_elsewhere(root, folder));
        items.extend(manifests.items(folder));
    }
    // And where packages lie.
    bases.extend(built);
    configurations.read(&bases);
    items.extend(configurations.items(&mut programs, &bases));
    items.extend(toolchains(&bases, &mut programs));
    items.extend(programs.into_items());
    let content = |file: &Path| match read::read(file, FileKind::Settings) {
        Found::Text { digest, .. } => digest,
        Found::Nothing => "missing".to_owned(),
        Found::Unreadable(reason) => reason,
    };
    items.extend(rights::items(root, settings, content));
    if let Some(real) = read::led_elsewhere(&root.join("studio.toml")) {
        let text = format!("it is a link to {}, and whoever writes there decides what is allowed", real.display());
        items.insert(Item::new(Kind::Grant, root.join("studio.toml"), "-").named("studio.toml").detail(&text));
    }
    let mut items: Vec<Item> = items.into_iter().collect();
    items.dedup_by(|b, a| a.is(b));
    let rights_unknown = settings.source == Source::Unknown;
    let identity = identity(root).unwrap_or_else(|_| UNREADABLE.into());
    Survey { root: root.to_owned(), identity, items, rights_unknown }
}

/// With every line of a file; where there are too many to be read, it is never allowed.
fn with_lines<'l>(item: Item, lines: impl IntoIterator<Item = &'l str>) -> Item {
    let mut lines = lines.into_iter();
    let item = lines.by_ref().take(MOST_LINES).fold(item, Item::detail);
    match lines.count() {
        0 => item,
        more => Item { digest: UNREADABLE.into(), ..item }
            .detail(&format!("and {more} more lines: too many to be shown, so it cannot be trusted; shorten the file")),
    }
}

/// What names more than can be looked up: what of it would run is not known.
fn uncountable(item: Item) -> Item {
    Item { digest: UNREADABLE.into(), ..item }.detail("names more files than studio looks up")
}

fn build_command(root: &Path, component: &str, words: &[String], all: bool) -> Item {
    let line: Vec<String> = words.iter().map(|w| format!("{w:?}")).collect();
    let item = Item::new(Kind::Command, root.join("studio.toml"), digest(line.join(" ").as_bytes()))
        .named(component)
        .detail(&line.join(" "));
    if all { item } else { uncountable(item) }
}

fn cargo_build(root: &Path, workspace: &Path, components: &[Component]) -> Item {
    let mine = |c: &&Component| matches!(&c.build_kind, BuildKind::Cargo(p) if real(&p.workspace) == *workspace);
    let names: Vec<String> = components.iter().filter(mine).map(|c| format!("`{}`", c.name)).collect();
    let inside = workspace.starts_with(root);
    // Inside the folder it is the user's source; above it, somebody else decides what cargo does.
    let digest = match read::read(&workspace.join("Cargo.toml"), FileKind::Manifest) {
        // What it patches cannot be known.
        Found::Unreadable(_) => UNREADABLE.into(),
        _ if inside => "-".to_owned(),
        Found::Text { digest, .. } => digest,
        Found::Nothing => "missing".into(),
    };
    let item = Item::new(Kind::Workspace, workspace, digest)
        .detail(&format!("{}: macros and build scripts of these packages and of their dependencies", names.join(", ")));
    match checkout(root, workspace) {
        Some(_) => item.detail("a checkout of its own"),
        None if !inside => item.detail("a workspace outside this folder"),
        None => item,
    }
}

fn package_from_elsewhere(root: &Path, folder: &Path) -> Option<Item> {
    let item = Item::new(Kind::Package, folder, "-");
    if !folder.starts_with(root) {
        return Some(item.detail("outside this folder"));
    }
    checkout(root, folder).map(|_| item.detail("in a checkout of its own"))
}

/// The checkout below `root` that this folder lies in.
pub(super) fn checkout(root: &Path, folder: &Path) -> Option<PathBuf> {
    let inside = folder.ancestors().take_while(|a| *a != root && a.starts_with(root));
    inside.filter(|a| a.join(".git").symlink_metadata().is_ok()).last().map(Path::to_owned)
}

/// Every folder that is, or is above, one of these.
fn upwards(bases: &BTreeSet<PathBuf>) -> BTreeSet<&Path> {
    bases.iter().flat_map(|base| base.ancestors()).collect()
}

/// The `.cargo/config.toml` that apply, and what they include.
#[derive(Default)]
struct Configurations {
    /// A file each; and what it says, where it could be read.
    files: Vec<(Item, Option<CargoConfig>)>,
    /// Every path that was looked at.
    seen: BTreeSet<PathBuf>,
    /// How many files the others include.
    included: usize,
}

impl Configurations {
    /// Reads every one from these folders upwards that was not read yet; the user's own for all projects, in
    /// `CARGO_HOME`, is not the folder's.
    fn read(&mut self, bases: &BTreeSet<PathBuf>) {
        let folders = upwards(bases).into_iter().map(|folder| folder.join(".cargo"));
        let home = folders::cargo_home();
        let theirs = folders.filter(|folder| !home.as_ref().is_some_and(|home| is_home(folder, home)));
        let mut files: Vec<PathBuf> = theirs.flat_map(|f| [f.join("config.toml"), f.join("config")]).collect();
        while let Some(file) = files.pop() {
            if self.seen.insert(file.clone()) {
                files.extend(self.read_file(&file));
            }
        }
    }

    /// Reads one, and names those that it includes.
    fn read_file(&mut self, file: &Path) -> Vec<PathBuf> {
        // What is not followed is not known, and what is not known is never allowed.
        let unknown = |reason: &str| Item::new(Kind::CargoConfig, file, UNREADABLE).detail(reason);
        let (text, digest) = match read::read(file, FileKind::Settings) {
            Found::Nothing => return Vec::new(),
            Found::Unreadable(reason) => {
                self.files.push((unknown(&reason), None));
                return Vec::new();
            }
            Found::Text { text, digest } => (text, digest),
        };
        let Some(mut config) = cargo_config::read(&text, file) else {
            self.files.push((unknown("is not valid TOML"), None));
            return Vec::new();
        };
        self.included += config.includes.len();
        let all = self.included <= MAX_INCLUDES;
        let item = Item::new(Kind::CargoConfig, file, if all { digest } else { UNREADABLE.into() });
        let item = with_lines(item, config.lines.iter().map(String::as_str));
        let includes = std::mem::take(&mut config.includes);
        if all {
            self.files.push((item, Some(config)));
            return includes;
        }
        let text = format!("more than {MAX_INCLUDES} included files are not read");
        self.files.push((item.detail(&text), Some(config)));
        Vec::new()
    }

    /// Folders of packages that they put in the place of others.
    fn packages(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.iter().filter_map(|(_, config)| config.as_ref()).flat_map(|config| &config.packages)
    }

    /// The items; what they name is looked up where they begin their paths and in the folders that tools are started in.
    fn items(self, programs: &mut Programs, bases: &BTreeSet<PathBuf>) -> Vec<Item> {
        let item = |(item, config): (Item, Option<CargoConfig>)| {
            let Some(config) = config else { return item };
            let mut folders = bases.clone();
            folders.insert(config.base.clone());
            let mut all = programs.values(config.values.iter().map(String::as_str), &folders);
            for name in config.search.iter().flat_map(|path| path.split(':')).filter(|name| !name.is_empty()) {
                all &= folders.iter().all(|folder| programs.folder(folder, name));
            }
            if all { item } else { uncountable(item) }
        };
        self.files.into_iter().map(item).collect()
    }
}

/// Whether this `.cargo` is the user's own. A link to that from elsewhere is not: its paths begin at the link.
fn is_home(folder: &Path, home: &Path) -> bool {
    folder == home
        || (!folder.is_symlink() && folder.canonicalize().is_ok_and(|f| home.canonicalize().is_ok_and(|h| f == h)))
}

/// The nearest `rust-toolchain` file of each of these folders: rustup goes by that one alone.
fn toolchains(bases: &BTreeSet<PathBuf>, programs: &mut Programs) -> Vec<Item> {
    let mut items = Vec::new();
    for base in bases {
        for folder in base.ancestors() {
            let names = ["rust-toolchain", "rust-toolchain.toml"];
            let found: Vec<Item> = names.iter().filter_map(|n| toolchain(folder.join(n), programs)).collect();
            if !found.is_empty() {
                items.extend(found);
                break;
            }
        }
    }
    items
}

fn toolchain(file: PathBuf, programs: &mut Programs) -> Option<Item> {
    match read::read(&file, FileKind::Settings) {
        Found::Nothing => None,
        Found::Unreadable(reason) => Some(Item::new(Kind::Toolchain, file, UNREADABLE).detail(&reason)),
        Found::Text { text, digest } => {
            // What looks like a comment may be part of a text.
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            let (paths, others): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.contains("path"));
            let item = with_lines(Item::new(Kind::Toolchain, &file, digest), paths.into_iter().chain(others));
            // A toolchain of the folder's own is programs of the folder.
            let table = toml::from_str::<toml::Table>(&text).ok();
            let path = table.as_ref().and_then(|t| t.get("toolchain")?.get("path")?.as_str()).map(ToOwned::to_owned);
            let folder = file.parent().unwrap_or(&file);
            let all = path.is_none_or(|path| programs.folder(folder, &format!("{path}/bin")));
            Some(if all { item } else { uncountable(item) })
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::project::{Bindings, CargoPackage};
    use crate::trust::survey::*;
    use crate::trust::tests::write;
    use std::fs;

    fn cargo(name: &str, folder: &Path, workspace: &Path) -> Component {
        let package = CargoPackage {
            package: name.into(),
            manifest: folder.join("Cargo.toml"),
            workspace: workspace.into(),
            bin: None,
            example: false,
            features: Vec::new(),
            apart: false,
            bindings: Bindings::None,
            bindings_file: "/p/src/bindings.rs".into(),
            world: None,
        };
        Component {
            name: name.into(),
            build_kind: BuildKind::Cargo(package),
            packages: Vec::new(),
            folder: folder.into(),
            path_dependencies: Vec::new(),
            wit: None,
            declared: None,
        }
    }

    #[test]
    fn everything_that_applies_is_listed_above_inside_and_below() {
        let scratch = tempfile::tempdir().unwrap();
        let above = scratch.path().canonicalize().unwrap();
        let root = above.join("project");
        write(&root.join("a/Cargo.toml"), "[package]\nname = 'a'\n");
        write(&root.join("a/build.rs"), "fn main() {}");
        write(&root.join("vendor/.git/HEAD"), "");
        write(&root.join("vendor/b/Cargo.toml"), "[package]\nname = 'b'\n[lib]\nproc-macro = true\n");
        write(&root.join(".cargo/config.toml"), "include = 'more.toml'\n[build]\nrustc-wrapper = 'tools/w.sh'\n");
        write(&root.join(".cargo/more.toml"), "[env]\nX = '1'\n");
        write(&root.join("tools/w.sh"), "#!/bin/sh\n");
        write(&root.join("a/.cargo/config"), "[build]\nrustc = 'r'\n");
        write(&above.join(".cargo/config.toml"), "[net]\n");
        write(&above.join("rust-toolchain"), "nightly\n");
        write(&root.join("a/rust-toolchain.toml"), "[toolchain]\npath = '/evil'\n");
        let mut a = cargo("a", &root.join("a"), &root);
        a.path_dependencies.push(above.join("elsewhere"));
        let components = [a, cargo("b", &root.join("vendor/b"), &root.join("vendor/b"))];
        let found = survey(&root, &components, &Settings::default());
        let titles: Vec<String> = found.items.iter().map(|i| i.title(&root)).collect();
        for title in [
            "cargo configuration: .cargo/config.toml",
            "cargo configuration: .cargo/more.toml",
            "cargo configuration: a/.cargo/config",
            &format!("cargo configuration: {}/.cargo/config.toml", above.display()),
            "toolchain: a/rust-toolchain.toml",
            &format!("toolchain: {}/rust-toolchain", above.display()),
            "program: tools/w.sh",
            "cargo build: .",
            "cargo build: vendor/b",
            &format!("package from elsewhere: {}/elsewhere", above.display()),
            "package from elsewhere: vendor/b",
            "build script: a/build.rs",
            "procedural macros: vendor/b",
        ] {
            assert!(titles.iter().any(|t| t == title), "{title} is missing in {titles:#?}");
        }
    }

    #[test]
    fn what_the_list_cannot_follow_is_never_allowed() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        let includes: Vec<String> = (0..=MAX_INCLUDES).map(|n| format!("'i{n}.toml'")).collect();
        write(&root.join(".cargo/config.toml"), &format!("include = [{}]\n", includes.join(", ")));
        let config = survey(&root, &[], &Settings::default());
        assert_eq!(config.items[0].digest, UNREADABLE, "{:?}", config.items);
        fs::remove_dir_all(root.join(".cargo")).unwrap();

        let padding = "#".repeat(usize::try_from(FileKind::Manifest.limit()).unwrap());
        write(&root.join("a/Cargo.toml"), &format!("[package]\nname = 'a'\n{padding}\n"));
        write(&root.join("a/build.rs"), "fn main() {}");
        let hidden = survey(&root, &[cargo("a", &root.join("a"), &root)], &Settings::default());
        let script = hidden.items.iter().find(|i| i.kind == Kind::BuildScript).unwrap();
        assert_eq!((script.place.as_path(), script.digest.as_str()), (root.join("a/Cargo.toml").as_path(), UNREADABLE));

        write(
            &root.join(".cargo/config.toml"),
            "[build]\nrustc-wrapper = './w.sh'\n[env]\nX = { value = 'a', relative = true }\n",
        );
        let large = fs::File::create(root.join("w.sh")).unwrap();
        large.set_len(FileKind::Program.limit() + 1).unwrap();
        let program = survey(&root, &[], &Settings::default());
        let program = program.items.iter().find(|i| i.kind == Kind::Program).unwrap();
        assert!(!program.holds_the_same(program), "{program:?}");
    }

    #[test]
    fn folders_of_programs_flags_and_sources_of_scripts_are_listed() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        let path = "[env]\nPATH = { value = 'bin:/usr/bin', relative = true, force = true }\n[build]\nrustflags = '-Clinker=./ld'\n";
        write(&root.join(".cargo/config.toml"), path);
        let own = root.join("own");
        write(&root.join("rust-toolchain.toml"), &format!("[toolchain]\npath = '{}'\n", own.display()));
        let flags = "[package]\nname = 'a'\n[profile.dev]\nrustflags = ['-Clinker=./flag']\n";
        write(&root.join("Cargo.toml"), flags);
        write(&root.join("build.rs"), "mod part;\n");
        for file in ["bin/cc", "own/bin/rustc", "ld", "flag", "part.rs"] {
            write(&root.join(file), "#!/bin/sh\n");
        }
        let found = survey(&root, &[cargo("a", &root, &root)], &Settings::default());
        let titles: Vec<String> = found.items.iter().map(|i| i.title(&root)).collect();
        for file in ["bin/cc", "own/bin/rustc", "ld", "flag", "part.rs"] {
            assert!(titles.contains(&format!("program: {file}")), "{file} is missing in {titles:#?}");
        }
        assert!(titles.contains(&"cargo configuration: Cargo.toml".into()), "{titles:#?}");
    }

    #[test]
    fn every_line_is_shown_or_the_file_is_never_allowed() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        let toolchain = |lines: usize| {
            let list = "'x',\n".repeat(lines);
            write(&root.join("rust-toolchain.toml"), &format!("[toolchain]\ntargets = [\n{list}]\npath = '/evil'\n"));
            survey(&root, &[], &Settings::default()).items.remove(0)
        };
        let shown = toolchain(45);
        assert_eq!((shown.details.len(), shown.details[0].as_str()), (49, "path = '/evil'"));
        assert!(shown.holds_the_same(&shown));
        let long = toolchain(MOST_LINES);
        assert_eq!((long.digest.as_str(), long.details[0].as_str()), (UNREADABLE, "path = '/evil'"));
        fs::remove_file(root.join("rust-toolchain.toml")).unwrap();
        let many: String = (0..=MOST_LINES).map(|n| format!("A{n} = 'x'\n")).collect();
        write(&root.join(".cargo/config.toml"), &format!("[env]\n{many}"));
        assert_eq!(survey(&root, &[], &Settings::default()).items[0].digest, UNREADABLE);
    }

    #[test]
    fn folders_that_a_command_names_are_where_cargo_may_be_called() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        write(&root.join("sub/.cargo/config.toml"), "[build]\nrustc-wrapper = './w.sh'\n");
        write(&root.join("sub/w.sh"), "");
        write(&root.join("sub/rust-toolchain"), "nightly\n");
        let mut component = cargo("a", &root, &root);
        let command = ["sh", "-c", "cd sub && cargo build"].map(String::from).to_vec();
        component.build_kind = BuildKind::Command { command, output: root.join("x.wasm"), watch: Vec::new() };
        let found = survey(&root, &[component], &Settings::default());
        let titles: Vec<String> = found.items.iter().map(|i| i.title(&root)).collect();
        for title in
            ["cargo configuration: sub/.cargo/config.toml", "toolchain: sub/rust-toolchain", "program: sub/w.sh"]
        {
            assert!(titles.contains(&title.into()), "{title} is missing in {titles:#?}");
        }
    }

    #[test]
    fn a_link_to_the_users_configuration_is_the_folders() {
        let scratch = tempfile::tempdir().unwrap();
        let (home, link) = (scratch.path().join("home/.cargo"), scratch.path().join("p/.cargo"));
        fs::create_dir_all(&home).unwrap();
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(&home, &link).unwrap();
        assert!(is_home(&home, &home) && is_home(&link, &link) && !is_home(&link, &home));
    }

    #[test]
    fn loops_of_includes_end() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        write(&root.join(".cargo/config.toml"), "include = ['config.toml', 'a.toml']\n");
        write(&root.join(".cargo/a.toml"), "include = 'config.toml'\n");
        assert_eq!(survey(&root, &[], &Settings::default()).items.len(), 2);
    }

    #[test]
    fn a_checkout_inside_is_told_from_the_folder_itself() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path();
        write(&root.join(".git/HEAD"), "");
        write(&root.join("x/y/.git"), "gitdir: elsewhere\n");
        assert_eq!(checkout(root, &root.join("x")), None);
        assert_eq!(checkout(root, &root.join("x/y/z")), Some(root.join("x/y")));
        assert_eq!(checkout(root, root), None);
    }
}
