//! What inside a project runs on the host once it is written: no grant of a folder covers it by itself.

use std::path::{Component, Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};

/// What is protected, for a person.
pub(crate) const PROTECTED: &str = "studio.toml, .studio/, .git/, .cargo/, rust-toolchain*, Cargo.toml, Cargo.lock, *.rs, *.wac, \
                             *.wit, *.wasm, *.wat, .gitignore, .ignore, the packages' own folders (src, wit, \
                             target, tests, ...), what their commands read and write";

/// Known by its name, wherever in the project it is.
const NAMES: [&str; 17] = [
    ".cargo",
    ".git",
    ".gitignore",
    ".gitmodules",
    ".ignore",
    ".studio",
    ".vscode",
    "cargo.lock",
    "cargo.toml",
    "gnumakefile",
    "justfile",
    "makefile",
    "node_modules",
    "package.json",
    "rust-toolchain",
    "rust-toolchain.toml",
    "studio.toml",
];
/// Files that cargo or studio reads, by how their names end: sources, and components that were built elsewhere, which run
/// with grants of their own.
const ENDINGS: [&str; 5] = ["rs", "wac", "wasm", "wat", "wit"];
/// Known by its name beside a `Cargo.toml`, and in the project's own folder.
const OF_PACKAGES: [&str; 6] = ["benches", "examples", "src", "target", "tests", "wit"];

/// What is protected in one project.
#[derive(Clone, Debug, Default)]
pub(crate) struct Protected {
    globs: GlobSet,
    /// The folder that all a glob can mean lies in, for each of them.
    bases: Vec<PathBuf>,
}

impl Protected {
    /// `sources` are globs relative to the project. What is no glob is left out; reading `studio.toml` reported it.
    pub(crate) fn new(sources: &[String]) -> Self {
        let mut globs = GlobSetBuilder::new();
        for glob in sources.iter().filter_map(|glob| Glob::new(glob).ok()) {
            globs.add(glob);
        }
        Self { globs: globs.build().unwrap_or_default(), bases: sources.iter().map(|glob| base(glob)).collect() }
    }

    /// Whether something below this path may be meant by a glob, whatever its name will be.
    pub(crate) fn may_hold(&self, path: &Path) -> bool {
        self.bases.iter().any(|base| base.starts_with(path) || path.starts_with(base))
    }

    /// Whether a path below the project must stay as it is. `is_built` says whether this folder of the project holds a
    /// cargo package (a `Cargo.toml`), or is cargo's target directory.
    pub(crate) fn covers(&self, path: &Path, is_built: impl Fn(&Path, Built) -> bool) -> bool {
        let mut parent = Path::new("").to_path_buf();
        for part in path.components() {
            let Component::Normal(name) = part else { return true };
            let name = name.to_string_lossy().to_ascii_lowercase();
            let whole = parent.join(part);
            let ending = name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending));
            let of_package =
                OF_PACKAGES.contains(&&*name) && (parent.as_os_str().is_empty() || is_built(&parent, Built::Package));
            if NAMES.contains(&&*name) || ending || of_package || self.globs.is_match(&whole) {
                return true;
            }
            if is_built(&whole, Built::Target) {
                return true;
            }
            parent = whole;
        }
        false
    }

    /// Whether a name in a folder above the project is read when the project is built: cargo and rustup look upwards.
    pub(crate) fn covers_above(name: &str) -> bool {
        NAMES.contains(&&*name.to_ascii_lowercase())
    }
}

/// The folders that a glob begins with.
fn base(glob: &str) -> PathBuf {
    let plain = |part: &&str| !part.contains(['*', '?', '[', '{', '\\']);
    glob.split('/').filter(|part| *part != ".").take_while(plain).collect()
}

/// What a folder may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Built {
    /// A cargo package.
    Package,
    /// cargo's target directory.
    Target,
}

impl Built {
    /// The file in a folder that tells it.
    pub(crate) fn marker(self) -> &'static str {
        match self {
            Self::Package => "Cargo.toml",
            Self::Target => ".rustc_info.json",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::grants::protected::*;

    fn covers(path: &str) -> bool {
        let protected = Protected::new(&["web/**/*.ts".into(), "dist/app.wasm".into()]);
        protected.covers(Path::new(path), |folder, built| match built {
            Built::Package => folder == Path::new("logic"),
            Built::Target => folder == Path::new("out"),
        })
    }

    #[test]
    fn what_a_glob_may_come_to_mean() {
        let protected = Protected::new(&["web/**/*.ts".into(), "dist/app.wasm".into()]);
        for (path, may) in [("web", true), ("web/a", true), ("dist", true), ("", true), ("data", false), ("we", false)]
        {
            assert_eq!(protected.may_hold(Path::new(path)), may, "{path}");
        }
        assert!(Protected::new(&["**/*.ts".into()]).may_hold(Path::new("data")));
    }

    #[test]
    fn what_is_built_or_read_by_studio() {
        for path in [
            "studio.toml",
            ".studio/applied.json",
            ".git/hooks/pre-commit",
            "vendored/.git",
            ".cargo/config.toml",
            "logic/.CARGO/config.toml",
            "rust-toolchain",
            "rust-toolchain.toml",
            "Cargo.toml",
            "data/cargo.toml",
            "web/package.json",
            "Cargo.lock",
            "logic/build.rs",
            "neon.wac",
            "logic/wit/world.wit",
            "logic/src",
            "logic/src/data.json",
            "data/x.rs",
            "target/studio/x",
            "out/debug/x",
            "web/a/b.ts",
            "dist/app.wasm",
            "logger.wasm",
            "deps/ns/name.WASM",
            "data/x.wat",
            "data/.gitignore",
            ".ignore",
        ] {
            assert!(covers(path), "{path}");
        }
        for path in
            ["data", "data/src/x", "logic/data/x", "web/a.json", "dist/x", "cargo.txt", "README.md", "data/target"]
        {
            assert!(!covers(path), "{path}");
        }
    }
}
