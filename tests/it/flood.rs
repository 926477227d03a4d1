//! Two guests that write without end, in a real terminal: whatever is asked of the log meanwhile, the screen stays right.

use std::fs;

use crate::pty::Screen;
use crate::support::Project;

/// `core-logic` writes `beat n`, then the logger `request n` for it, every tenth as a warning.
const FLOOD: &str = r#"
        for n in 0u64.. {
            println!("beat {n}");
            log(&format!("request {n}"), if n % 10 == 0 { Level::Warning } else { Level::Info });
        }
"#;

/// What the rows of the log say, in order: `2n` for a beat, `2n + 1` for a request. Every row must be whole.
fn rows(screen: &str) -> Vec<u64> {
    let log = screen.lines().skip_while(|l| !l.contains("3 Logs")).skip(1).take_while(|l| !l.starts_with('╰'));
    let bar = |row: &str| ["│ filter ", "│ search "].iter().any(|bar| row.starts_with(bar));
    let mut numbers = Vec::new();
    for row in log.filter(|row| !bar(row)) {
        let cells: Vec<&str> = row.split('│').map(str::trim).collect();
        let [_, head, text, ..] = cells.as_slice() else { panic!("a torn row: {row:?}\n{screen}") };
        let whole = |node: &str| head.ends_with(node) && head.len() > "00:00:00.000".len();
        let number = if let Some(n) = text.strip_prefix("beat ").filter(|_| whole("core-logic")) {
            2 * n.parse::<u64>().unwrap()
        } else if let Some((tag, n)) = text.split_once(" >> request ").filter(|_| whole("logger")) {
            let n = n.parse::<u64>().unwrap();
            assert_eq!(tag, if n.is_multiple_of(10) { "[WARN]" } else { "[INFO]" }, "{row:?}");
            2 * n + 1
        } else {
            panic!("no row of a guest: {row:?}\n{screen}")
        };
        numbers.push(number);
    }
    assert!(!numbers.is_empty(), "{screen}");
    numbers
}

/// The number before this word, where the screen has it.
fn counted(screen: &str, word: &str) -> Option<u64> {
    let before = screen.split_once(word)?.0;
    before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn all_apart_by(screen: &str, step: u64) {
    let rows = rows(screen);
    assert!(rows.windows(2).all(|w| w[1] == w[0] + step), "{rows:?}\n{screen}");
}

#[test]
fn a_flood_is_followed_filtered_searched_cleared_and_written_to_a_file() {
    let project = Project::new("neon");
    let source = project.read("core-logic/src/lib.rs");
    let start = source.find("        log(\"System startup").unwrap();
    let end = source[start..].find("\n    }\n").unwrap() + start;
    project.write(
        "core-logic/src/lib.rs",
        source[..start].to_owned()
            + FLOOD.trim_matches('\n')
            + &source[end..].replace("fn mainframe", "pub fn mainframe"),
    );
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    // More than the ring holds: what was dropped is counted, and lines are in order without a gap.
    let text = screen.wait_for(" dropped");
    assert!(text.contains("following"), "{text}");
    all_apart_by(&text, 1);
    let dropped = counted(&text, " dropped").unwrap();
    let text = screen.until("more dropped", |s| counted(s, " dropped").is_some_and(|n| n > dropped + 1_000));
    all_apart_by(&text, 1);

    // Scrolled up, it stands still and counts what comes below.
    screen.press("3\x1b[5~\x1b[5~");
    let text = screen.wait_for(" below");
    all_apart_by(&text, 1);
    let below = counted(&text, " below").unwrap();
    let text = screen.until("more below", |s| counted(s, " below").is_some_and(|n| n > below));
    all_apart_by(&text, 1);
    screen.press("\x1b[F");
    let text = screen.until("the newest", |s| s.contains("following") && !s.contains(" below"));
    all_apart_by(&text, 1);

    // By node, then by text, while lines come.
    screen.press("fnode:logger\r");
    let text = screen.until("the logger's lines", |s| s.contains("filter node:logger"));
    all_apart_by(&text, 2);
    assert!(rows(&text).iter().all(|n| n % 2 == 1), "{text}");
    screen.press("\x1b");
    screen.until("all lines", |s| !s.contains("node:logger"));
    screen.press("f[warn]\r");
    let text = screen.until("warnings", |s| s.contains("filter [warn]"));
    all_apart_by(&text, 20);

    // A search counts what the filter shows, and walks in it; what comes is found, too.
    screen.press("/request\r");
    let text = screen.until("what is found", |s| s.contains("search request"));
    all_apart_by(&text, 20);

    // Once it is stopped the counts can be compared: of all lines every twentieth is shown, and each of them found.
    screen.press("s");
    let counts = |s: &str| {
        let (search, shown) = s.lines().find(|l| l.contains("search request"))?.split_once(" · ")?;
        // `12 of 5000` while the line that is meant is kept, then `5000 found`.
        let found: u64 = search.trim_end_matches(" found").rsplit(' ').next()?.parse().ok()?;
        Some((found, counted(shown, " of ")?, counted(shown, " lines")?))
    };
    // What studio itself says shows, too, and is not found. Older lines may still be looked at when it has stopped.
    let agree = |(found, shown, all): (u64, u64, u64)| {
        all == 100_000 && (4_998..=5_002).contains(&found) && (found..=found + 3).contains(&shown)
    };
    let text = screen.until("the counts", |s| s.contains("stopped") && counts(s).is_some_and(agree));
    let (found, shown, _) = counts(&text).unwrap();

    // What shows is written to a file.
    let file = project.path("flood.log");
    screen.press("E");
    screen.wait_for("Write the log to");
    screen.press("\x15flood.log\r");
    screen.until("the file", |s| s.contains("flood.log") && !s.contains("Write the log to"));
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(written.lines().count() as u64, shown);
    let warnings = written.lines().filter(|l| l.contains(" logger stdout | [WARN] >> request ")).count();
    assert_eq!(warnings as u64, found, "{}", written.lines().next().unwrap_or_default());

    // Cleared, it is empty; run again, it fills again.
    screen.press("x");
    screen.until("nothing", |s| !s.contains("request 1"));
    screen.press("\x1b");
    screen.until("no search", |s| !s.contains("search request"));
    screen.press("\x1b");
    screen.until("no filter", |s| !s.contains("filter [warn]"));
    screen.press("r");
    let text = screen.until("the next run", |s| s.matches("request ").count() > 5 && !s.contains("── run 2"));
    all_apart_by(&text, 1);
    screen.press("q");
    assert_eq!(screen.end(), 0);
    screen.assert_restored();
}
