//! rustc's messages → problems a person can act on.

use std::path::Path;

use cargo_metadata::diagnostic::{Applicability, Diagnostic as Message, DiagnosticLevel, DiagnosticSpan};

use crate::model::diagnostic::{Diagnostic, Edit, Fix, Origin, Place, Remark, Severity};

/// A message of rustc (or of the linker, which rustc passes on), its places relative to `root`.
///
/// `workspace` is the folder rustc's own paths begin at. `None` for messages that only count the others.
pub(super) fn diagnostic(message: &Message, workspace: &Path, root: &Path) -> Option<Diagnostic> {
    let severity = match message.level {
        DiagnosticLevel::Ice | DiagnosticLevel::Error => Severity::Error,
        DiagnosticLevel::Warning => Severity::Warning,
        DiagnosticLevel::Note | DiagnosticLevel::Help => Severity::Note,
        _ => return None,
    };
    if message.spans.is_empty() && is_a_count(&message.message) {
        return None;
    }
    let at = |span: &DiagnosticSpan| place(span, workspace, root);
    let mut problem = Diagnostic::new(severity, Origin::Rust, sentence(message));
    let primary = message.spans.iter().find(|s| s.is_primary).or(message.spans.first());
    problem.place = primary.map(|s| at(outermost(s)));
    for span in &message.spans {
        if let Some(label) = span.label.as_ref().filter(|l| !l.is_empty()) {
            problem.remarks.push(Remark { message: label.clone(), place: Some(at(outermost(span))) });
        }
    }
    for child in &message.children {
        let place = child.spans.iter().find(|s| s.is_primary).map(|s| at(outermost(s)));
        problem.fixes.extend(fix(child, at));
        if child.level == DiagnosticLevel::Help && problem.help.is_none() {
            problem.help = Some(advice(child));
        } else if !linker_command(child) {
            problem.remarks.push(Remark { message: child.message.clone(), place });
        }
    }
    problem.rendered.clone_from(&message.rendered);
    Some(problem)
}

/// "aborting due to 2 previous errors", "3 warnings emitted".
fn is_a_count(message: &str) -> bool {
    message.starts_with("aborting due to")
        || message.ends_with("warning emitted")
        || message.ends_with("warnings emitted")
        || message.starts_with("Some errors have detailed explanations")
        || message.starts_with("For more information about this error")
}

/// The message with its code; of a failed link, what the linker said rather than how it was called.
fn sentence(message: &Message) -> String {
    if message.message.starts_with("linking with") {
        let said = message.children.iter().rev().map(|c| c.message.as_str()).find(|m| m.contains("error: "));
        if let Some(said) = said.and_then(|s| s.rsplit("error: ").next()) {
            let causes: Vec<&str> =
                said.lines().map(str::trim).filter(|l| !l.is_empty() && *l != "Caused by:").collect();
            return format!("the component can't be linked: {}", causes.join(": "));
        }
    }
    match &message.code {
        Some(code) if code.code.starts_with('E') => format!("{} [{}]", message.message, code.code),
        _ => message.message.clone(),
    }
}

/// The linker's command line: pages of paths, of no use to anybody here.
fn linker_command(child: &Message) -> bool {
    child.message.contains("wasm-component-ld") && child.message.contains("-flavor") || child.message.starts_with(" \"")
}

/// A help with what it proposes to write.
fn advice(child: &Message) -> String {
    let proposals: Vec<&str> = child
        .spans
        .iter()
        .filter_map(|s| s.suggested_replacement.as_deref())
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .collect();
    match proposals.as_slice() {
        [one] if one.lines().count() == 1 => format!("{}: `{one}`", child.message),
        _ => child.message.clone(),
    }
}

/// What `child` proposes, in all its places.
fn fix(child: &Message, at: impl Fn(&DiagnosticSpan) -> Place) -> Option<Fix> {
    let proposals = || child.spans.iter().filter(|span| span.suggested_replacement.is_some());
    let edits: Vec<Edit> = proposals()
        .filter_map(|span| {
            let range = usize::try_from(span.byte_start).ok()?..usize::try_from(span.byte_end).ok()?;
            Some(Edit { place: at(span), range, text: span.suggested_replacement.clone()? })
        })
        .collect();
    let certain = proposals().all(|span| span.suggestion_applicability == Some(Applicability::MachineApplicable));
    (!edits.is_empty()).then(|| Fix { title: child.message.clone(), edits, certain })
}

/// Where a person wrote it: for code from a macro, the call in the user's file.
fn outermost(span: &DiagnosticSpan) -> &DiagnosticSpan {
    let mut span = span;
    while let Some(expansion) = &span.expansion {
        span = &expansion.span;
    }
    span
}

fn place(span: &DiagnosticSpan, workspace: &Path, root: &Path) -> Place {
    let file = workspace.join(&span.file_name);
    Place {
        file: file.strip_prefix(root).map(Path::to_owned).unwrap_or(file),
        line: u32::try_from(span.line_start).unwrap_or(u32::MAX),
        column: u32::try_from(span.column_start).unwrap_or(u32::MAX),
    }
}
