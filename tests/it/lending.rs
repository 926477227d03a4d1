//! A handle that one node opened, used by another: the wire allows it, and it counts for the one who opened it.

use std::sync::Arc;

use studio::compose;
use studio::compose::{Document, HoistedPart};
use studio::grants::Kind;
use studio::model::delegation::lent;
use studio::model::project::Project;
use studio::run::{Options, Outcome, RunRequest};

use crate::grants::{denials, grants};
use crate::run_composed::{Made, compose_as, part};
use crate::run_support::{Session, function, request};

const SHELF: &str = "
    package test:parts;
    interface shelf { use wasi:filesystem/types@0.2.6.{descriptor}; lend: func() -> descriptor; }
    world lender { import wasi:filesystem/preopens@0.2.6; export shelf; }
    world borrower {
        import shelf;
        import wasi:filesystem/types@0.2.6;
        import wasi:filesystem/preopens@0.2.6;
        export read: func() -> u32;
        export write: func() -> u32;
        export escape: func() -> u32;
        export absolute: func() -> u32;
    }
";

const WAC: &str = "
    package test:all;
    let owner = new test:lender { ... };
    let user = new test:borrower { shelf: owner.shelf, ... };
    export user.read;
    export user.write;
    export user.escape;
    export user.absolute;
";

fn made(world: &str, text: &str) -> Made {
    let mut module = wat::parse_str(text).unwrap();
    let mut resolve = wit_parser::Resolve::default();
    resolve.push_str("filesystem.wit", include_str!("../guests/wit/filesystem-0.2.wit")).unwrap();
    let package = resolve.push_str("parts.wit", SHELF).unwrap();
    let id = resolve.select_world(&[package], Some(world)).unwrap();
    wit_component::embed_component_metadata(&mut module, &resolve, id, wit_component::StringEncoding::UTF8).unwrap();
    part(world, wit_component::ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap())
}

fn both() -> [Made; 2] {
    [made("lender", include_str!("../guests/lender.wat")), made("borrower", include_str!("../guests/borrower.wat"))]
}

#[tokio::test]
async fn what_is_lent_may_do_what_its_owner_may_and_counts_for_the_owner() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("scratch")).unwrap();
    std::fs::write(folder.path().join("scratch/note"), "a note").unwrap();
    std::fs::write(folder.path().join("secret"), "a secret").unwrap();
    let live = compose_as(WAC, both());
    let mut session = Session::with(Options { cache: None, root: Some(folder.path().into()) });
    // 97: `a`. 32 and 34: one more than not-permitted and read-only.
    for (generation, entry, granted, said, denied) in [
        (1, "read", "files=scratch", "97", 0),
        (2, "write", "files=scratch", "34", 1),
        (3, "write", "files=scratch:rw", "0", 0),
        (4, "escape", "files=scratch:rw", "32", 1),
        (5, "absolute", "files=scratch:rw", "32", 1),
    ] {
        // The user has a folder of its own that is of no use here.
        let granted = Arc::new(grants(&[("owner", granted), ("user", "files=elsewhere")]));
        let asked = RunRequest { grants: granted, ..request(generation, &live, function(entry)) };
        let (outcome, ledger) = session.recorded(asked).await;
        assert_eq!(outcome, Outcome::Returned(Some(said.into())), "{entry}");
        assert_eq!(
            denials(&ledger, "owner", Kind::Files),
            denied,
            "{entry}: {:?}",
            ledger.of("owner").collect::<Vec<_>>()
        );
        assert_eq!(ledger.of("user").count(), 0, "{entry}: {:?}", ledger.of("user").collect::<Vec<_>>());
        let used =
            ledger.of("owner").any(|(kind, _, e)| kind == Kind::Files && e.used > 0 && e.last.starts_with("open"));
        assert_eq!(used, denied == 0, "{entry}");
    }
    // Nothing granted, nothing to lend.
    session.runner.start(request(6, &live, function("read")));
    assert!(matches!(session.ended(6).await, Outcome::Crashed(crash) if crash.node.as_deref() == Some("owner")));
}

#[test]
fn the_graph_tells_what_is_lent() {
    let (components, parts): (Vec<_>, Vec<HoistedPart>) = both().into_iter().unzip();
    let ports = parts.iter().map(|p| (p.component.clone(), p.ports.clone())).collect();
    let project = Project { root: "/project".into(), name: "all".into(), components, ..Project::default() };
    let document = Document { path: Some("all.wac".into()), text: WAC.into() };
    let graph = compose::graph(&project, &ports, &document);
    let told: Vec<String> = lent(&graph).iter().map(studio::model::delegation::Lent::sentence).collect();
    let sentence = "owner lends user a descriptor (wasi:filesystem) through test:parts/shelf: what user does with it counts \
                    for owner";
    assert_eq!(told, [sentence]);
    assert_eq!(graph.to_json(&[])["lent"][0]["handle"], "wasi:filesystem/types.descriptor");
}
