//! How a document writes: read off what is there, so that what is added looks the same.

use wac_parser::{InstantiationArgument, InstantiationArgumentName, PostfixExpr, PrimaryExpr, Statement};

use crate::model::port::Port;
use crate::wac::names::{access, written};
use crate::wac::outline::Outline;
use crate::wac::{arguments, indent, line_start, slice, statement};

pub(crate) struct Style {
    pub(crate) newline: &'static str,
    /// One step of indentation.
    pub(crate) step: String,
    /// Whether arguments stand each on its own line; `None` where the document has none.
    pub(crate) spread_out: Option<bool>,
    /// Whether interfaces are named in full: `"a:b/c": x["a:b/c"]`.
    full_names: bool,
    full_access: bool,
    /// Whether an empty line separates statements.
    pub(crate) airy: bool,
}

impl Style {
    pub(crate) fn of(outline: &Outline<'_>) -> Self {
        let (mut full, mut short) = (0, 0);
        let (mut brackets, mut dots) = (0, 0);
        let (mut apart, mut together) = (0, 0);
        let mut step = None;
        for node in &outline.nodes {
            let list = arguments::List::of(outline, node.new);
            let named = node.new.arguments.iter().filter_map(|a| match a {
                InstantiationArgument::Named(named) => Some(named),
                _ => None,
            });
            for named in named.clone() {
                match &named.name {
                    InstantiationArgumentName::String(s) if s.value.contains('/') => full += 1,
                    InstantiationArgumentName::Ident(_) => short += 1,
                    InstantiationArgumentName::String(_) => {}
                }
                count_access(&named.expr.postfix, &mut brackets, &mut dots);
            }
            let broken = slice(outline.text, list.inside()).contains('\n');
            if named.count() > 0 {
                if broken { apart += 1 } else { together += 1 }
            }
            if let (true, Some(item)) = (broken, list.items.first()) {
                let (inner, outer) = (indent(outline.text, item.range.start), indent(outline.text, list.open));
                if line_start(outline.text, item.range.start) > list.open && inner.len() > outer.len() {
                    step = step.or_else(|| inner.strip_prefix(outer).map(str::to_owned));
                }
            }
        }
        for statement in &outline.ast.statements {
            if let Statement::Export(export) = statement
                && matches!(export.expr.primary, PrimaryExpr::Ident(_))
            {
                count_access(&export.expr.postfix, &mut brackets, &mut dots);
            }
        }
        Self {
            newline: if outline.text.contains("\r\n") { "\r\n" } else { "\n" },
            step: step.unwrap_or_else(|| "    ".into()),
            spread_out: (apart + together > 0).then_some(apart >= together),
            full_names: full > short,
            full_access: brackets > dots,
            airy: airy(outline),
        }
    }

    /// An import as the name of an argument.
    pub(crate) fn import(&self, import: &str, imports: &[Port]) -> String {
        if self.full_names && import.contains('/') { format!("\"{import}\"") } else { written(import, imports) }
    }

    /// An instance's export as an expression.
    pub(crate) fn export(&self, instance: &str, export: &str, exports: &[Port]) -> String {
        if self.full_access && export.contains('/') {
            format!("{instance}[\"{export}\"]")
        } else {
            access(instance, export, exports)
        }
    }
}

fn count_access(steps: &[PostfixExpr<'_>], brackets: &mut u32, dots: &mut u32) {
    match steps.first() {
        Some(PostfixExpr::NamedAccess(access)) if access.string.value.contains('/') => *brackets += 1,
        Some(PostfixExpr::Access(_)) => *dots += 1,
        _ => {}
    }
}

/// Whether most statements have an empty line between them; one alone is taken for airy.
fn airy(outline: &Outline<'_>) -> bool {
    let mut gaps = (0, 0);
    for number in 1..outline.statements.len() {
        let (Some(before), this) = (outline.statements.get(number - 1), statement::block(outline, number)) else {
            continue;
        };
        let gap = slice(outline.text, before.range.end..this.start);
        if gap.matches('\n').count() > 1 { gaps.0 += 1 } else { gaps.1 += 1 }
    }
    gaps.0 >= gaps.1
}
