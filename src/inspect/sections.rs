//! The sections of a WebAssembly binary, module or component, uninterpreted.

use wasmparser::BinaryReader;

/// Section numbers of the component format.
pub(crate) mod id {
    pub(crate) const CUSTOM: u8 = 0;
    pub(crate) const CORE_MODULE: u8 = 1;
    pub(crate) const CORE_TYPE: u8 = 3;
    pub(crate) const COMPONENT: u8 = 4;
    pub(crate) const INSTANCE: u8 = 5;
    pub(crate) const ALIAS: u8 = 6;
    pub(crate) const IMPORT: u8 = 10;
    pub(crate) const EXPORT: u8 = 11;
}

/// One section of a binary.
pub struct Section<'a> {
    pub(crate) id: u8,
    /// With its number and size, to be copied.
    pub whole: &'a [u8],
    pub body: &'a [u8],
}

impl<'a> Section<'a> {
    /// The name of a custom section.
    pub(crate) fn custom_name(&self) -> Option<&'a str> {
        BinaryReader::new(self.body, 0).read_string().ok()
    }
}

/// All sections behind the eight bytes of the header.
///
/// # Errors
/// What of the binary is cut short.
pub fn sections(binary: &[u8]) -> wasmparser::Result<Vec<Section<'_>>> {
    let mut reader = BinaryReader::new(binary, 0);
    reader.read_bytes(8)?;
    let mut found = Vec::new();
    while !reader.eof() {
        let start = reader.original_position();
        let id = reader.read_u8()?;
        let size = reader.read_var_u32()?;
        let body = reader.read_bytes(usize::try_from(size).unwrap_or(usize::MAX))?;
        let whole = binary.get(start..reader.original_position()).unwrap_or_default();
        found.push(Section { id, whole, body });
    }
    Ok(found)
}
