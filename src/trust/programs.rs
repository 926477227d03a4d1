//! Files of the folder that a command or a configuration names: each may be a program, or what an interpreter runs.
//!
//! Which of its words a program runs is its own business, so every word that names a file counts. A tool that keeps its
//! commands in a file of a known name is followed there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::files;
use crate::files::{Kind as FileKind, walk};
use crate::trust::item::{Item, Kind, UNREADABLE};
use crate::trust::packages::absolute;
use crate::trust::read;
use crate::trust::read::Found;
use crate::trust::words;

/// Names that are looked up for one folder, at most; some microseconds each.
const MOST_LOOKUPS: usize = 20_000;

/// Files that are listed of a folder of programs, at most.
const MOST_OF_A_FOLDER: usize = 256;

/// The beginning of a WebAssembly binary: data for the machine, and often what a command reads and writes.
const WASM: &[u8] = b"\0asm";

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
    (&["zig"], &["build.zig"]),
    (&["cargo"], &["Cargo.toml", "build.rs"]),
];

/// The programs of one folder, as they are looked up.
pub struct Programs<'r> {
    root: &'r Path,
    seen: BTreeMap<PathBuf, Option<Item>>,
    lookups: usize,
}

impl<'r> Programs<'r> {
    pub const fn new(root: &'r Path) -> Self {
        Self { root, seen: BTreeMap::new(), lookups: 0 }
    }

    /// The words of a command that is started in `folder`; false where there are more than can be looked up.
    pub fn command(&mut self, folder: &Path, words: &[String]) -> bool {
        let names = words::names(words.iter().map(String::as_str));
        let mut folders = BTreeSet::from([folder.to_owned()]);
        // A script may go there first, and `make -C` does.
        let named = names.iter().map(|name| (absolute(folder, name), *name));
        folders.extend(named.filter(|(path, name)| self.is_ours(path, name) && path.is_dir()).map(|(path, _)| path));
        let called = |tools: &[&str]| {
            names.iter().any(|name| name.rsplit('/').next().is_some_and(|program| tools.contains(&program)))
        };
        let recipes = RECIPES.iter().filter(|(tools, _)| called(tools)).flat_map(|(_, files)| *files);
        let recipes: BTreeSet<&str> = recipes.copied().collect();
        self.names(&names, &folders) && self.names(&recipes, &folders)
    }

    /// The values of a configuration, which are taken from any of these folders; false as above.
    pub fn values<'w>(&mut self, values: impl IntoIterator<Item = &'w str>, folders: &BTreeSet<PathBuf>) -> bool {
        self.names(&words::names(values), folders)
    }

    /// All files of a folder in which programs are looked for; false where there are more than are listed.
    pub fn folder(&mut self, folder: &Path, written: &str) -> bool {
        if !self.is_ours(folder, written) {
            return true;
        }
        let Ok((entries, more)) = walk::list(folder, MOST_OF_A_FOLDER) else { return true };
        for entry in entries {
            self.look(entry.path);
        }
        !more
    }

    pub fn into_items(self) -> impl Iterator<Item = Item> {
        self.seen.into_values().flatten()
    }

    fn names(&mut self, names: &BTreeSet<&str>, folders: &BTreeSet<PathBuf>) -> bool {
        for name in names {
            for folder in folders {
                let path = absolute(folder, name);
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
        path.starts_with(self.root) || Path::new(written).is_relative()
    }

    fn look(&mut self, path: PathBuf) {
        self.seen.entry(path).or_insert_with_key(|path| program(path));
    }
}

/// A file that may be run, or be part of what is run; `None` where there is none.
pub fn program(path: &Path) -> Option<Item> {
    let about = path.metadata().ok()?;
    if about.is_dir() || (about.is_file() && files::read::head(path, WASM.len() as u64).is_ok_and(|head| head == WASM))
    {
        return None;
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
    use std::fs;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn every_file_that_a_command_names_is_listed() {
        let scratch = tempfile::tempdir().unwrap();
        let above = scratch.path().canonicalize().unwrap();
        let root = above.join("p");
        for file in ["build.sh", "tools/gen.py", "Makefile", "sub/Makefile", "package.json", "src/main.rs", "x"] {
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
            (&["wasm-tools", "component", "new", "out.wasm"], &[]),
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
        assert!(!Programs::new(&root).folder(&root.join("bin"), "bin"));
    }
}
