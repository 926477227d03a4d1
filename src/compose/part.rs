//! A built component as composing gets it: its bytes, and the little of them that a composer has to read.

use std::borrow::Cow;
use std::sync::Arc;

use wasm_encoder::{Component, CustomSection, RawSection};

use crate::compose::validate::validate;
use crate::inspect::{id, sections, stub};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::plain::plain;
use crate::model::port::Ports;

/// The custom section by which a type-only part is known again in what was composed of it.
const MARK: &str = "studio:part";

/// Bytes of a component without its code, or of a composition's text, that are composed in no time.
pub(crate) const LARGE: usize = 256 << 10;

/// A built component that a composition may instantiate. Checking is the caller's to remember: by the digest of the
/// component's bytes.
#[derive(Clone, Debug)]
pub struct Part {
    /// The project's component.
    pub component: String,
    /// What it imports and exports.
    pub ports: Ports,
    /// What [`check`] gave for its bytes.
    pub checked: Arc<Checked>,
    /// Made from its WIT alone, which does not tell which of the host's interfaces its code uses.
    pub stand_in: bool,
}

/// A component found valid, every function of it included.
#[derive(Debug)]
pub struct Checked {
    bytes: Arc<[u8]>,
    stub: Vec<u8>,
}

impl Checked {
    /// The component as it was built.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }
}

impl Part {
    /// Whether a composer would take long over what it imports and exports, which grows with the square of their number.
    pub(crate) fn is_large(&self) -> bool {
        self.checked.stub.len() > LARGE
    }
}

/// Validates the bytes of a component; `component` is its name in the project.
///
/// # Errors
/// A sentence, if the bytes are no whole, valid component.
pub fn check(component: &str, bytes: &Arc<[u8]>) -> Result<Checked, Diagnostic> {
    let checked = validate(bytes).and_then(|()| Ok(Checked { bytes: Arc::clone(bytes), stub: stub(bytes)? }));
    checked.map_err(|e| {
        let why = plain(e.message()).map(|m| format!(": {m}")).unwrap_or_default();
        Diagnostic::error(Origin::Wasm, format!("the built file of `{component}` is not valid{why}"))
            .component(component)
            .help("build it again with a current toolchain")
    })
}

/// The parts without their code, each marked with its place in `parts`.
pub(super) fn marked(parts: &[Part]) -> impl Iterator<Item = (&str, Cow<'_, [u8]>)> {
    (0_u32..).zip(parts).map(|(place, part)| {
        let mut bytes = part.checked.stub.clone();
        let mark = CustomSection { name: MARK.into(), data: Cow::Owned(place.to_le_bytes().to_vec()) };
        wasm_encoder::ComponentSection::append_to_component(&mark, &mut bytes);
        (part.component.as_str(), Cow::Owned(bytes))
    })
}

/// What was composed of [`marked`] parts, with the parts themselves in their place; `None` if one cannot be told.
pub(super) fn filled(composed: &[u8], parts: &[Part]) -> Option<Vec<u8>> {
    let mut component = Component::new();
    for section in sections(composed).ok()? {
        let data =
            if section.id == id::COMPONENT { &parts.get(place(section.body)?)?.checked.bytes } else { section.body };
        component.section(&RawSection { id: section.id, data });
    }
    Some(component.finish())
}

/// What a part was marked with.
fn place(part: &[u8]) -> Option<usize> {
    let sections = sections(part).ok()?;
    let mark = sections.last().filter(|s| s.id == id::CUSTOM && s.custom_name() == Some(MARK))?;
    let place = mark.body.last_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*place)).ok()
}

#[cfg(test)]
mod tests {
    use crate::compose::part::*;

    #[test]
    fn a_function_that_is_not_valid_is_told_before_anything_is_composed() {
        let broken = wat::parse_str(r"(component (core module (func (result i32) i64.const 1)))").unwrap();
        let problem = check("logger", &broken.into()).unwrap_err();
        assert!(problem.message.starts_with("the built file of `logger` is not valid: "), "{}", problem.message);
        assert_eq!(problem.component.as_deref(), Some("logger"));
        assert!(problem.help.is_some());
    }

    #[test]
    fn parts_that_look_alike_are_told_apart() {
        let part = |name: &str, value: u8| {
            let text = format!("(component (core module (func (result i32) i32.const {value})))");
            let bytes = wat::parse_str(text).unwrap().into();
            Part {
                component: name.into(),
                ports: Ports::default(),
                checked: Arc::new(check(name, &bytes).unwrap()),
                stand_in: false,
            }
        };
        let parts = [part("a", 1), part("b", 2)];
        let stub: Vec<_> = marked(&parts).collect();
        assert_eq!(stub[0].1.len(), stub[1].1.len());
        let compose = |of: [&[u8]; 2]| {
            let mut component = Component::new();
            for data in of {
                component.section(&RawSection { id: id::COMPONENT, data });
            }
            component.finish()
        };
        // The other way round than they stand in the project.
        let composed = compose([&stub[1].1, &stub[0].1]);
        let whole = compose([&parts[1].checked.bytes, &parts[0].checked.bytes]);
        assert_eq!(filled(&composed, &parts).unwrap(), whole);
        assert_eq!(filled(&whole, &parts), None, "what is not marked is nobody's");
    }
}
