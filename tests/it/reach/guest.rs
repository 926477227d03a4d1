//! What a guest reaches beyond its grants: nothing.

use std::path::Path;

use studio::model::grants::{Kind, Ledger};

use crate::grants::{Probe, grants};
use crate::support::{Project, stderr, stdout};

/// Keeps a ledger where `studio grants` finds it.
fn keep(project: &Project, ledger: &Ledger) {
    let folder = project.state().join("studio/ledgers");
    std::fs::create_dir_all(&folder).unwrap();
    let rows: Vec<_> = ledger.rows().collect();
    let file = folder.join(format!("{}.json", studio::folders::name_of(&project.dir)));
    std::fs::write(file, serde_json::to_vec(&rows).unwrap()).unwrap();
}

fn make(root: &Path, folders: &[&str], files: &[(&str, &str)]) {
    for folder in folders {
        std::fs::create_dir_all(root.join(folder)).unwrap();
    }
    for (file, text) in files {
        std::fs::write(root.join(file), text).unwrap();
    }
}

/// The folder that one node was granted lies below another's, who puts a link in its place.
#[tokio::test]
async fn a_granted_folder_replaced_by_a_link_leads_nowhere_at_the_next_start() {
    let root = tempfile::tempdir().unwrap();
    make(root.path(), &["data/inner", "outside"], &[("outside/secret", "a secret"), ("data/inner/secret", "inside")]);
    let mut probe = Probe::new(root.path());
    let granted = grants(&[("filer", "files=data:rw"), ("other", "files=data/inner:/inner:rw")]);
    let (got, _) = probe.run(&granted, &["three: read /inner/secret"]).await;
    assert_eq!(got["other: read /inner/secret"], "inside");
    let swap = ["one: rename data/inner data/old", "one: symlink ../outside data/inner"];
    let (got, _) = probe.run(&granted, &swap).await;
    assert!(got.values().all(|said| said == "ok"), "{got:?}");
    let (got, _) = probe.run(&granted, &["three: read /inner/secret", "three: write /inner/planted"]).await;
    assert_ne!(got["other: read /inner/secret"], "a secret");
    assert!(!root.path().join("outside/planted").exists());
    // A session that begins after that finds the link in its place.
    let mut probe = Probe::new(root.path());
    let (got, _) = probe.run(&granted, &["three: read /inner/secret", "three: write /inner/planted"]).await;
    assert_ne!(got["other: read /inner/secret"], "a secret");
    assert!(!root.path().join("outside/planted").exists());
}

/// A name that a guest looks up holds a line of TOML.
#[tokio::test]
async fn no_name_that_a_guest_looks_up_becomes_a_line_of_a_proposal() {
    let project = Project::empty();
    project.write("studio.toml", "");
    let mut probe = Probe::new(&project.dir);
    let name = "two: dns x\n[grants.evil]\nclock=\"real\"";
    let (_, ledger) = probe.run(&grants(&[("caller", "dns=*")]), &[name]).await;
    let (_, denied) = probe.run(&grants(&[]), &[name]).await;
    for ledger in [ledger, denied] {
        assert!(ledger.of("caller").any(|(kind, _, _)| kind == Kind::Dns), "{ledger:?}");
        keep(&project, &ledger);
        let output = project.verb(&["grants", "--propose"]);
        let said = stdout(&output);
        assert!(
            !said.lines().any(|line| line.contains("clock") && !line.starts_with('#')),
            "{said}{}",
            stderr(&output)
        );
        assert!(!said.lines().any(|line| line.starts_with("[grants.evil]")), "{said}");
    }
}
