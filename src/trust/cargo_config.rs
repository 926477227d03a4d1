//! What a `.cargo/config.toml` has cargo do: the programs it names first. Pure.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::trust::item::shown;

/// More lines than this are counted, not listed.
const LISTED: usize = 40;

/// A configuration, as far as it matters here.
#[derive(Debug, Default)]
pub struct CargoConfig {
    /// `key = value`, what names a program first.
    pub lines: Vec<String>,
    /// Files it includes, absolute.
    pub includes: Vec<PathBuf>,
    /// Programs it names by a path below `base`, absolute.
    pub programs: Vec<PathBuf>,
}

/// Reads the text of the configuration at `file`; paths of programs begin at the folder that holds `.cargo`.
pub fn read(text: &str, file: &Path) -> CargoConfig {
    let table: Table = match toml::from_str(text) {
        Ok(table) => table,
        // cargo refuses it too.
        Err(_) => return CargoConfig { lines: vec!["it is no TOML".into()], ..CargoConfig::default() },
    };
    let folder = file.parent().unwrap_or(Path::new("/"));
    let base = folder.parent().unwrap_or(folder);
    let mut flat = Vec::new();
    flatten("", &table, &mut flat);
    flat.sort_by_key(|(key, _)| !names_a_program(key));
    let mut config = CargoConfig { includes: includes(&table, folder), ..CargoConfig::default() };
    for (key, value) in flat.iter().filter(|(key, _)| names_a_program(key)) {
        let first = match value {
            Value::Array(words) => words.first().and_then(Value::as_str),
            // A runner is a program and its arguments, everything else a program alone.
            value if key.ends_with("runner") => value.as_str().and_then(|v| v.split_whitespace().next()),
            value => value.as_str(),
        };
        config.programs.extend(first.filter(|p| p.contains('/')).map(|p| base.join(p)));
    }
    config.lines = flat.iter().take(LISTED).map(|(key, value)| shown(&format!("{key} = {value}"))).collect();
    if flat.len() > LISTED {
        config.lines.push(format!("and {} more settings", flat.len() - LISTED));
    }
    config
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
    ) || key.starts_with("env.")
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
    fn programs_come_first_and_everything_is_listed() {
        let text = "[net]\noffline = true\n[build]\nrustc-wrapper = './wrap.sh'\n[target.wasm32-wasip2]\nlinker = 'ld'\n\
                    runner = ['tools/run', '-x']\n[env]\nPATH = { value = 'bin', relative = true }\n\
                    [registry]\nglobal-credential-providers = ['cargo:token']\n";
        let config = read(text, Path::new("/p/.cargo/config.toml"));
        assert_eq!(config.lines.len(), 7, "{:?}", config.lines);
        assert_eq!(config.lines.last().unwrap(), "net.offline = true");
        assert!(config.lines.contains(&"build.rustc-wrapper = \"./wrap.sh\"".to_owned()), "{:?}", config.lines);
        assert_eq!(config.programs, [PathBuf::from("/p/./wrap.sh"), "/p/tools/run".into()]);
    }

    #[test]
    fn included_files_are_followed_in_every_spelling() {
        for text in ["include = 'a.toml'", "include = ['a.toml']", "[[include]]\npath = 'a.toml'\noptional = true"] {
            assert_eq!(read(text, Path::new("/p/.cargo/config.toml")).includes, [Path::new("/p/.cargo/a.toml")]);
        }
        assert_eq!(read("no toml [", Path::new("/p/.cargo/config.toml")).lines, ["it is no TOML"]);
    }

    #[test]
    fn what_is_shown_cannot_move_the_cursor() {
        let config = read("[build]\nrustc-wrapper = \"a\\u001b[2Jb\"\n", Path::new("/p/.cargo/config.toml"));
        assert!(config.lines.iter().all(|l| !l.contains('\x1b')), "{:?}", config.lines);
    }
}
