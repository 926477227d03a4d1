//! Where cargo works and what it is told: the target directory, and an environment free of another cargo's words.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio::process::Command;

use crate::files;
use crate::files::Kind;
use crate::model::project::CargoPackage;
use crate::trust::absolute_path;

/// What builds are for.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// cargo's target directory of a workspace: `studio` inside the user's own (`docs/decisions/001-target-directory.md`).
pub fn target_directory(workspace: &Path) -> PathBuf {
    users_target_directory(workspace).join("studio")
}

/// The one of a package's workspace: of its own inside a shared one where others would overwrite what it builds.
pub(crate) fn target_directory_of(package: &CargoPackage) -> PathBuf {
    let target = target_directory(&package.workspace);
    if !package.apart || target.starts_with(&package.workspace) {
        return target;
    }
    let digest = Sha256::digest(package.workspace.as_os_str().as_encoded_bytes());
    target.join(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// As cargo finds it: the environment, its configuration upwards from the workspace, else `target/`.
fn users_target_directory(workspace: &Path) -> PathBuf {
    for name in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"] {
        if let Some(folder) = env::var_os(name).filter(|v| !v.is_empty()) {
            return workspace.join(folder);
        }
    }
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let mut configs = workspace.ancestors().map(|a| a.join(".cargo")).chain(home);
    configs.find_map(|folder| configured(&folder)).unwrap_or_else(|| workspace.join("target"))
}

/// `build.target-dir` of a `.cargo` folder's configuration; relative to the folder that holds `.cargo`.
fn configured(folder: &Path) -> Option<PathBuf> {
    let text =
        ["config.toml", "config"].iter().find_map(|name| files::text(&folder.join(name), Kind::Settings).ok())?;
    let table: toml::Table = toml::from_str(&text).ok()?;
    let target = table.get("build")?.get("target-dir")?.as_str()?;
    Some(folder.parent()?.join(target))
}

/// A command of the toolchain, to run in `folder`, as the user would run it there.
pub fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).envs(absolute_path());
    let under_cargo = env::var_os("CARGO_MANIFEST_DIR").is_some();
    for (name, _) in env::vars_os() {
        if under_cargo && is_cargos_own(&name) {
            command.env_remove(name);
        }
    }
    command
}

/// What a `cargo run` or `cargo test` around studio sets for its child, and what would mislead the cargo that studio
/// starts: another package's name, another folder's toolchain. `RUSTFLAGS`, `CARGO_HOME`, `CARGO_TARGET_DIR`,
/// `CARGO_NET_…`, `CARGO_BUILD_…`, `CARGO_PROFILE_…` are never cargo's own doing; a user set them, so they stay.
fn is_cargos_own(name: &OsStr) -> bool {
    const NAMES: [&str; 14] = [
        "CARGO",
        "CARGO_BIN_NAME",
        "CARGO_CRATE_NAME",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_LINKS",
        "CARGO_MANIFEST_PATH",
        "CARGO_MAKEFLAGS",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_RUSTC_CURRENT_DIR",
        "CARGO_TARGET_TMPDIR",
        "RUST_RECURSION_COUNT",
        "RUSTUP_TOOLCHAIN",
        "RUSTUP_TOOLCHAIN_SOURCE",
        "OUT_DIR",
    ];
    const PREFIXES: [&str; 5] = ["CARGO_BIN_EXE_", "CARGO_CFG_", "CARGO_FEATURE_", "CARGO_PKG_", "NEXTEST"];
    let Some(name) = name.to_str() else { return false };
    NAMES.contains(&name) || PREFIXES.iter().any(|p| name.starts_with(p))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::build::environment::*;

    #[test]
    fn what_a_user_sets_stays() {
        for name in
            ["RUSTFLAGS", "CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_NET_OFFLINE", "CARGO_PROFILE_DEV_DEBUG", "PATH"]
        {
            assert!(!is_cargos_own(OsStr::new(name)), "{name}");
        }
        for name in ["CARGO", "CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "RUSTUP_TOOLCHAIN", "CARGO_BIN_EXE_studio"] {
            assert!(is_cargos_own(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn a_configured_target_directory_is_honoured() {
        let root = tempfile::tempdir().unwrap();
        let workspace = root.path().join("ws");
        fs::create_dir_all(root.path().join(".cargo")).unwrap();
        fs::create_dir_all(&workspace).unwrap();
        assert_eq!(configured(&root.path().join(".cargo")), None);
        fs::write(root.path().join(".cargo/config.toml"), "[build]\ntarget-dir = 'elsewhere'\n").unwrap();
        assert_eq!(configured(&root.path().join(".cargo")), Some(root.path().join("elsewhere")));
    }
}
