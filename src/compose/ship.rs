//! The shipped form: full components, exactly what the text says, the same bytes every time.

use wac_graph::{EncodeOptions, Processor};

use super::refusal::Refusal;
use super::resolve::{Form, Parts, resolve};
use super::validate::validate;
use super::{Document, Part};
use crate::inspect::COMPOSER;
use crate::model::diagnostic::Diagnostic;
use crate::model::project::Project;

/// Who a composition says it was processed by; fixed, so that bytes depend on text and parts alone.
const PROCESSOR: Processor<'static> = Processor { name: COMPOSER, version: env!("CARGO_PKG_VERSION") };

/// One component made of a composition's text and its built parts, validated.
///
/// # Errors
/// Every problem that keeps it from being made, each with its place in the text.
pub fn ship(project: &Project, doc: &Document, parts: &[Part]) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let parts = Parts {
        bytes: parts.iter().map(|p| (p.component.as_str(), &*p.bytes)).collect(),
        ports: parts.iter().map(|p| (p.component.clone(), p.ports.clone())).collect(),
    };
    resolve(project, doc, Form::Shipped, &parts, |_, resolution| {
        let options = EncodeOptions { define_components: true, validate: false, processor: Some(PROCESSOR) };
        let bytes = resolution.encode(options).map_err(Refusal::from)?;
        match validate(&bytes) {
            Ok(()) => Ok(bytes),
            Err(e) => Err(Refusal::invalid(e.message())),
        }
    })
}
