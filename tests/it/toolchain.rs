//! What the tests need of the Rust toolchain beyond cargo and rustc; the first test that needs it installs it.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use studio::build::toolchain;

/// Installs the compilation target where this machine lacks it.
pub fn wasm_target() {
    static READY: OnceLock<()> = OnceLock::new();
    READY.get_or_init(|| install_unless(target_is_installed, &["target", "add", "wasm32-wasip2"]));
}

/// Installs rustfmt, which rustup's minimal profile leaves out.
pub fn rustfmt() {
    static READY: OnceLock<()> = OnceLock::new();
    READY.get_or_init(|| install_unless(rustfmt_is_installed, &["component", "add", "rustfmt"]));
}

/// Tests may run as threads of one process (`cargo test`) or as a process each (`cargo nextest`), and rustup does not
/// expect another rustup at work: one installs, under a lock, and the others wait for it.
fn install_unless(is_installed: fn() -> bool, arguments: &[&str]) {
    if is_installed() {
        return;
    }
    let lock = File::create(std::env::temp_dir().join("component-studio-tests-rustup.lock")).unwrap();
    lock.lock().unwrap();
    if !is_installed() {
        eprintln!("the tests need what this toolchain lacks: rustup {}", arguments.join(" "));
        let status = Command::new("rustup").args(arguments).status().unwrap();
        assert!(status.success(), "rustup {} failed", arguments.join(" "));
    }
}

fn target_is_installed() -> bool {
    let output =
        Command::new("rustc").args(["--print", "target-libdir", "--target", "wasm32-wasip2"]).output().unwrap();
    Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
}

fn rustfmt_is_installed() -> bool {
    Command::new("rustfmt").arg("--version").output().is_ok_and(|output| output.status.success())
}

#[tokio::test]
async fn nothing_is_missing_once_the_target_is_installed() {
    wasm_target();
    assert_eq!(toolchain::missing(Path::new(env!("CARGO_MANIFEST_DIR"))).await, None);
}
