//! A crate's `bindings.rs` from a component's WIT, in this process and in milliseconds.
//!
//! A component that expands `wit_bindgen::generate!` compiles a WIT parser and syn before its first line runs (29 s for
//! two components where this takes 0.7 s), so fresh components take `wit-bindgen` as a runtime alone and commit the
//! generated text. The same WIT gives the same bytes, and a file that is already right keeps its modification time, so
//! that cargo does not rebuild for nothing.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use wit_bindgen_core::{Files, WorldGenerator as _};

use crate::files;
use crate::files::relative::relative;
use crate::files::{Folder, Kind, Links, ReadError, WriteError};
use crate::guard::caught;
use crate::inspect;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::project::{BINDINGS_MARK, BINDINGS_RUNTIME};

/// What [`write`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub(crate) path: PathBuf,
    /// False where the file was already right and was left alone, modification time included.
    pub changed: bool,
}

/// Which bindings are known to be right, by what they were made from: an edit of Rust alone costs no generation.
#[derive(Debug, Default)]
pub struct Known(Mutex<HashMap<PathBuf, u64>>);

impl Known {
    /// As [`write`], unless neither the WIT nor the bindings changed since the last time.
    ///
    /// # Errors
    /// Those of [`write`].
    pub fn write(
        &self,
        root: &Path,
        folder: &Path,
        path: &Path,
        wit: &Path,
        world: Option<&str>,
    ) -> Result<Written, Vec<Diagnostic>> {
        let print = || {
            let mut hasher = DefaultHasher::new();
            world.hash(&mut hasher);
            for file in inspect::wit_files(root, wit) {
                file.hash(&mut hasher);
                files::read(&file, Kind::Wit)?.hash(&mut hasher);
            }
            files::read(path, Kind::Source)?.hash(&mut hasher);
            Ok::<_, ReadError>(hasher.finish())
        };
        let before = print().ok();
        let known = self.0.lock().get(path).copied();
        if before.is_some() && before == known {
            return Ok(Written { path: path.to_owned(), changed: false });
        }
        let written = write(root, folder, path, wit, world)?;
        let now = if written.changed { print().ok() } else { before };
        if let Some(now) = now {
            self.0.lock().insert(path.to_owned(), now);
        }
        Ok(written)
    }
}

/// Brings the file `path` of the package in `folder` up to date with the WIT at `wit` (a folder or a file).
///
/// The world is the named one, or the only one. `root` is the project's folder, out of which no link leads.
///
/// # Errors
/// Problems of the WIT, with absolute places, or the reason why the file can't be written: it is not studio's, or the
/// system refuses.
pub fn write(
    root: &Path,
    folder: &Path,
    path: &Path,
    wit: &Path,
    world: Option<&str>,
) -> Result<Written, Vec<Diagnostic>> {
    let written = |changed| Written { path: path.to_owned(), changed };
    // Not where it lies on this machine: the file is the same in every clone.
    let text = generate(root, wit, &relative(folder, wit), world)?;
    match files::text(path, Kind::Source) {
        Ok(old) if old == text => return Ok(written(false)),
        Ok(old) if !old.starts_with(BINDINGS_MARK) => return Err(vec![foreign(path)]),
        Err(e) if !e.is_missing() => return Err(vec![unwritable(path, &e)]),
        Ok(_) | Err(_) => {}
    }
    replace(root, folder, path, &text).map_err(|e| vec![unwritable(path, &e)])?;
    Ok(written(true))
}

/// The text of the bindings; `shown` is how the first line names the WIT.
///
/// # Errors
/// Problems of the WIT, with absolute places: it can't be read, has no such world, or has several and none is named.
pub fn generate(root: &Path, wit: &Path, shown: &Path, world: Option<&str>) -> Result<String, Vec<Diagnostic>> {
    caught(|| generated(root, wit, shown, world)).unwrap_or_else(|panic| {
        Err(vec![Diagnostic::broken_down(Origin::Wit, "while generating bindings for this WIT", &panic).at(wit, 0, 0)])
    })
}

fn generated(root: &Path, wit: &Path, shown: &Path, world: Option<&str>) -> Result<String, Vec<Diagnostic>> {
    let failed = |e: anyhow::Error| problems(root, wit, world, &e);
    let (mut resolve, package) = inspect::resolve(root, wit).map_err(|problem| vec![*problem])?;
    let id = resolve.select_world(&[package], world).map_err(failed)?;
    let name = resolve.worlds.get(id).map_or_else(String::new, |w| w.name.clone());
    let options = wit_bindgen_rust::Opts { format: false, generate_all: true, ..Default::default() };
    let mut files = Files::default();
    options.build().generate(&mut resolve, id, &mut files).map_err(failed)?;
    let Some((_, body)) = files.iter().next() else {
        return Err(vec![Diagnostic::error(Origin::Wit, format!("World `{name}` has no bindings.")).at(wit, 0, 0)]);
    };
    let shown = shown.display().to_string().replace('\\', "/");
    let body = pretty(&String::from_utf8_lossy(body)).map_err(|e| {
        vec![
            Diagnostic::error(Origin::Wit, format!("The bindings of world `{name}` are not valid Rust: {e}."))
                .at(wit, 0, 0),
        ]
    })?;
    Ok(format!(
        "{BINDINGS_MARK}{shown} (world `{name}`, wit-bindgen {BINDINGS_RUNTIME}).\n\
         // Do not edit: it is written anew when the WIT changes.\n\n\
         #![allow(warnings)]\n{body}"
    ))
}

/// Lays the text out without rustfmt, and so that `cargo fmt` in the user's project leaves it as it is: otherwise the
/// two would take turns in rewriting it.
fn pretty(text: &str) -> syn::Result<String> {
    let file = syn::parse_file(text)?;
    let mut out = String::with_capacity(text.len() * 2);
    for item in file.items {
        let skipped = matches!(&item, syn::Item::Mod(m) if m.attrs.iter().any(is_rustfmt_skip));
        let one = syn::File { shebang: None, attrs: Vec::new(), items: vec![item] };
        out.push_str(if skipped { "\n" } else { "\n#[rustfmt::skip]\n" });
        out.push_str(&prettyplease::unparse(&one));
    }
    Ok(out)
}

fn is_rustfmt_skip(attribute: &syn::Attribute) -> bool {
    let mut path = attribute.path().segments.iter().map(|s| s.ident.to_string());
    path.next().as_deref() == Some("rustfmt") && path.next().as_deref() == Some("skip")
}

/// A member that a workspace keeps outside of the project is written in its own folder.
fn replace(root: &Path, folder: &Path, path: &Path, text: &str) -> Result<(), WriteError> {
    let below = if folder.starts_with(root) { root } else { folder };
    Folder::open(below)?.write(path, text.as_bytes(), Links::Inside)
}

/// What is wrong in the WIT, as discovery says it too; else the generator's own words.
fn problems(root: &Path, wit: &Path, world: Option<&str>, error: &anyhow::Error) -> Vec<Diagnostic> {
    inspect::declared(root, wit, world)
        .err()
        .unwrap_or_else(|| vec![Diagnostic::error(Origin::Wit, format!("{error:#}")).at(wit, 0, 0)])
}

fn foreign(path: &Path) -> Diagnostic {
    Diagnostic::error(Origin::Project, "This bindings.rs was not generated by studio, so studio leaves it alone.")
        .at(path, 1, 0)
        .help("Delete it to let studio write it, or keep it and drop the `wit-bindgen` runtime dependency.")
}

fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(Origin::Project, format!("The bindings can't be written: {error}.")).at(path, 0, 0)
}
