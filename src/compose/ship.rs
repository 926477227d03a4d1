//! The shipped form: full components, exactly what the text says, the same bytes every time.
//!
//! Composing asks of a component only what its type is. So wac composes the parts without their code, what it makes is
//! validated, and then every part's place is filled with the part itself, which was validated when it was built. The
//! bytes are those wac would write of the parts as they are.

use wac_graph::{EncodeOptions, Processor};
use wasmparser::{Parser, Validator, WasmFeatures};

use crate::compose::Document;
use crate::compose::part::{Part, filled, marked};
use crate::compose::refusal::Refusal;
use crate::compose::resolve::{Form, Parts, resolve};
use crate::inspect::{BUDGET, COMPOSER, composed_within};
use crate::model::diagnostic::Diagnostic;
use crate::model::project::Project;

/// Who a composition says it was processed by; fixed, so that bytes depend on text and parts alone.
const PROCESSOR: Processor<'static> = Processor { name: COMPOSER, version: env!("CARGO_PKG_VERSION") };

/// One component made of a composition's text and its built parts, validated.
///
/// # Errors
/// Every problem that keeps it from being made, each with its place in the text.
pub fn ship(project: &Project, doc: &Document, parts: &[Part]) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let stub = Parts {
        bytes: marked(parts).collect(),
        ports: parts.iter().map(|p| (p.component.clone(), p.ports.clone())).collect(),
        stand_ins: parts.iter().filter(|p| p.stand_in).map(|p| p.component.as_str()).collect(),
    };
    resolve(project, doc, Form::Shipped, &stub, |_, resolution| {
        let options = EncodeOptions { define_components: true, validate: false, processor: Some(PROCESSOR) };
        let composed = resolution.encode(options).map_err(Refusal::from)?;
        composed_within(&composed, &BUDGET).map_err(|too_much| Refusal::unknown(&too_much.to_string()))?;
        // wac's own validator is of another line of wasm-tools than the engine that will run this.
        holds_together(&composed).map_err(|e| Refusal::invalid(e.message()))?;
        filled(&composed, parts).ok_or_else(|| Refusal::unknown("its parts cannot be told apart"))
    })
}

/// Validates all but the functions' bodies, which in a part without code are all the same.
fn holds_together(composed: &[u8]) -> wasmparser::Result<()> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    for payload in Parser::new(0).parse_all(composed) {
        validator.payload(&payload?)?;
    }
    Ok(())
}
