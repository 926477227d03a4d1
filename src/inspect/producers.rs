//! Who made a component, as its producers section says.

use wasmparser::{BinaryReader, Parser, Payload, ProducersSectionReader};

/// What `studio compose` calls itself in what it writes.
pub const COMPOSER: &str = env!("CARGO_PKG_NAME");

/// Whether these bytes are a composition that studio wrote: an output, not a part.
pub(crate) fn is_composition(bytes: &[u8]) -> bool {
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::ComponentSection { .. } | Payload::ModuleSection { .. }) => depth += 1,
            Ok(Payload::End(_)) => depth = depth.saturating_sub(1),
            Ok(Payload::CustomSection(section)) if depth == 0 && section.name() == "producers" => {
                return processed_by(section.data(), section.data_offset()).unwrap_or(false);
            }
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    false
}

fn processed_by(section: &[u8], offset: usize) -> wasmparser::Result<bool> {
    for field in ProducersSectionReader::new(BinaryReader::new(section, offset))? {
        let field = field?;
        if field.name == "processed-by" {
            for value in field.values {
                if value?.name == COMPOSER {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}
