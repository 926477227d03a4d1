//! The canvas in a real terminal: wires cut and drawn by keys and mouse, plans, explanations, and hand edits under it.

use crate::pty::Screen;
use crate::support::Project;

const LAST: &str = "[CRITICAL ERROR] >> Mainframe breach detected.";
const WIRED: &str = "log-handler: logger.log-handler";

/// Where a text stands on the screen above its footer, as the mouse counts it: every time, from the top.
fn places(screen: &Screen, text: &str) -> Vec<(u16, u16)> {
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

fn mouse(screen: &mut Screen, button: u8, (column, row): (u16, u16), end: char) {
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

/// Puts the focus on the core's import and gives the graph the whole screen, where it is small.
fn at_the_wire(screen: &mut Screen) {
    screen.press("2z");
    screen.until("the graph alone", |s| !s.contains("1 Project") && s.contains("log-handler"));
    screen.press("\x1b[B");
    screen.press("\x1b[C");
    screen.wait_for("x cut");
}

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
        screen.wait_for("once more");
        screen.press("q");
        assert_eq!(screen.end(), 0);
        screen.assert_restored();
    }
}

/// Components of text alone: what each wants and gives.
fn part(name: &str, imports: &[&str], export: &str) -> String {
    let import = |i: &&str| {
        format!(
            "(import \"shop:{i}/{i}@1.0.0\" (instance $in-{i} (export \"get\" (func (param \"key\" u32) (result u32)))))\n"
        )
    };
    let imports: String = imports.iter().map(import).collect();
    let _ = name;
    format!(
        "(component\n{imports}\n(core module $m (func (export \"get\") (param i32) (result i32) local.get 0))\n\
         (core instance $i (instantiate $m))\n\
         (func $get (param \"key\" u32) (result u32) (canon lift (core func $i \"get\")))\n\
         (instance $out (export \"get\" (func $get)))\n\
         (export \"shop:{export}/{export}@1.0.0\" (instance $out)))\n"
    )
}

#[test]
fn a_shop_of_four_is_wired_by_a_plan() {
    let project = Project::empty();
    for (name, imports) in
        [("web", &["cart", "prices"][..]), ("cart", &["store", "prices"]), ("store", &[]), ("prices", &[])]
    {
        project.write(&format!("{name}.wat"), part(name, imports, name));
    }
    let open = "package shop:app;\n\nlet store = new local:store { ... };\nlet prices = new local:prices { ... };\n\
                let cart = new local:cart { ... };\nlet web = new local:web { ... };\n\nexport web...;\n";
    project.write("shop.wac", open);
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.until("the question or the graph", |s| s.contains("trust"));
    screen.press("t");
    screen.wait_for("unwired");
    screen.press("2A");
    let plan = screen.wait_for("Auto-wire: 4 wires, not made yet");
    assert!(plan.contains("cart.store") && plan.contains("web.prices"), "{plan}");
    assert_eq!(project.read("shop.wac"), open, "nothing is made yet");
    screen.press("\x1b");
    screen.until("the plan's end", |s| !s.contains("Auto-wire:"));
    screen.press("A");
    screen.wait_for("Auto-wire: 4 wires, not made yet");
    screen.press("\r");
    text_is(&mut screen, &project, "shop.wac", |t| t.contains("store: store.store") && t.contains("cart: cart.cart"));
    screen.until("a whole graph", |s| !s.contains("unwired"));
    screen.press("u");
    text_is(&mut screen, &project, "shop.wac", |t| t == open);
    screen.press("q");
    assert_eq!(screen.end(), 0);
    let (graph, _) = project.json(&["graph", "--format", "json"]);
    assert_eq!(graph["nodes"].as_array().unwrap().iter().filter(|n| n["kind"] == "component").count(), 4, "{graph}");
}

#[test]
fn a_hand_edit_under_it_is_seen_and_can_be_taken_back() {
    let project = Project::new("neon");
    let before = project.read("neon.wac");
    let mut screen = Screen::studio(&project, &["."], 120, 36);
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

#[test]
fn a_mismatch_is_followed_through_its_explanation_to_a_running_program() {
    let project = Project::new("neon");
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.wait_for(LAST);
    // The provider calls a case otherwise.
    project.edit("logger/src/lib.rs", "Level::Critical", "Level::Fatal");
    project.edit("logger/wit/logger.wit", "        critical,", "        fatal,");
    screen.wait_for("mismatch");
    at_the_wire(&mut screen);
    screen.press("\r");
    let text = screen.until("the explanation", |s| s.contains("does not fit") && s.contains("bring the WIT"));
    for wanted in ["import of core-logic", "export of logger", "critical", "fatal", "logger/wit/logger.wit:"] {
        assert!(text.contains(wanted), "no `{wanted}`:\n{text}");
    }
    screen.press("1");
    screen.until("the checked remedy", |s| s.contains("done: bring the WIT") && s.contains("✔ fits"));
    assert_eq!(project.read("core-logic/wit/deps/cyber-core/logger.wit"), project.read("logger/wit/logger.wit"));
    screen.press("\x1b");
    screen.until("the explanation's end", |s| !s.contains("done: bring"));
    // The rest is Rust.
    project.edit("core-logic/src/lib.rs", "Level::Critical", "Level::Fatal");
    project.edit("core-logic/src/lib.rs", "Mainframe breach detected.", "Mended through its explanation.");
    screen.press("z");
    screen.wait_for(">> Mended through its explanation.");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}
