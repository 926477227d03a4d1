//! The files of a WIT package, read: its own and those of its `deps/`, as `wit-parser` would find them, but through the
//! one reader and with the one rule for links.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{ParseError, Resolve, SourceMap, UnresolvedPackageGroup};

use crate::files;
use crate::files::Kind;
use crate::files::walk::{Member, Refusal, members};
use crate::inspect::wit::package_in;
use crate::inspect::wit_elsewhere::elsewhere;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::port::unversioned;

/// Files of one package, its dependencies included, that are read.
const MOST_FILES: usize = 4096;
/// Bytes of all of them; parsed they take sixty times as much memory.
const MOST_BYTES: usize = 8 << 20;

/// What [`parse`] gives.
pub(super) struct Parsed {
    pub(crate) main: Main,
    pub(crate) deps: Vec<UnresolvedPackageGroup>,
}

/// The package itself.
pub(super) enum Main {
    Text(Box<UnresolvedPackageGroup>),
    /// Encoded as wasm, and in the [`Resolve`] already.
    Encoded(wit_parser::PackageId),
}

/// Why a package was not read.
pub(super) enum WitError {
    /// A file that is refused, or no WIT at all.
    File(PathBuf, String),
    /// Text that does not parse; places are in this map.
    Parse(SourceMap, ParseError),
    Other(anyhow::Error),
}

/// Every file that the WIT at `wit` (a folder or a file) is made of; sorted. Links count where they lead to what is in
/// `root` or, for WIT outside of it, in the WIT's own folder.
pub(crate) fn wit_files(root: &Path, wit: &Path) -> Vec<PathBuf> {
    let Ok(layout) = layout(root, wit) else { return Vec::new() };
    layout.into_iter().flatten().collect()
}

/// The files of the package at `wit`, then those of each of its dependencies; `None` where they cannot be listed.
pub(super) fn groups(root: &Path, wit: &Path) -> Option<Vec<Vec<PathBuf>>> {
    layout(root, wit).ok()
}

/// Reads and parses the WIT at `wit`.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn parse(root: &Path, wit: &Path, resolve: &mut Resolve) -> Result<Parsed, WitError> {
    let mut left = MOST_BYTES;
    let mut groups = Vec::new();
    let layout = layout(root, wit)?;
    let mut encoded = None;
    for (at, files) in layout.into_iter().enumerate() {
        let single = files.len() == 1;
        let mut map = SourceMap::default();
        for path in files {
            // An encoded package is small too.
            let bytes = files::read(&path, Kind::Wit).map_err(|e| WitError::File(path.clone(), e.to_string()))?;
            left = left.checked_sub(bytes.len()).ok_or_else(|| {
                WitError::File(path.clone(), format!("this WIT has more than {} MiB", MOST_BYTES >> 20))
            })?;
            if single && wat::Detect::from_bytes(&bytes).is_wasm() {
                let package = decoded(&path, &bytes, resolve)?;
                if at == 0 {
                    encoded = Some(package);
                }
                continue;
            }
            let text = String::from_utf8(bytes)
                .map_err(|_| WitError::File(path.clone(), files::ReadError::NotText.to_string()))?;
            map.push(&path, text);
        }
        if map.source_files().next().is_none() && (encoded.is_some() || at > 0) {
            continue;
        }
        groups.push(map.parse().map_err(|(map, error)| WitError::Parse(map, error))?);
    }
    let main = match encoded {
        Some(package) => Main::Encoded(package),
        None if groups.is_empty() => return Err(WitError::File(wit.to_owned(), "it holds no WIT".into())),
        None => Main::Text(Box::new(groups.remove(0))),
    };
    Ok(Parsed { main, deps: groups })
}

fn decoded(path: &Path, bytes: &[u8], resolve: &mut Resolve) -> Result<wit_parser::PackageId, WitError> {
    let refused = |why: String| WitError::File(path.to_owned(), why);
    let bytes = wat::parse_bytes(bytes).map_err(|e| refused(e.to_string()))?;
    match decode(&bytes).map_err(|e| refused(format!("{e:#}")))? {
        DecodedWasm::Component(..) => Err(refused("it is a component, not an encoded WIT package".into())),
        DecodedWasm::WitPackage(package, id) => {
            let remap = resolve.merge(package).map_err(WitError::Other)?;
            remap.packages.get(id.index()).copied().ok_or_else(|| refused("it holds no package".into()))
        }
    }
}

/// The packages that the manifests beside `wit` place elsewhere and that its `deps/` do not hold: what reads `deps/` alone
/// does not find them.
pub(crate) fn missing_from_deps(root: &Path, wit: &Path) -> Vec<(String, PathBuf)> {
    folders(root, wit).map(|held| missing(&held, wit)).unwrap_or_default()
}

fn missing(held: &[Vec<PathBuf>], wit: &Path) -> Vec<(String, PathBuf)> {
    let mut elsewhere = elsewhere(wit);
    if !elsewhere.is_empty() {
        let names: BTreeSet<String> = held.iter().filter_map(|files| name_of(files)).collect();
        elsewhere.retain(|(name, path)| !names.contains(name) && !held.iter().flatten().any(|file| file == path));
    }
    elsewhere
}

/// The package (`ns:name`) that these files say they are.
fn name_of(files: &[PathBuf]) -> Option<String> {
    let texts = files.iter().filter_map(|file| files::text(file, Kind::Wit).ok());
    texts.filter_map(|text| package_in(&text)).map(|name| unversioned(&name).to_owned()).next()
}

/// The files of the package, then those of each dependency. What lies in `deps/` counts before what lies elsewhere.
fn layout(root: &Path, wit: &Path) -> Result<Vec<Vec<PathBuf>>, WitError> {
    let mut layout = folders(root, wit)?;
    let mut known: BTreeSet<Option<String>> = BTreeSet::from([None]);
    for (_, path) in missing(&layout, wit) {
        if known.len() == 1 {
            known.extend(layout.iter().map(|files| name_of(files)));
        }
        for files in folders(root, &path)? {
            let name = name_of(&files);
            if name.is_none() || known.insert(name) {
                layout.push(files);
            }
        }
    }
    Ok(layout)
}

/// The same of the folder and its `deps/` alone.
fn folders(root: &Path, wit: &Path) -> Result<Vec<Vec<PathBuf>>, WitError> {
    let system = |error: std::io::Error| WitError::File(wit.to_owned(), error.to_string());
    let real = wit.canonicalize().map_err(system)?;
    let border = if real.starts_with(root) {
        root.to_owned()
    } else {
        // WIT that the project names outside of itself is its own border.
        root.canonicalize().ok().filter(|_| wit.starts_with(root)).unwrap_or_else(|| real.clone())
    };
    if !real.starts_with(&border) {
        return Err(refused(wit, &Refusal::Outside(real)));
    }
    if !real.is_dir() {
        return Ok(vec![vec![wit.to_owned()]]);
    }
    let mut left = MOST_FILES;
    let mut layout = vec![texts(wit, &border, &mut left)?];
    let deps = wit.join("deps");
    let Ok(about) = deps.symlink_metadata() else { return Ok(layout) };
    if about.is_symlink() {
        let real = deps.canonicalize().map_err(system)?;
        if !real.starts_with(&border) {
            return Err(refused(&deps, &Refusal::Outside(real)));
        }
    }
    for (path, member) in members(&deps, &border).map_err(|e| WitError::File(deps.clone(), e.to_string()))? {
        let is_wit = path.extension().is_some_and(|e| e == "wit" || e == "wat" || e == "wasm");
        match member {
            Ok(Member::Folder) => layout.push(texts(&path, &border, &mut left)?),
            Ok(Member::File) if is_wit => layout.push(vec![path]),
            // A link to a folder elsewhere would be a dependency.
            Err(why @ Refusal::Outside(_)) => return Err(refused(&path, &why)),
            Err(why) if is_wit => return Err(refused(&path, &why)),
            Ok(Member::File) | Err(_) => {}
        }
        left = left.checked_sub(1).ok_or_else(|| too_many(&deps))?;
    }
    Ok(layout)
}

/// The `.wit` files that a folder itself holds.
fn texts(folder: &Path, border: &Path, left: &mut usize) -> Result<Vec<PathBuf>, WitError> {
    let mut texts = Vec::new();
    for (path, member) in members(folder, border).map_err(|e| WitError::File(folder.to_owned(), e.to_string()))? {
        if path.extension().is_none_or(|e| e != "wit") {
            continue;
        }
        match member {
            Ok(Member::File) => texts.push(path),
            Ok(Member::Folder) => {}
            Err(why) => return Err(refused(&path, &why)),
        }
        *left = left.checked_sub(1).ok_or_else(|| too_many(folder))?;
    }
    Ok(texts)
}

fn refused(path: &Path, why: &Refusal) -> WitError {
    WitError::File(path.to_owned(), why.to_string())
}

fn too_many(folder: &Path) -> WitError {
    WitError::File(folder.to_owned(), format!("this WIT has more than {MOST_FILES} files"))
}

/// A problem at the file that causes it.
pub(super) fn unreadable(path: &Path, reason: &str) -> Diagnostic {
    Diagnostic::error(Origin::Wit, format!("the WIT cannot be read: {reason}")).at(path, 0, 0)
}
