//! wac's errors → sentences with place, node and port.

use wac_parser::resolution::Error;

use crate::compose::Document;
use crate::model::diagnostic::{Diagnostic, Origin, Place};
use crate::model::graph::Graph;
use crate::model::plain::{plain, reasons};

/// Why wac did not make a component of a document.
pub(super) struct Refusal {
    message: String,
    help: Option<String>,
    offset: Option<usize>,
    port: Option<String>,
    /// Told of the world that the text `targets`.
    world: bool,
}

impl Refusal {
    pub(super) fn unknown(reason: &str) -> Self {
        Self {
            message: format!("this composition cannot be encoded: {reason}"),
            help: Some("leave out one component after the other to find which one it is".into()),
            offset: None,
            port: None,
            world: false,
        }
    }

    /// Of bytes that were made and are no component.
    pub(super) fn invalid(message: &str) -> Self {
        Self::unknown(plain(message).unwrap_or("its parts do not make a valid component"))
    }

    pub(super) fn diagnose(self, doc: &Document, graph: &Graph) -> Diagnostic {
        let mut problem = Diagnostic::error(Origin::Wac, self.message);
        let target = || {
            let ast = doc.parse().ok().filter(|_| self.world)?;
            Some(ast.directive.targets?.span.offset())
        };
        problem.place = self.offset.or_else(target).and_then(|offset| doc.place(offset));
        if problem.place.is_none() {
            problem.place = doc.path.clone().map(|file| Place { file, line: 0, column: 0 });
        }
        // The node whose import or export it is, where only one can be meant.
        if let Some(port) = &self.port {
            let mut nodes = graph.instances().filter(|n| n.imports.iter().any(|i| i.port.name == *port));
            if let (Some(node), None) = (nodes.next(), nodes.next()) {
                problem.component = Some(node.name.clone());
            }
        }
        problem.port = self.port;
        problem.help = self.help;
        problem
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let world = matches!(error, Error::ImportNotInTarget { .. } | Error::TargetMismatch { .. });
        let help = match &error {
            Error::ImportNotInTarget { name, world, .. } => {
                Some(format!("import `{name}` in `{world}`, or wire a component in its place"))
            }
            Error::InstantiationArgMergeFailure { .. } => {
                Some("two components ask for it in shapes that exclude one another: build them against one WIT".into())
            }
            Error::ImportConflict { .. } => Some("give the import another name with `as`".into()),
            _ => None,
        };
        Self { message: reasons(&error), help, offset: offset(&error), port: port(&error), world }
    }
}

fn port(error: &Error) -> Option<String> {
    match error {
        Error::MissingComponentImport { import: name, .. }
        | Error::MismatchedInstantiationArg { name, .. }
        | Error::DuplicateInstantiationArg { name, .. }
        | Error::MissingInstantiationArg { name, .. }
        | Error::ImportConflict { name, .. }
        | Error::InstantiationArgMergeFailure { name, .. }
        | Error::MissingInstanceExport { name, .. }
        | Error::ImportNotInTarget { name, .. }
        | Error::MissingTargetExport { name, .. }
        | Error::TargetMismatch { name, .. } => Some(name.clone()),
        _ => None,
    }
}

fn offset(error: &Error) -> Option<usize> {
    let span = match error {
        Error::ImportNotInTarget { span, .. } | Error::TargetMismatch { span, .. } => return span.map(|s| s.offset()),
        Error::ValidationFailure { .. } => return None,
        Error::ImportConflict { import: span, .. }
        | Error::UndefinedName { span, .. }
        | Error::DuplicateName { span, .. }
        | Error::DuplicateInterfaceExport { span, .. }
        | Error::DuplicateWorldItem { span, .. }
        | Error::NotFuncOrInterface { span, .. }
        | Error::NotInterface { span, .. }
        | Error::DuplicateWorldIncludeName { span, .. }
        | Error::NotWorld { span, .. }
        | Error::MissingWorldInclude { span, .. }
        | Error::WorldIncludeConflict { span, .. }
        | Error::UndefinedInterfaceType { span, .. }
        | Error::NotInterfaceValueType { span, .. }
        | Error::DuplicateResourceConstructor { span, .. }
        | Error::DuplicateResourceMethod { span, .. }
        | Error::DuplicateVariantCase { span, .. }
        | Error::DuplicateRecordField { span, .. }
        | Error::DuplicateEnumCase { span, .. }
        | Error::DuplicateFlag { span, .. }
        | Error::InvalidAliasType { span, .. }
        | Error::NotFuncType { span, .. }
        | Error::NotResourceType { span, .. }
        | Error::NotValueType { span, .. }
        | Error::DuplicateParameter { span, .. }
        | Error::DuplicateResult { span, .. }
        | Error::BorrowInResult { span, .. }
        | Error::UnknownPackage { span, .. }
        | Error::PackageParseFailure { span, .. }
        | Error::PackageMissingExport { span, .. }
        | Error::PackagePathMissingExport { span, .. }
        | Error::MissingComponentImport { span, .. }
        | Error::MismatchedInstantiationArg { span, .. }
        | Error::DuplicateInstantiationArg { span, .. }
        | Error::MissingInstantiationArg { span, .. }
        | Error::InstantiationArgMergeFailure { span, .. }
        | Error::NotAnInstance { span, .. }
        | Error::MissingInstanceExport { span, .. }
        | Error::ExportRequiresAs { span, .. }
        | Error::DeclarationConflict { span, .. }
        | Error::ExportConflict { span, .. }
        | Error::DuplicateExternName { span, .. }
        | Error::InvalidExternName { span, .. }
        | Error::UseConflict { span, .. }
        | Error::FillArgumentNotLast { span, .. }
        | Error::SpreadInstantiationNoMatch { span, .. }
        | Error::SpreadExportNoEffect { span, .. }
        | Error::MissingTargetExport { span, .. } => span,
    };
    Some(span.offset())
}
