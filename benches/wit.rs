//! What a keystroke in WIT costs, beside wit-parser, which reads and resolves it all again: `cargo bench --bench wit`.
//!
//! The set is WASI 0.2 and 0.3 as wasmtime-wasi and wasmtime-wasi-http carry it; the long file is 5,000 lines of generated
//! interfaces. Prints the median and the 99th percentile of many runs, and ratios; docs/benchmarks.md holds the figures.

#![allow(clippy::print_stdout, clippy::expect_used)] // the figures are what it is for

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use studio::wit::format::format;
use studio::wit::navigate::{completions, definition, hover};
use studio::wit::problem::{Edit, edited};
use studio::wit::sources::{FileId, Source, Sources};
use studio::wit::syntax::parse;
use wit_parser::{Resolve, UnresolvedPackageGroup};

/// Median and 99th percentile of `runs` runs.
fn timed<T>(runs: usize, mut run: impl FnMut() -> T) -> (Duration, Duration) {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let began = Instant::now();
            black_box(run());
            began.elapsed()
        })
        .collect();
    times.sort();
    (times[runs / 2], times[(runs * 99 / 100).min(runs - 1)])
}

fn report(what: &str, (median, p99): (Duration, Duration)) {
    println!("{what:<58} {:>9.3} ms   p99 {:>9.3} ms", median.as_secs_f64() * 1e3, p99.as_secs_f64() * 1e3);
}

fn ratio(what: &str, ours: (Duration, Duration), theirs: (Duration, Duration)) {
    println!("{what:<58} {:>9.2}", ours.0.as_secs_f64() / theirs.0.as_secs_f64());
}

/// The WIT folders of a crate of the registry, deepest first.
fn wit_folders() -> Vec<PathBuf> {
    let metadata = cargo_metadata::MetadataCommand::new().exec().expect("cargo metadata");
    let crates = ["wasmtime-wasi", "wasmtime-wasi-http"];
    let of_wasi = metadata.packages.iter().filter(|package| crates.contains(&package.name.as_str()));
    let roots = of_wasi.filter_map(|package| package.manifest_path.parent().map(|path| path.as_std_path().to_owned()));
    let mut folders = Vec::new();
    let mut waiting: Vec<PathBuf> = roots.collect();
    while let Some(folder) = waiting.pop() {
        let entries: Vec<PathBuf> =
            std::fs::read_dir(&folder).expect("a folder").filter_map(|entry| Some(entry.ok()?.path())).collect();
        if entries.iter().any(|path| path.extension().is_some_and(|e| e == "wit")) {
            folders.push(folder);
        }
        waiting.extend(entries.into_iter().filter(|path| path.is_dir()));
    }
    folders.sort();
    folders
}

/// Every package of them once, each with its files.
fn packages() -> Vec<Vec<(PathBuf, String)>> {
    let mut packages: Vec<Vec<(PathBuf, String)>> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for folder in wit_folders() {
        let mut files: Vec<(PathBuf, String)> = Vec::new();
        for entry in std::fs::read_dir(&folder).expect("a folder").filter_map(Result::ok) {
            let path = entry.path();
            if path.extension().is_some_and(|e| e == "wit") {
                let text = std::fs::read_to_string(&path).expect("a text");
                files.push((path, text));
            }
        }
        files.sort();
        // In `deps` each file is a package of its own.
        let flat = folder.ends_with("deps");
        let parts: Vec<Vec<_>> = if flat { files.into_iter().map(|file| vec![file]).collect() } else { vec![files] };
        let header = |text: &str| text.lines().find(|line| line.starts_with("package wasi:")).map(str::to_owned);
        for files in parts {
            let Some(name) = files.iter().find_map(|(_, text)| header(text)) else { continue };
            if !names.contains(&name) {
                names.push(name);
                packages.push(files);
            }
        }
    }
    packages
}

/// 5,000 lines of interfaces.
fn long() -> String {
    let mut text = String::from("package bench:long@1.0.0;\n");
    let mut n = 0;
    while text.lines().count() < 5_000 {
        let _ = write!(
            text,
            "\n/// Number {n}.\ninterface part-{n} {{\n  record row {{\n    id: u64,\n    name: string,\n  }}\n\n  variant fault {{\n    none,\n    \
             other(string),\n  }}\n\n  resource table {{\n    constructor(name: string);\n    rows: func() -> list<row>;\n  }}\n\n  /// Puts one.\n  \
             put: func(into: borrow<table>, row: row, why: option<string>) -> result<u64, fault>;\n  get: func(source: borrow<table>, id: u64) -> \
             option<row>;\n}}\n"
        );
        n += 1;
    }
    text
}

fn main() {
    let packages = packages();
    let files: usize = packages.iter().map(Vec::len).sum();
    let bytes: usize = packages.iter().flatten().map(|(_, text)| text.len()).sum();
    println!("WASI: {} packages, {files} files, {} KiB", packages.len(), bytes >> 10);
    let mut sources = Sources::default();
    for package in &packages {
        sources.push(package.iter().map(|(path, text)| Source::new(path.clone(), text.clone())).collect());
    }
    let file = FileId { group: 0, file: 0 };
    let source = sources.get(file).expect("a file").clone();
    let at = source.text.find("func(").expect("a function");

    // A letter is typed and taken back, and each time all is checked.
    let type_a_letter = |sources: &mut Sources, own: bool| {
        let insert = Edit { range: at - 2..at - 2, text: "x".into() };
        let edited = sources.get(file).expect("a file").edited(&insert);
        sources.replace(file, edited);
        let problems = if own { sources.own_problems() } else { sources.problems() };
        sources.replace(file, source.clone());
        problems
    };
    let own = timed(500, || type_a_letter(&mut sources, true));
    let all = timed(500, || type_a_letter(&mut sources, false));
    assert!(resolve(&packages), "wit-parser takes all of it");
    let theirs = timed(200, || resolve(&packages));
    report("a keystroke: edit and check of all names", own);
    report("a keystroke: the same, and wit-parser's last word", all);
    report("wit-parser: all of it read and resolved", theirs);
    ratio("  check ÷ wit-parser", own, theirs);
    report("completion of a type", timed(500, || completions(&sources, file, at + 5)));
    report("hover", timed(500, || hover(&sources, file, at - 3)));
    report("definition", timed(500, || definition(&sources, file, at - 3)));

    let text = long();
    println!("a file of {} lines, {} KiB", text.lines().count(), text.len() >> 10);
    let parsed = parse(&text);
    let middle = text[..text.len() / 2].rfind("why: option").expect("a parameter");
    let edit = Edit { range: middle..middle + 3, text: "how".into() };
    let new = edited(&text, [&edit]);
    let fresh = timed(300, || parse(&text));
    let again = timed(300, || parsed.edited(&edit, &new));
    assert_eq!(parsed.edited(&edit, &new), parse(&new));
    report("parsed", fresh);
    report("parsed again after an edit", again);
    ratio("  again ÷ parsed", again, fresh);
    let theirs = timed(100, || UnresolvedPackageGroup::parse(Path::new("long.wit"), &text).is_ok());
    report("wit-parser: parsed", theirs);
    ratio("  parsed ÷ wit-parser", fresh, theirs);
    let laid_out = timed(100, || format(&text).is_ok());
    report("formatted", laid_out);
    ratio("  formatted ÷ parsed", laid_out, fresh);
}

fn resolve(packages: &[Vec<(PathBuf, String)>]) -> bool {
    let mut groups = Vec::new();
    for package in packages {
        let mut map = wit_parser::SourceMap::default();
        for (path, text) in package {
            map.push(path, text.clone());
        }
        match map.parse() {
            Ok(group) => groups.push(group),
            Err((map, error)) => {
                println!("{}", error.render(&map));
                return false;
            }
        }
    }
    let main = groups.remove(0);
    Resolve { all_features: true, ..Resolve::default() }
        .push_groups(main, groups)
        .inspect_err(|error| println!("{error}"))
        .is_ok()
}
