//! Folders that are large, and a system that gives little: what studio needs is bounded by what it reads.

use std::fmt::Write as _;
use std::process::{Command, Output};

use crate::support::{Project, stderr, stdout};

/// Runs the verb with a limit that a shell sets (`-t`: seconds on a processor, `-n`: open files).
fn limited(project: &Project, limit: &str, args: &[&str]) -> Output {
    let studio = project.studio(args);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit {limit}; exec \"$@\""), "sh"]).arg(studio.get_program());
    command.args(studio.get_args()).current_dir(&project.dir);
    for (name, value) in studio.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.output().unwrap()
}

#[test]
fn a_composition_of_very_many_instances_is_read_in_time() {
    let project = Project::empty();
    project.write("a.wat", "(component)");
    let mut text = String::from("package local:all;\n");
    for n in 0..60_000 {
        writeln!(text, "let n{n} = new local:a {{ ... }};").unwrap();
    }
    project.write("all.wac", text);
    let output = limited(&project, "-t 60", &["graph", "--json"]);
    assert!(output.status.success(), "{:?} {}", output.status, stderr(&output));
    assert!(stdout(&output).contains("\"n59999\""));
}

/// The arguments of a node are looked at once for all of its imports: looked at once for each, this takes many minutes.
#[test]
fn nodes_of_thousands_of_interfaces_are_drawn_in_time() {
    const INTERFACES: usize = 3_000;
    let project = Project::empty();
    let each = |line: &dyn Fn(usize) -> String| (0..INTERFACES).map(line).collect::<String>();
    for (name, word) in [("provider", "export"), ("user", "import")] {
        project.write(
            &format!("{name}/Cargo.toml"),
            format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n[lib]\ncrate-type = [\"cdylib\"]\n[workspace]\n\
                 [dependencies]\nwit-bindgen = \"0.60\"\n"
            ),
        );
        project.write(&format!("{name}/src/lib.rs"), "wit_bindgen::generate!();\n");
        let interfaces = each(&|n| format!("interface i{n} {{ f: func(); }}\n"));
        let ports = each(&|n| format!("  {word} i{n};\n"));
        project.write(&format!("{name}/wit/w.wit"), format!("package t:k;\n{interfaces}world w {{\n{ports}}}\n"));
    }
    let arguments = each(&|n| format!("  \"t:k/i{n}\": provider[\"t:k/i{n}\"],\n"));
    let text = format!("let provider = new local:provider {{}};\nlet user = new local:user {{\n{arguments}}};\n");
    project.write("app.wac", format!("package t:app;\n{text}"));
    let output = limited(&project, "-t 60", &["graph", "--json"]);
    assert!(output.status.success(), "{:?} {}", output.status, stderr(&output));
    let graph: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(graph["wires"].as_array().map(Vec::len), Some(INTERFACES));
}

#[test]
fn packages_that_all_depend_on_one_another_are_read_in_time() {
    let project = Project::empty();
    project.write("Cargo.toml", "[workspace]\nmembers = [\"p*\"]\n");
    for n in 0..300 {
        let mut manifest = format!(
            "[package]\nname = \"p{n}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\n\
             crate-type = [\"cdylib\"]\n[dependencies]\nwit-bindgen = \"0.46\"\n"
        );
        for other in (0..300).filter(|other| *other != n) {
            writeln!(manifest, "p{other} = {{ path = \"../p{other}\" }}").unwrap();
        }
        project.write(&format!("p{n}/Cargo.toml"), manifest);
        project.write(&format!("p{n}/src/lib.rs"), "wit_bindgen::generate!();\n");
        project.write(&format!("p{n}/wit/world.wit"), format!("package l:p{n};\nworld w {{ export f: func(); }}\n"));
    }
    let output = limited(&project, "-t 60", &["check"]);
    assert!(output.status.success(), "{:?} {}", output.status, stderr(&output));
    assert!(stderr(&output).contains("300 components") || stdout(&output).contains("300 components"));
}

#[test]
#[cfg(unix)]
fn a_system_that_gives_too_few_files_is_told_of() {
    let project = Project::empty();
    project.write("a.wat", "(component)");
    for files in 5..10 {
        let output = limited(&project, &format!("-n {files}"), &["check"]);
        let said = stderr(&output);
        assert!(!output.status.success() || said.is_empty(), "{files}: {said}");
        assert!(!said.contains("bug") && !said.contains("stack"), "{files}: {said}");
        assert!(output.status.success() || said.to_lowercase().contains("open file"), "{files}: {said}");
    }
}
