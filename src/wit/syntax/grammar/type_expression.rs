//! Types where they are used.

use crate::wit::problem::{Code, Edit, Problem};
use crate::wit::syntax::grammar::list::Brackets;
use crate::wit::syntax::grammar::{list, mend, name};
use crate::wit::syntax::parser::Parser;
use crate::wit::syntax::{SyntaxKind as K, is_name};

/// Types in types; wit-parser goes no deeper.
const DEEPEST: usize = 100;

/// One type.
pub(super) fn type_expression(parser: &mut Parser) -> bool {
    at_depth(parser, 0)
}

/// Whether a type begins with a word of this kind.
pub(super) fn begins(kind: K) -> bool {
    matches!(kind, K::Ident | K::ExplicitIdent) || kind.is_primitive() || Generic::of(kind).is_some()
}

/// What a type takes between `<` and `>`.
struct Generic {
    least: usize,
    most: usize,
    /// Whether the brackets may be missing.
    bare: bool,
}

impl Generic {
    fn of(kind: K) -> Option<Self> {
        let (least, most, bare) = match kind {
            K::ListKw => (1, 2, false),
            K::MapKw => (2, 2, false),
            K::OptionKw | K::OwnKw | K::BorrowKw => (1, 1, false),
            K::ResultKw => (1, 2, true),
            K::FutureKw | K::StreamKw => (1, 1, true),
            K::TupleKw => (0, usize::MAX, false),
            _ => return None,
        };
        Some(Self { least, most, bare })
    }

    fn wants(&self) -> String {
        match (self.least, self.most) {
            (1, 1) => "one type".into(),
            (least, most) if least == most => format!("{least} types"),
            (least, most) => format!("{least} or {most} types"),
        }
    }
}

fn at_depth(parser: &mut Parser, depth: usize) -> bool {
    let Some(kind) = parser.nth(0) else {
        parser.expected("a type");
        return false;
    };
    if depth >= DEEPEST {
        parser.problem(Problem::error(Code::Syntax, parser.nth_range(0), "types are nested too deep here"));
        balanced(parser);
        return true;
    }
    if let Some(generic) = Generic::of(kind) {
        parser.start(K::Type);
        let word = parser.nth_range(0);
        parser.bump();
        if parser.at(K::LessThan) {
            arguments(parser, kind, &generic, word, depth);
        } else if !generic.bare {
            let message = format!("{} takes {} in `<…>`", kind.described(), generic.wants());
            parser.problem(Problem::error(Code::Syntax, word, message));
        }
        parser.finish();
        return true;
    }
    match kind {
        kind if kind.is_primitive() => {
            parser.start(K::Type);
            parser.bump();
            parser.finish();
        }
        K::Ident | K::ExplicitIdent if parser.nth(1) == Some(K::LessThan) => foreign(parser, depth),
        K::Ident | K::ExplicitIdent => {
            parser.start(K::Type);
            // `String` and its like are told once, as what they are elsewhere.
            match mend::primitive(parser.nth_text(0)).filter(|_| !is_name(parser.nth_text(0))) {
                Some(meant) => replaced(parser, meant),
                None => _ = name::used(parser, "a type"),
            }
            parser.finish();
        }
        K::LeftParen => parenthesised(parser, depth),
        _ => {
            parser.expected("a type");
            return false;
        }
    }
    true
}

/// A name that is another language's word for `meant`.
fn replaced(parser: &mut Parser, meant: &str) {
    let (word, range) = (parser.nth_text(0), parser.nth_range(0));
    let problem =
        Problem::error(Code::Name, range.clone(), format!("there is no type `{word}`; WIT calls it `{meant}`"));
    parser.problem(problem.fixed_by(format!("write `{meant}`"), range, meant));
    parser.start(K::NameRef);
    parser.bump();
    parser.finish();
}

/// `<…>` of the type `kind`, which stands at `word`.
fn arguments(parser: &mut Parser, kind: K, generic: &Generic, word: std::ops::Range<usize>, depth: usize) {
    let mut given = 0_usize;
    list::list(parser, K::TypeArguments, Brackets::Angle, |parser| {
        let (at, is_last) = (parser.nth_range(0), parser.nth(1) == Some(K::GreaterThan));
        let read = match (kind, parser.nth(0)) {
            (K::ListKw, Some(K::Integer)) if given == 1 => {
                let size = parser.nth_text(0);
                if let Err(error) = size.parse::<u32>() {
                    parser.problem(Problem::error(Code::Syntax, at, format!("this is no length of a list: {error}")));
                }
                parser.start(K::Type);
                parser.bump();
                parser.finish();
                true
            }
            (K::ListKw, _) if given == 1 => {
                parser.expected("the length of the list");
                at_depth(parser, depth + 1)
            }
            (K::ResultKw, Some(K::Underscore)) => {
                underscore(parser, given, is_last);
                true
            }
            (K::OwnKw | K::BorrowKw, Some(K::Ident | K::ExplicitIdent)) => at_depth(parser, depth + 1),
            (K::OwnKw | K::BorrowKw, _) => {
                parser.expected("the name of a resource");
                at_depth(parser, depth + 1)
            }
            _ => at_depth(parser, depth + 1),
        };
        given += usize::from(read);
        if kind != K::TupleKw && parser.at(K::Comma) && parser.nth(1) == Some(K::GreaterThan) {
            let comma = parser.nth_range(0);
            let problem = Problem::error(Code::Syntax, comma.clone(), "no `,` stands behind the last type here");
            parser.problem(problem.fixed_by("remove `,`", comma, ""));
        }
        read
    });
    if given < generic.least || given > generic.most {
        let message = format!("{} takes {}, and {given} are given", kind.described(), generic.wants());
        parser.problem(Problem::error(Code::Syntax, word, message));
    }
}

/// `_` in `result<_, e>`, the only place for it.
fn underscore(parser: &mut Parser, before: usize, is_last: bool) {
    let (range, end) = (parser.nth_range(0), parser.behind().start);
    if before > 0 {
        let problem = Problem::error(Code::Syntax, range.clone(), "`_` stands only before the type of the error");
        parser.problem(problem.fixed_by("remove `_`", end.saturating_sub(1)..range.end, ""));
    } else if is_last {
        let whole = end.saturating_sub(1)..parser.nth_range(1).end;
        let problem = Problem::error(Code::Syntax, range, "a `result` without types has no `<…>`");
        parser.problem(problem.fixed_by("write `result`", whole, ""));
    }
    parser.start(K::Type);
    parser.bump();
    parser.finish();
}

/// `Vec<u8>` and other generic types that WIT does not have under this name.
fn foreign(parser: &mut Parser, depth: usize) {
    parser.start(K::Type);
    let (word, range) = (parser.nth_text(0), parser.nth_range(0));
    let problem = match mend::generic(word) {
        Some(meant) => {
            Problem::error(Code::Name, range.clone(), format!("there is no type `{word}<…>`; WIT calls it `{meant}`"))
                .fixed_by(format!("write `{meant}`"), range, meant)
        }
        None => {
            Problem::error(Code::Syntax, range, format!("`{word}` takes no types in `<…>`; only WIT's own types do"))
        }
    };
    parser.problem(problem);
    parser.start(K::NameRef);
    parser.bump();
    parser.finish();
    list::list(parser, K::TypeArguments, Brackets::Angle, |parser| at_depth(parser, depth + 1));
    parser.finish();
}

/// `(u8, u8)`, a tuple, and `()`, nothing.
fn parenthesised(parser: &mut Parser, depth: usize) {
    let open = parser.nth_range(0);
    if parser.nth(1) == Some(K::RightParen) {
        let range = open.start..parser.nth_range(1).end;
        let problem =
            Problem::error(Code::Syntax, range.clone(), "WIT has no type `()`; in `result<_, e>` it is written `_`");
        parser.problem(problem.perhaps("write `_`", range, "_"));
    }
    parser.start(K::Type);
    let mut given = 0;
    list::list(parser, K::Error, Brackets::Round, |parser| {
        given += 1;
        at_depth(parser, depth + 1)
    });
    if given > 0 && parser.last_is(K::RightParen) {
        let close = parser.last_range();
        let edits =
            vec![Edit { range: open.clone(), text: "tuple<".into() }, Edit { range: close.clone(), text: ">".into() }];
        let problem = Problem::error(Code::Syntax, open.start..close.end, "a tuple is written `tuple<…>`");
        parser.problem(problem.fix("write `tuple<…>`", edits, true));
    }
    parser.finish();
}

/// Reads one type into an error node without looking into it.
fn balanced(parser: &mut Parser) {
    parser.start(K::Error);
    let mut depth = 0_usize;
    loop {
        match parser.nth(0) {
            None | Some(K::Semicolon | K::LeftBrace | K::RightBrace) => break,
            Some(K::Comma | K::GreaterThan | K::RightParen) if depth == 0 => break,
            Some(K::LessThan) => depth += 1,
            Some(K::GreaterThan) => depth -= 1,
            Some(_) => {}
        }
        parser.bump();
    }
    parser.finish();
}
