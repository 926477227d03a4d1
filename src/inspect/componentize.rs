//! Whatever a `.wasm` or `.wat` file holds → a component, where that is possible.

use std::borrow::Cow;
use std::path::Path;

use wasi_preview1_component_adapter_provider as adapter;
use wasmparser::{ExternalKind, Parser, Payload};
use wit_component::ComponentEncoder;

use crate::guard::caught;
use crate::inspect::budget::{BUDGET, within};
use crate::inspect::ports::{Kind, kind};
use crate::model::diagnostic::{Diagnostic, Origin, line_column};

/// A component made of a file's bytes: text is assembled, a component stays itself, a core module of a wasip1 command
/// or reactor gets the adapter, one that carries its WIT is encoded.
///
/// # Errors
/// What the file holds instead, with the next step; `file` only names it.
pub fn componentize(bytes: &[u8], file: &Path) -> Result<Vec<u8>, Diagnostic> {
    caught(|| made(bytes, file)).unwrap_or_else(|panic| {
        Err(Diagnostic::broken_down(Origin::Wasm, "while making a component of this file", &panic).at(file, 0, 0))
    })
}

fn made(bytes: &[u8], file: &Path) -> Result<Vec<u8>, Diagnostic> {
    let binary = assemble(bytes, file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    within(&binary, &BUDGET).map_err(|too_much| too_much.diagnostic(&name).at(file, 0, 0))?;
    match kind(&binary) {
        Kind::Component => Ok(binary.into_owned()),
        Kind::Module => from_module(&binary, file),
        Kind::Other => Err(error(file, "is not WebAssembly: neither a binary nor text")
            .help("replace it by a component, or remove it from the project")),
    }
}

/// The binary of a file that may be text.
pub(super) fn assemble<'a>(bytes: &'a [u8], file: &Path) -> Result<Cow<'a, [u8]>, Diagnostic> {
    let is_text = file.extension().is_some_and(|e| e == "wat");
    if kind(bytes) != Kind::Other || !is_text {
        return Ok(Cow::Borrowed(bytes));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| error(file, "is not UTF-8 text").help("save it as UTF-8, or name a binary `.wasm`"))?;
    if too_deep(text) {
        return Err(error(file, "is nested too deeply to be read"));
    }
    wat::parse_str(text).map(Cow::Owned).map_err(|e| {
        // wat draws the line below the sentence and adds its own place; we say the place as data.
        let drawing = e.to_string();
        let sentence = drawing.lines().next().unwrap_or_default().trim();
        let (line, column) = place_in(&drawing).unwrap_or_else(|| line_column(text, 0));
        Diagnostic::error(Origin::Wasm, format!("the WebAssembly text cannot be read: {sentence}"))
            .at(file, line, column)
    })
}

/// Whether text has more open parentheses than its (recursive) reader has stack for.
fn too_deep(text: &str) -> bool {
    let mut depth = 0_u32;
    text.bytes().any(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 1_000
    })
}

/// `--> file:3:7` in wat's drawing of an error.
fn place_in(drawing: &str) -> Option<(u32, u32)> {
    let place = drawing.lines().find_map(|l| l.trim_start().strip_prefix("--> "))?;
    let mut parts = place.rsplit(':');
    let column = parts.next()?.trim().parse().ok()?;
    let line = parts.next()?.trim().parse().ok()?;
    Some((line, column))
}

fn from_module(module: &[u8], file: &Path) -> Result<Vec<u8>, Diagnostic> {
    let traits = traits(module)
        .map_err(|e| error(file, &format!("is not valid: {}", e.message())).help("build it again from its sources"))?;
    if !traits.component_type && !traits.preview1 {
        return Err(error(file, "is a core module without interface information")
            .help("build it for wasm32-wasip2, or embed its WIT with `wasm-tools component embed`"));
    }
    let adapter = if traits.start {
        adapter::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER
    } else {
        adapter::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER
    };
    let encode = || {
        let mut encoder = ComponentEncoder::default().validate(true).module(module)?;
        if traits.preview1 {
            encoder = encoder.adapter(adapter::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, adapter)?;
        }
        encoder.encode()
    };
    encode().map_err(|e| {
        let reasons: Vec<_> = e.chain().map(ToString::to_string).collect();
        error(file, &format!("cannot be turned into a component: {}", reasons.join(": ")))
            .help("build it for wasm32-wasip2, which makes components itself")
    })
}

/// What decides how a core module becomes a component.
#[derive(Default)]
struct Traits {
    /// Imports wasip1's functions.
    preview1: bool,
    /// Exports `_start`: a command.
    start: bool,
    /// Carries its WIT in a custom section.
    component_type: bool,
}

fn traits(module: &[u8]) -> wasmparser::Result<Traits> {
    let mut traits = Traits::default();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    traits.preview1 |= import?.module == adapter::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME;
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    traits.start |= export.name == "_start" && export.kind == ExternalKind::Func;
                }
            }
            Payload::CustomSection(section) => traits.component_type |= section.name().starts_with("component-type"),
            _ => {}
        }
    }
    Ok(traits)
}

fn error(file: &Path, what: &str) -> Diagnostic {
    Diagnostic::error(Origin::Wasm, format!("`{}` {what}", file.display())).at(file, 0, 0)
}

#[cfg(test)]
mod tests {
    use crate::inspect::componentize::*;
    use crate::inspect::inspect;

    fn wat(text: &str) -> Result<Vec<u8>, Diagnostic> {
        componentize(text.as_bytes(), Path::new("some.wat"))
    }

    const WRITE: &str = r#"(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)"#;

    #[test]
    fn commands_and_reactors_of_wasip1_are_adapted() {
        let command = wat(&format!(r#"(module {WRITE} (func (export "_start")))"#)).unwrap();
        let ports = inspect(&command).unwrap();
        assert!(ports.exports.iter().any(|p| p.name.starts_with("wasi:cli/run@0.2.")), "{:?}", ports.exports);
        assert!(ports.imports.iter().any(|p| p.name.starts_with("wasi:cli/stdout@0.2.")));

        let reactor = wat(&format!(r#"(module {WRITE} (func (export "_initialize")))"#)).unwrap();
        assert!(inspect(&reactor).unwrap().exports.is_empty());
    }

    #[test]
    fn a_component_stays_itself() {
        let component = wat(r#"(component (import "a" (func)))"#).unwrap();
        assert_eq!(componentize(&component, Path::new("some.wasm")).unwrap(), component);
    }

    #[test]
    fn what_cannot_be_a_component_is_told() {
        let message = |text: &str| wat(text).unwrap_err();
        let bare = message("(module)");
        assert_eq!(bare.message, "`some.wat` is a core module without interface information");
        assert!(bare.help.unwrap().contains("wasm32-wasip2"));
        let place = message("(module\n  (fnc))").place.unwrap();
        assert_eq!((place.line, place.column), (2, 4));
        assert!(message(&"(".repeat(100_000)).message.contains("nested too deeply"));
        let no_wasm = componentize(b"\xff\xfe", Path::new("some.wasm")).unwrap_err();
        assert!(no_wasm.message.contains("not WebAssembly"), "{}", no_wasm.message);
    }
}
