//! Reading `.wac` text: the parse, and places in it.

use wac_parser::{Document as Ast, Error, Expr, InstantiationArgument, NewExpr, PackageName, PrimaryExpr, Statement};

use crate::compose::Document;
use crate::guard::caught;
use crate::model::diagnostic::{Diagnostic, Origin, Place, Severity, line_column};
pub(super) use crate::model::port::matching;
pub(super) use crate::wac::names::{access, identifier, written};
use crate::wac::too_deep;

impl Document {
    /// The place of a byte offset; `None` for a document that is no file.
    pub(super) fn place(&self, offset: usize) -> Option<Place> {
        let file = self.path.clone()?;
        let (line, column) = line_column(&self.text, offset);
        Some(Place { file, line, column })
    }

    pub(super) fn problem(&self, severity: Severity, offset: usize, message: impl Into<String>) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(severity, Origin::Wac, message);
        diagnostic.place = self.place(offset);
        diagnostic
    }

    pub(super) fn error(&self, offset: usize, message: impl Into<String>) -> Diagnostic {
        self.problem(Severity::Error, offset, message)
    }

    /// What the text says at a span.
    pub(super) fn slice(&self, offset: usize, length: usize) -> &str {
        self.text.get(offset..offset.saturating_add(length)).unwrap_or_default()
    }

    /// Whether the text is WAC at all.
    pub(crate) fn parses(&self) -> bool {
        self.parse().is_ok()
    }

    /// The text's statements.
    ///
    /// # Errors
    /// The first thing that is not WAC, with its place.
    pub(super) fn parse(&self) -> Result<Ast<'_>, Box<Diagnostic>> {
        if let Some(offset) = too_deep(&self.text) {
            let problem = self.error(offset, "this is nested too deeply to be read");
            return Err(Box::new(problem.help("give the inner instances names of their own, with `let`")));
        }
        if self.text.starts_with('\u{feff}') {
            let problem = self.error(0, "a byte order mark stands before the text, which WAC does not take");
            return Err(Box::new(problem.help("save the file as UTF-8 without a byte order mark (BOM)")));
        }
        let parsed = caught(|| Ast::parse(&self.text)).map_err(|panic| {
            let problem = Diagnostic::broken_down(Origin::Wac, "while reading this text", &panic);
            Box::new(Diagnostic { place: self.place(0), ..problem })
        })?;
        parsed.map_err(|e| {
            let offset = match &e {
                Error::Lexer { span, .. }
                | Error::Expected { span, .. }
                | Error::ExpectedEither { span, .. }
                | Error::ExpectedMultiple { span, .. }
                | Error::EmptyType { span, .. }
                | Error::InvalidVersion { span, .. } => span.offset(),
            };
            let mut problem = self.error(offset, e.to_string());
            if offset == 0 || self.text.trim().is_empty() {
                problem = problem.help("a composition begins with its own name, as in `package my:app;`");
            }
            Box::new(problem)
        })
    }
}

/// Every package that `new` instantiates, in the order of the text, each reference once.
pub(super) fn packages<'a>(ast: &mut Ast<'a>) -> Vec<PackageName<'a>> {
    let mut found: Vec<PackageName<'a>> = Vec::new();
    each_new(ast, &mut |new| {
        if !found.iter().any(|p| p.string == new.package.string) {
            found.push(new.package.clone());
        }
    });
    found
}

/// Visits every `new` of a document.
pub(super) fn each_new<'a>(ast: &mut Ast<'a>, visit: &mut impl FnMut(&mut NewExpr<'a>)) {
    for statement in &mut ast.statements {
        match statement {
            Statement::Let(statement) => new_in(&mut statement.expr, visit),
            Statement::Export(statement) => new_in(&mut statement.expr, visit),
            Statement::Import(_) | Statement::Type(_) => {}
        }
    }
}

/// Whether evaluating an expression instantiates something.
pub(super) fn makes_instances(expr: &Expr<'_>) -> bool {
    match &expr.primary {
        PrimaryExpr::Ident(_) => false,
        PrimaryExpr::Nested(nested) => makes_instances(&nested.inner),
        PrimaryExpr::New(_) => true,
    }
}

fn new_in<'a>(expr: &mut Expr<'a>, visit: &mut impl FnMut(&mut NewExpr<'a>)) {
    match &mut expr.primary {
        PrimaryExpr::Ident(_) => {}
        PrimaryExpr::Nested(nested) => new_in(&mut nested.inner, visit),
        PrimaryExpr::New(new) => {
            for argument in &mut new.arguments {
                if let InstantiationArgument::Named(named) = argument {
                    new_in(&mut named.expr, visit);
                }
            }
            visit(new);
        }
    }
}
