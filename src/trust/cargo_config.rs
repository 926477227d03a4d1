//! What a `.cargo/config.toml` has cargo do: the programs it names first.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::trust::item::shown;
use crate::trust::packages::{patches, places};

/// A configuration, as far as it matters here.
#[derive(Debug, Default)]
pub(super) struct CargoConfig {
    /// `key = value`, all of them; what names a program first.
    pub(crate) lines: Vec<String>,
    /// Files it includes, absolute.
    pub(crate) includes: Vec<PathBuf>,
    /// Every text in it: what of it names a file may be a program, whatever the key.
    pub(crate) values: Vec<String>,
    /// Folders that it has programs looked for in.
    pub(crate) search: Vec<String>,
    /// Folders of packages that it puts in the place of others: `[patch]` and `paths`.
    pub(crate) packages: Vec<PathBuf>,
    /// The folder that holds `.cargo`, where its paths begin.
    pub(crate) base: PathBuf,
}

/// Reads the text of the configuration at `file`; `None` where it is no TOML.
pub(super) fn read(text: &str, file: &Path) -> Option<CargoConfig> {
    let table: Table = toml::from_str(text).ok()?;
    let folder = file.parent().unwrap_or(Path::new("/"));
    let base = folder.parent().unwrap_or(folder);
    let mut flat = Vec::new();
    flatten("", &table, &mut flat);
    flat.sort_by_key(|(key, _)| (!names_a_program(key), !key.starts_with("env.")));
    let mut values = Vec::new();
    let mut search = Vec::new();
    for (key, value) in flat.iter().filter(|(key, _)| !key.starts_with("include")) {
        texts_of(value, &mut values);
        if is_search_path(key) {
            texts_of(value, &mut search);
        }
    }
    let overrides = table.get("paths").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let packages = patches(&table).chain(overrides).flat_map(|path| places(base, path)).collect();
    let lines = flat.iter().map(|(key, value)| shown(&format!("{key} = {value}"))).collect();
    Some(CargoConfig { lines, includes: includes(&table, folder), values, search, packages, base: base.to_owned() })
}

fn texts_of(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|value| texts_of(value, texts)),
        Value::Table(table) => table.values().for_each(|value| texts_of(value, texts)),
        _ => {}
    }
}

fn flatten<'t>(prefix: &str, table: &'t Table, flat: &mut Vec<(String, &'t Value)>) {
    for (key, value) in table {
        let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Table(inner) => flatten(&key, inner, flat),
            value => flat.push((key, value)),
        }
    }
}

/// Whether it is `PATH` of `[env]`, and no other variable that begins so.
fn is_search_path(key: &str) -> bool {
    key == "env.PATH" || key.starts_with("env.PATH.")
}

/// Whether cargo, rustc or rustdoc run what this key says, or pass it to what they run.
fn names_a_program(key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    matches!(
        last,
        "rustc"
            | "rustc-wrapper"
            | "rustc-workspace-wrapper"
            | "rustdoc"
            | "linker"
            | "runner"
            | "rustflags"
            | "rustdocflags"
            | "credential-provider"
            | "global-credential-providers"
            | "git-fetch-with-cli"
            | "ar"
            | "path"
            | "paths"
            | "include"
    ) || is_search_path(key)
        || key.starts_with("credential-alias.")
        || key.starts_with("doc.browser")
}

/// `include = "x.toml"`, a list of them, or of tables with a `path`; relative to the including file.
fn includes(table: &Table, folder: &Path) -> Vec<PathBuf> {
    let one = |value: &Value| {
        let path = value.as_str().or_else(|| value.get("path")?.as_str())?;
        Some(folder.join(path))
    };
    match table.get("include") {
        Some(Value::Array(all)) => all.iter().filter_map(one).collect(),
        Some(value) => one(value).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::trust::cargo_config::*;

    #[test]
    fn what_names_a_program_comes_first_and_everything_is_listed() {
        let text = "[net]\noffline = true\n[build]\nrustc-wrapper = './wrap.sh'\n[target.wasm32-wasip2]\nlinker = 'ld'\n\
                    runner = ['tools/run', '-x']\n[env]\nPATH = { value = 'bin', relative = true }\n\
                    [registry]\nglobal-credential-providers = ['cargo:token']\n";
        let config = read(text, Path::new("/p/.cargo/config.toml")).unwrap();
        assert_eq!(config.lines.len(), 7, "{:?}", config.lines);
        assert_eq!(config.lines.last().unwrap(), "net.offline = true");
        assert!(config.lines.contains(&"build.rustc-wrapper = \"./wrap.sh\"".to_owned()), "{:?}", config.lines);
        assert_eq!((config.base.as_path(), config.search), (Path::new("/p"), vec!["bin".to_owned()]));
        for value in ["./wrap.sh", "ld", "tools/run", "-x", "cargo:token"] {
            assert!(config.values.iter().any(|v| v == value), "{value} is missing in {:?}", config.values);
        }
    }

    #[test]
    fn nothing_is_cut_and_many_variables_hide_no_program() {
        let many: String = (0..45).map(|n| format!("A{n} = 'x'\n")).collect();
        let text = format!(
            "[env]\n{many}PATH_TO_GEN = {{ value = 'tools/g.sh', relative = true }}\n[build]\nrustc-wrapper = './w'\n"
        );
        let config = read(&text, Path::new("/p/.cargo/config.toml")).unwrap();
        assert_eq!((config.lines.len(), config.lines[0].as_str()), (48, "build.rustc-wrapper = \"./w\""));
        assert!(config.values.contains(&"tools/g.sh".into()) && config.search.is_empty(), "{config:?}");
    }

    #[test]
    fn packages_in_the_place_of_others_are_seen() {
        let text = "paths = ['../other']\n[patch.crates-io]\na = { path = 'vendor/a' }\nb = { git = 'https://x' }\n\
                    [patch.'https://x']\nc = { path = '/c' }\n";
        let config = read(text, Path::new("/p/.cargo/config.toml")).unwrap();
        assert_eq!(config.packages, [Path::new("/p/vendor/a"), Path::new("/c"), Path::new("/other")]);
    }

    #[test]
    fn included_files_are_followed_in_every_spelling() {
        for text in ["include = 'a.toml'", "include = ['a.toml']", "[[include]]\npath = 'a.toml'\noptional = true"] {
            let config = read(text, Path::new("/p/.cargo/config.toml")).unwrap();
            assert_eq!(config.includes, [Path::new("/p/.cargo/a.toml")]);
        }
        assert!(read("no toml [", Path::new("/p/.cargo/config.toml")).is_none());
    }

    #[test]
    fn what_is_shown_cannot_move_the_cursor() {
        let config = read("[build]\nrustc-wrapper = \"a\\u001b[2Jb\"\n", Path::new("/p/.cargo/config.toml")).unwrap();
        assert!(config.lines.iter().all(|l| !l.contains('\x1b')), "{:?}", config.lines);
    }
}
