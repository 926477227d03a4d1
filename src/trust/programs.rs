//! Files of the folder that a command or a configuration names: each may be a program, or what an interpreter runs.
//!
//! Which of its words a program runs is its own business, so every word that names a file counts. A tool that keeps its
//! commands in a file of a known name is followed there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::files;
use crate::files::{Kind as FileKind, walk};
use crate::trust::item::{Item, Kind, UNREADABLE};
use crate::trust::packages::places;
use crate::trust::read;
use crate::trust::read::Found;
use crate::trust::words;

/// Names that are looked up for one folder, at most; some microseconds each.
const MOST_LOOKUPS: usize = 20_000;

/// Files that are listed of a folder of programs, at most.
const MOST_OF_A_FOLDER: usize = 256;

/// The beginning of a WebAssembly binary.
const WASM: &[u8] = b"\0asm";

/// The digest of a `.wasm` file that begins as one: data for the machine, and what a command reads and writes, so its
/// content is not compared. It is listed, so that becoming something else, or having been something else, is a change.
const WASM_DATA: &str = "WebAssembly";

/// Tools, and the files in which they look for what to run.
const RECIPES: &[(&[&str], &[&str])] = &[
    (&["make", "gmake", "bmake"], &["GNUmakefile", "makefile", "Makefile", "BSDmakefile"]),
    (&["npm", "npx", "pnpm", "pnpx", "yarn", "bun", "bunx"], &["package.json"]),
    (&["just"], &["justfile", "Justfile", ".justfile"]),
    (&["task"], &["Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"]),
    (&["deno"], &["deno.json", "deno.jsonc"]),
    (&["ninja"], &["build.ninja"]),
    (&["cmake"], &["CMakeLists.txt"]),
    (&["rake"], &["Rakefile"]),
    (&["python", "python3"], &["__main__.py"]),
    (&["node"], &["package.json", "index.js"]),
    (&["zig"], &["build.zig"]),
    (&["cargo"], &["Cargo.toml", "build.rs"]),
];

/// The programs of one folder, as they are looked up.
pub(super) struct Programs<'r> {
    root: &'r Path,
    seen: BTreeMap<PathBuf, Option<Item>>,
    lookups: usize,
}

impl<'r> Programs<'r> {
    pub(super) const fn new(root: &'r Path) -> Self {
        Self { root, seen: BTreeMap::new(), lookups: 0 }
    }

    /// The words of a command that is started in `folder`; false where there are more than can be looked up.
    pub(super) fn command(&mut self, folder: &Path, words: &[String]) -> bool {
        let names = words::names(words.iter().map(String::as_str));
        let folders = self.folders_of(folder, words);
        let called = |tools: &[&str]| {
            names.iter().any(|name| name.rsplit('/').next().is_some_and(|program| tools.contains(&program)))
        };
        let recipes = RECIPES.iter().filter(|(tools, _)| called(tools)).flat_map(|(_, files)| *files);
        let recipes: BTreeSet<String> = recipes.map(|file| (*file).to_owned()).collect();
        self.names(&names, &folders) && self.names(&recipes, &folders)
    }

    /// The folder where a command is started, and those that its words name: a script may go there first, and `make -C`
    /// does.
    pub(super) fn folders_of(&self, folder: &Path, words: &[String]) -> BTreeSet<PathBuf> {
        let names = words::names(words.iter().map(String::as_str));
        let named = names.iter().flat_map(|name| places(folder, name).into_iter().map(move |path| (path, name)));
        let named = named.filter(|(path, name)| self.is_ours(path, name) && path.is_dir()).map(|(path, _)| path);
        std::iter::once(folder.to_owned()).chain(named).collect()
    }

    /// The values of a configuration, which are taken from any of these folders; false as above.
    pub(super) fn values<'w>(
        &mut self,
        values: impl IntoIterator<Item = &'w str>,
        folders: &BTreeSet<PathBuf>,
    ) -> bool {
        self.names(&words::names(values), folders)
    }

    /// All files of a folder in which programs are looked for, as it is written from `base`; false where there are more
    /// than are listed.
    pub(super) fn folder(&mut self, base: &Path, written: &str) -> bool {
        let mut all = true;
        for folder in places(base, written) {
            if !self.is_ours(&folder, written) {
                continue;
            }
            // A link is followed here: it is where programs are looked for.
            let Ok(folder) = folder.canonicalize() else { continue };
            let Ok((entries, more)) = walk::list(&folder, MOST_OF_A_FOLDER) else { continue };
            for entry in entries {
                self.look(entry.path);
            }
            all &= !more;
        }
        all
    }

    pub(super) fn into_items(self) -> impl Iterator<Item = Item> {
        self.seen.into_values().flatten()
    }

    fn names(&mut self, names: &BTreeSet<String>, folders: &BTreeSet<PathBuf>) -> bool {
        for name in names {
            for path in folders.iter().flat_map(|folder| places(folder, name)) {
                if !self.is_ours(&path, name) {
                    continue;
                }
                if self.lookups >= MOST_LOOKUPS {
                    return false;
                }
                self.lookups += 1;
                self.look(path);
            }
        }
        true
    }

    /// What is named from here belongs to whoever made the folder; what is named absolutely and lies elsewhere is the
    /// machine's.
    fn is_ours(&self, path: &Path, written: &str) -> bool {
        Path::new(written).is_relative()
            || path.starts_with(self.root)
            || path.canonicalize().is_ok_and(|path| path.starts_with(self.root))
    }

    fn look(&mut self, path: PathBuf) {
        self.seen.entry(path).or_insert_with_key(|path| program(path));
    }
}

/// A file that may be run, or be part of what is run, where it really is; `None` where there is none.
pub(super) fn program(path: &Path) -> Option<Item> {
    let path = &path.canonicalize().ok()?;
    let about = path.metadata().ok()?;
    if about.is_dir() {
        return None;
    }
    let is_wasm = about.is_file() && path.extension().is_some_and(|ending| ending == "wasm");
    if is_wasm && files::read::head(path, WASM.len() as u64).is_ok_and(|head| head == WASM) {
        return Some(Item::new(Kind::Program, path, WASM_DATA).detail("WebAssembly: its content is not compared"));
    }
    match read::read(path, FileKind::Program) {
        Found::Text { digest, .. } => Some(Item::new(Kind::Program, path, digest)),
        Found::Nothing => None,
        Found::Unreadable(reason) => Some(Item::new(Kind::Program, path, UNREADABLE).detail(&reason)),
    }
}

#[cfg(test)]
mod tests {
    use crate::trust::programs::*;
    use crate::trust::tests::write;

    #[test]
    fn every_file_that_a_command_names_is_listed() {
        let scratch = tempfile::tempdir().unwrap();
        let above = scratch.path().canonicalize().unwrap();
        let root = above.join("p");
        for file in [
            "build.sh",
            "tools/gen.py",
            "Makefile",
            "sub/Makefile",
            "package.json",
            "src/main.rs",
            "x",
            "sub/__main__.py",
        ] {
            write(&root.join(file), file);
        }
        write(&root.join("out.wasm"), "\0asm....");
        write(&above.join("outside.sh"), "");
        let absolute = root.join("build.sh").display().to_string();
        let elsewhere = above.join("outside.sh").display().to_string();
        for (command, expected) in [
            (&["sh", "./build.sh"][..], &["build.sh"][..]),
            (&["python3", "-u", "tools/gen.py", "--out", "missing"], &["tools/gen.py"]),
            (&["sh", "-c", "cd tools; python gen.py && ../build.sh"], &["build.sh", "tools/gen.py"]),
            (&["make"], &["Makefile"]),
            (&["make", "-C", "sub"], &["Makefile", "sub/Makefile"]),
            (&["sh", "-c", "exec /usr/bin/make -Csub all"], &["Makefile", "sub/Makefile"]),
            (&["npm", "run", "build"], &["package.json"]),
            (&["wasm-tools", "component", "new", "out.wasm"], &["out.wasm"]),
            (&["python3", "sub"], &["sub/__main__.py"]),
            (&["tool", "src", "/bin/sh"], &[]),
            (&["sh", &absolute], &["build.sh"]),
            (&["sh", &elsewhere], &[]),
            (&["x"], &["x"]),
        ] {
            let words: Vec<String> = command.iter().map(ToString::to_string).collect();
            let mut programs = Programs::new(&root);
            assert!(programs.command(&root, &words));
            let found: Vec<String> =
                programs.into_items().map(|i| i.place.strip_prefix(&root).unwrap().display().to_string()).collect();
            assert_eq!(found, expected, "{command:?}");
        }
        let mut programs = Programs::new(&root);
        assert!(programs.command(&root, &["sh".into(), "../outside.sh".into()]));
        assert_eq!(programs.into_items().count(), 1, "what is named from here is not the machine's");
    }

    #[test]
    fn a_program_stays_listed_whatever_it_becomes() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        for (name, before, after, changes) in [
            ("b.sh", "echo", "\0asm\ntouch S", true),
            ("b.sh", "\0asm\necho", "\0asm\ntouch S", true),
            ("b.wasm", "echo", "\0asm\ntouch S", true),
            ("b.wasm", "\0asm....", "touch S", true),
            ("b.wasm", "\0asm....", "\0asm,,,,", false),
        ] {
            let item = |text| {
                write(&root.join(name), text);
                program(&root.join(name)).unwrap()
            };
            assert_eq!(item(before).holds_the_same(&item(after)), !changes, "{name}: {before:?} {after:?}");
        }
    }

    #[test]
    fn links_are_followed_as_the_system_does() {
        let scratch = tempfile::tempdir().unwrap();
        let above = scratch.path().canonicalize().unwrap();
        let root = above.join("p");
        for file in ["p/x", "else/x", "else/bin/cc", "else/in/y"] {
            write(&above.join(file), file);
        }
        std::os::unix::fs::symlink("../else/in", root.join("link")).unwrap();
        let listed = |programs: Programs| -> Vec<PathBuf> {
            programs.into_items().map(|i| i.place.strip_prefix(&above).unwrap().to_owned()).collect()
        };
        for (words, expected) in [
            (&["sh", "link/../x"][..], &["else/x", "p/x"][..]),
            (&["sh", "-c", "cd link && ../x"], &["else/x", "p/x"]),
            (&["sh", "link/y"], &["else/in/y"]),
        ] {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            let mut programs = Programs::new(&root);
            assert!(programs.command(&root, &words));
            let found: BTreeSet<PathBuf> = listed(programs).into_iter().collect();
            assert_eq!(found, expected.iter().map(PathBuf::from).collect(), "{words:?}");
        }
        let mut programs = Programs::new(&root);
        assert!(programs.folder(&root, "link/../bin"));
        assert_eq!(listed(programs), [Path::new("else/bin/cc")]);
    }

    #[test]
    fn what_is_no_file_is_never_the_same_and_lookups_end() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        let pipe = root.join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let mut programs = Programs::new(&root);
        assert!(programs.command(&root, &["sh".into(), "./pipe".into()]));
        assert!(programs.into_items().all(|i| i.digest == UNREADABLE));
        let words: Vec<String> = (0..=MOST_LOOKUPS).map(|n| n.to_string()).collect();
        assert!(!Programs::new(&root).command(&root, &words));
        for n in 0..=MOST_OF_A_FOLDER {
            write(&root.join(format!("bin/{n}")), "");
        }
        assert!(!Programs::new(&root).folder(&root, "bin"));
    }
}
