//! The canvas in a real terminal: wires cut and drawn by keys and mouse, plans, explanations, and hand edits under it.

use crate::pty::Screen;
use crate::support::Project;
use crate::wiring_hostile::part;

const LAST: &str = "[CRITICAL ERROR] >> Mainframe breach detected.";
const WIRED: &str = "log-handler: logger.log-handler";

/// Where a text stands on the screen above its footer, as the mouse counts it: every time, from the top.
pub fn places(screen: &Screen, text: &str) -> Vec<(u16, u16)> {
    let contents = screen.text();
    let mut found = Vec::new();
    let footer = usize::from(screen.parser.screen().size().0) - 1;
    for (row, line) in contents.lines().enumerate().take(footer) {
        for (at, _) in line.match_indices(text) {
            let column = line[..at].chars().count();
            found.push((u16::try_from(column + 1).unwrap(), u16::try_from(row + 1).unwrap()));
        }
    }
    found
}

pub fn mouse(screen: &mut Screen, button: u8, (column, row): (u16, u16), end: char) {
    screen.press(&format!("\x1b[<{button};{column};{row}{end}"));
}

fn drag(screen: &mut Screen, from: (u16, u16), to: (u16, u16)) {
    mouse(screen, 0, from, 'M');
    mouse(screen, 32, (from.0.midpoint(to.0), from.1.midpoint(to.1)), 'M');
    mouse(screen, 32, to, 'M');
    mouse(screen, 0, to, 'm');
}

/// Waits until the composition's text is so.
fn text_is(screen: &mut Screen, project: &Project, file: &str, is: impl Fn(&str) -> bool) {
    let deadline = std::time::Instant::now() + crate::support::PATIENCE;
    while !is(&project.read(file)) {
        assert!(std::time::Instant::now() < deadline, "{}\n{}", project.read(file), screen.text());
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// Opens a project as if nobody had looked at it before: no focus and no pane of an earlier session.
fn anew(project: &Project, columns: u16, rows: u16) -> Screen {
    let _ = std::fs::remove_file(project.path(".studio/session.toml"));
    Screen::studio(project, &["."], columns, rows)
}

/// Puts the focus on the core's import and gives the graph the whole screen, where it is small.
fn at_the_wire(screen: &mut Screen) {
    screen.press("2z");
    screen.until("the graph alone", |s| !s.contains("1 Project") && s.contains("log-handler"));
    screen.press("\x1b[B");
    screen.press("\x1b[C");
    screen.wait_for("x cut");
}

/// The key of the question of trust, once all of it was in sight.
const ASKED: &str = "t trust, build and run";

#[test]
fn a_wire_is_cut_and_drawn_again_by_keys_and_by_mouse_and_the_program_runs_again() {
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let project = Project::new("neon");
        let before = project.read("neon.wac");
        let mut screen = Screen::studio(&project, &["."], columns, rows);
        screen.wait_for(LAST);
        at_the_wire(&mut screen);
        // By keys.
        screen.press("x");
        screen.wait_for("unwired");
        text_is(&mut screen, &project, "neon.wac", |t| !t.contains(WIRED) && t.contains("// The logger writes"));
        screen.press("w");
        screen.wait_for("◉");
        screen.press("\r");
        text_is(&mut screen, &project, "neon.wac", |t| t.contains(WIRED));
        screen.until("the wired port", |s| !s.contains("unwired") && !s.contains("stale"));
        screen.press("z");
        screen.wait_for(LAST);
        // By mouse.
        screen.press("z");
        screen.until("the graph alone", |s| !s.contains("1 Project") && s.contains("x cut"));
        screen.press("x");
        screen.wait_for("unwired");
        let ports = places(&screen, "log-handler");
        let (import, export) = (ports.iter().min().copied().unwrap(), ports.iter().max().copied().unwrap());
        assert_ne!(import, export, "{}", screen.text());
        drag(&mut screen, import, export);
        text_is(&mut screen, &project, "neon.wac", |t| t.contains(WIRED));
        screen.until("the wired port", |s| !s.contains("unwired") && !s.contains("stale"));
        // All of it is taken back, to the byte.
        screen.press("uuuu");
        text_is(&mut screen, &project, "neon.wac", |t| t == before);
        screen.press("zr");
        screen.wait_for("restarted");
        screen.press("q");
        assert_eq!(screen.end(), 0);
        screen.assert_restored();
    }
}

#[test]
fn a_shop_of_four_is_wired_by_a_plan() {
    let project = Project::empty();
    for (name, imports) in
        [("web", &["cart", "prices"][..]), ("cart", &["store", "prices"]), ("store", &[]), ("prices", &[])]
    {
        let port = |name: &&str| format!("shop:{name}/{name}@1.0.0");
        let imports: Vec<_> = imports.iter().map(port).collect();
        project.write(&format!("{name}.wat"), part(&imports, &port(&name)));
    }
    let open = "package shop:app;\n\nlet store = new local:store { ... };\nlet prices = new local:prices { ... };\n\
                let cart = new local:cart { ... };\nlet web = new local:web { ... };\n\nexport web...;\n";
    project.write("shop.wac", open);
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let mut screen = anew(&project, columns, rows);
        let is_open = |s: &str| s.contains("unwired") && !s.contains("not trusted");
        let text = screen.until("the question or the graph", |s| s.contains(ASKED) || is_open(s));
        if text.contains(ASKED) {
            screen.press("t");
        }
        screen.wait_for("unwired");
        screen.press("2A");
        screen.wait_for("Auto-wire: 4 wires, not made yet");
        for wire in ["web.cart", "web.prices", "cart.store", "cart.prices"] {
            screen.wait_for(&format!("╌╌ {wire}"));
        }
        assert_eq!(project.read("shop.wac"), open, "nothing is made yet");
        screen.press("\x1b");
        screen.until("the plan's end", |s| !s.contains("Auto-wire:"));
        screen.press("A");
        screen.wait_for("Auto-wire: 4 wires, not made yet");
        screen.press("\r");
        let whole = |t: &str| t.contains("store: store.store") && t.contains("cart: cart.cart");
        text_is(&mut screen, &project, "shop.wac", whole);
        screen.until("a whole graph", |s| !s.contains("unwired"));
        let (graph, code) = project.json(&["graph", "--format", "json"]);
        assert_eq!((code, graph["problems"].as_array().map(Vec::len)), (0, Some(0)), "{graph}");
        screen.press("u");
        text_is(&mut screen, &project, "shop.wac", |t| t == open);
        screen.press("q");
        assert_eq!(screen.end(), 0);
    }
    let (graph, _) = project.json(&["graph", "--format", "json"]);
    assert_eq!(graph["nodes"].as_array().unwrap().iter().filter(|n| n["kind"] == "component").count(), 4, "{graph}");
}

#[test]
fn a_hand_edit_under_it_is_seen_and_can_be_taken_back() {
    let project = Project::new("neon");
    let before = project.read("neon.wac");
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let mut screen = anew(&project, columns, rows);
        screen.wait_for(LAST);
        project.edit("neon.wac", "    log-handler: logger.log-handler,\n", "");
        screen.wait_for("unwired");
        screen.press("2u");
        text_is(&mut screen, &project, "neon.wac", |t| t == before);
        screen.until("the wired port", |s| !s.contains("unwired"));
        // What does not parse leaves the graph, and edits say where.
        project.edit("neon.wac", "let core-logic =", "let core-logic");
        screen.wait_for("stale");
        screen.press("\x1b[B");
        screen.press("\x1b[C");
        screen.press("w");
        let text = screen.wait_for("does not parse");
        assert!(text.contains("neon.wac:7"), "{text}");
        project.write("neon.wac", &before);
        screen.until("the graph again", |s| !s.contains("stale"));
        screen.press("q");
        assert_eq!(screen.end(), 0);
    }
}

/// Somebody else writes the file between our own edits: every state of it can be had again, in either direction.
#[test]
fn a_hand_edit_between_our_own_is_a_step_among_them() {
    let project = Project::new("neon");
    let before = project.read("neon.wac");
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let mut screen = anew(&project, columns, rows);
        screen.wait_for(LAST);
        at_the_wire(&mut screen);
        screen.press("x");
        screen.wait_for("unwired");
        text_is(&mut screen, &project, "neon.wac", |t| !t.contains(WIRED));
        let cut = project.read("neon.wac");
        let theirs = format!("{cut}// by another hand\n");
        project.write("neon.wac", &theirs);
        screen.wait_for("changed outside");
        // Ours on top of theirs.
        screen.press("w");
        screen.wait_for("◉");
        screen.press("\r");
        text_is(&mut screen, &project, "neon.wac", |t| t.contains(WIRED) && t.contains("by another hand"));
        let ours = project.read("neon.wac");
        for (key, text) in [("u", &theirs), ("u", &cut), ("u", &before), ("U", &cut), ("U", &theirs), ("U", &ours)] {
            screen.press(key);
            text_is(&mut screen, &project, "neon.wac", |t| t == text);
        }
        screen.press("uuu");
        text_is(&mut screen, &project, "neon.wac", |t| t == before);
        // How the panes stand is remembered.
        screen.press("z");
        screen.wait_for("1 Project");
        screen.press("q");
        assert_eq!(screen.end(), 0);
    }
}

/// The field of a record is called otherwise by the provider: the mismatched port leads to the explanation, its key to
/// WIT that fits, and rustc to the rest.
#[test]
fn a_mismatch_is_followed_through_its_explanation_to_a_running_program() {
    let project = Project::new("neon");
    crate::apply_fix::with_a_record(&project);
    let mut said = "Mainframe breach detected.".to_owned();
    let mut field = "msg";
    for (next, (columns, rows)) in [("text", (80, 24)), ("body", (120, 36)), ("words", (200, 50))] {
        let mut screen = anew(&project, columns, rows);
        screen.wait_for(&format!(">> {said}"));
        let (old, new) = (format!("{field}: string,"), format!("{next}: string,"));
        project.edit("logger/src/lib.rs", &destructured(field), &destructured(next));
        project.edit("logger/wit/logger.wit", &old, &new);
        screen.wait_for("mismatch");
        // From the wire, or from the problem.
        let by_problem = columns == 200;
        if by_problem {
            screen.press("p");
            // Alone: between the two saves rustc has something to say too, and enter opens what is selected.
            let alone = |s: &str| s.contains("Problems 1 ") && s.contains("does not fit what `core-logic` imports");
            screen.until("the problem", alone);
        } else {
            at_the_wire(&mut screen);
        }
        screen.press("\r");
        let wanted = ["does not fit", &old, &new, "import of core-logic", "export of logger"];
        screen.until("the whole explanation", |s| wanted.iter().all(|wanted| s.contains(wanted)));
        screen.press("\x1b[F");
        let path = format!("`entry.{field}`");
        screen.until("the fix", |s| s.contains("bring the WIT") && (rows < 36 || s.contains(&path)));
        screen.press("1\r");
        screen.until("the checked fix", |s| s.contains("applied: bring the WIT") && s.contains("✔ fits"));
        assert_eq!(project.read("core-logic/wit/deps/cyber-core/logger.wit"), project.read("logger/wit/logger.wit"));
        screen.press("\x1b");
        screen.until("the explanation's end", |s| !s.contains("applied: bring"));
        // The rest is Rust.
        let again = format!("Mended: {next}.");
        project.edit("core-logic/src/lib.rs", &said, &again);
        project.edit("core-logic/src/lib.rs", &format!("Entry {{ {field}:"), &format!("Entry {{ {next}:"));
        screen.press(if by_problem { "l" } else { "z" });
        screen.wait_for(&format!(">> {again}"));
        screen.press("q");
        assert_eq!(screen.end(), 0);
        (said, field) = (again, next);
    }
}

/// How the logger takes its record apart.
fn destructured(field: &str) -> String {
    if field == "msg" { "Entry { msg, severity }".into() } else { format!("Entry {{ {field}: msg, severity }}") }
}
