//! An offset in a core module → function, file and line, from the DWARF the module was built with.

use addr2line::Context;
use addr2line::gimli::{Dwarf, EndianSlice, LittleEndian, SectionId};
use wasmparser::{Parser, Payload};

type Reader<'a> = EndianSlice<'a, LittleEndian>;

/// One source position of an instruction; inlining gives several, innermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    /// Demangled.
    pub function: Option<String>,
    /// Absolute, where the compiler knew.
    pub file: Option<String>,
    pub line: u32,
    pub column: u32,
}

/// The debug information of one core module.
pub(crate) struct Symbols<'a> {
    context: Context<Reader<'a>>,
}

impl<'a> Symbols<'a> {
    /// `None` where the module has no debug information that can be read.
    pub(crate) fn read(module: &'a [u8]) -> Option<Self> {
        let mut sections: Vec<(&'a str, &'a [u8])> = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            if let Payload::CustomSection(custom) = payload.ok()?
                && custom.name().starts_with(".debug_")
            {
                sections.push((custom.name(), custom.data()));
            }
        }
        if sections.is_empty() {
            return None;
        }
        let load = |id: SectionId| -> Result<Reader<'a>, addr2line::gimli::Error> {
            let data = sections.iter().find(|(name, _)| *name == id.name()).map_or(&[][..], |(_, data)| data);
            Ok(Reader::new(data, LittleEndian))
        };
        let dwarf = Dwarf::load(load).ok()?;
        Some(Self { context: Context::from_dwarf(dwarf).ok()? })
    }

    /// The positions of the instruction at `offset` from the start of the code section's contents.
    pub(crate) fn positions(&self, offset: u64) -> Vec<Position> {
        let mut positions = Vec::new();
        let Ok(mut frames) = self.context.find_frames(offset).skip_all_loads() else { return positions };
        while let Ok(Some(frame)) = frames.next() {
            let function = frame.function.as_ref().and_then(|f| Some(plain(f.demangle().ok()?.as_ref())));
            let location = frame.location.as_ref();
            positions.push(Position {
                function,
                file: location.and_then(|l| l.file).map(String::from),
                line: location.and_then(|l| l.line).unwrap_or(0),
                column: location.and_then(|l| l.column).unwrap_or(0),
            });
        }
        positions
    }
}

/// A name from the name section, readable.
pub(crate) fn demangle(name: &str) -> String {
    plain(&addr2line::demangle_auto(name.into(), None))
}

/// Without Rust's hash: `app::run` for `app::run::h0123456789abcdef`.
fn plain(name: &str) -> String {
    match name.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => path.into(),
        _ => name.into(),
    }
}

/// Where the contents of the code section begin: what DWARF counts from.
pub(crate) fn code_start(module: &[u8]) -> Option<usize> {
    Parser::new(0).parse_all(module).find_map(|payload| match payload {
        Ok(Payload::CodeSectionStart { range, .. }) => Some(range.start),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::run::faults::dwarf::*;

    #[test]
    fn names_lose_their_mangling_and_their_hash() {
        assert_eq!(demangle("_ZN3app3run17h0123456789abcdefE"), "app::run");
        assert_eq!(demangle("run"), "run");
        assert_eq!(demangle("a::hello"), "a::hello");
    }

    #[test]
    fn modules_without_dwarf_have_no_symbols() {
        let module = wat::parse_str("(module (func nop))").unwrap();
        assert!(Symbols::read(&module).is_none());
        assert!(Symbols::read(b"not wasm").is_none());
        let start = code_start(&module).unwrap();
        assert_eq!(module[start], 1, "one body");
    }
}
