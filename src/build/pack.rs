//! The files of all templates, as one text that studio carries.
//!
//! cargo leaves every folder that holds a manifest of its own out of a package, so the templates would not reach who
//! installs from a registry. They stay plain folders to work in; `assets/templates.txt` is made of them.

/// The files of all templates: before each a line with its path behind [`MARK`].
const PACK: &str = include_str!("../../assets/templates.txt");

/// What a line with a path begins with; no file of a template has such a line.
const MARK: &str = "==== ";

/// The files of one template: the path below the project's folder, and the text.
pub(super) fn files(template: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    all().filter_map(move |(path, text)| Some((path.strip_prefix(template)?.strip_prefix('/')?, text)))
}

fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut rest = PACK;
    std::iter::from_fn(move || {
        let (path, after) = rest.strip_prefix(MARK)?.split_once('\n')?;
        let next = format!("\n{MARK}");
        // A mark right behind a path: an empty file.
        let end = if after.starts_with(MARK) { 0 } else { after.find(&next).map_or(after.len(), |at| at + 1) };
        let (text, others) = after.split_at(end);
        rest = others;
        Some((path, text))
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::Path;

    use crate::build::pack::*;

    /// `STUDIO_BLESS=1` packs them again.
    #[test]
    fn templates_are_packed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let templates = root.join("templates");
        let mut paths = crate::files::walk::walk(&templates, &templates, |_| true).files;
        paths.sort();
        let mut pack = String::new();
        for path in paths {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.is_empty() || text.ends_with('\n'), "{} does not end its last line", path.display());
            assert!(text.lines().all(|line| !line.starts_with(MARK)), "{} has a line of the pack's", path.display());
            writeln!(pack, "{MARK}{}", path.strip_prefix(&templates).unwrap().display()).unwrap();
            pack += &text;
        }
        if std::env::var_os("STUDIO_BLESS").is_some() {
            return std::fs::write(root.join("assets/templates.txt"), pack).unwrap();
        }
        assert!(pack == PACK, "assets/templates.txt is old: STUDIO_BLESS=1 cargo test templates_are_packed");
        let mut again = String::new();
        for (path, text) in all() {
            writeln!(again, "{MARK}{path}").unwrap();
            again += text;
        }
        assert!(again == pack, "what is packed is what is read");
    }
}
