//! A composition's text with the places of all that an edit may touch.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use wac_parser::lexer::{Lexer, Token};
use wac_parser::{
    Document as Ast, Expr, Ident, ImportType, InstantiationArgument, NewExpr, PrimaryExpr, Statement, TypeDecl,
    TypeStatement,
};

use crate::model::graph::{ENTRY, HOST};
use crate::model::project::Names;

/// wac's parser is recursive: text nested deeper than this is refused before it can exhaust the stack.
const DEEPEST: u32 = 128;

/// Where a text is nested too deeply to be parsed. Brackets in comments and strings nest nothing.
pub(crate) fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let found = tokens(text).into_iter().find(|(token, _)| {
        match token {
            Token::OpenParen | Token::OpenBrace | Token::OpenAngle => depth += 1,
            Token::CloseParen | Token::CloseBrace | Token::CloseAngle => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    });
    found.map(|(_, range)| range.start)
}

pub(crate) fn parse(text: &str) -> Option<Ast<'_>> {
    if too_deep(text).is_some() {
        return None;
    }
    Ast::parse(text).ok()
}

pub(crate) struct Outline<'a> {
    pub text: &'a str,
    pub(crate) ast: &'a Ast<'a>,
    pub(crate) tokens: Vec<(Token, Range<usize>)>,
    /// One for each of the syntax tree's.
    pub(crate) statements: Vec<Placed<'a>>,
    /// Every `new` in wac's order, which is the graph's.
    pub nodes: Vec<NodeAt<'a>>,
    /// Every place that names something.
    pub(crate) uses: Vec<Use<'a>>,
    names: Names,
    /// The nodes by their names, and by where their `new` stands.
    by_name: HashMap<String, usize>,
    by_place: HashMap<usize, usize>,
}

/// One statement.
pub(crate) struct Placed<'a> {
    /// From its first word to its semicolon (or closing brace).
    pub(crate) range: Range<usize>,
    /// What it names, with the place of the name.
    pub(crate) defines: Option<(&'a str, Range<usize>)>,
}

/// One `new`.
pub(crate) struct NodeAt<'a> {
    /// Its node's name in the graph.
    pub name: String,
    pub(crate) new: &'a NewExpr<'a>,
    /// The number of its statement.
    pub(crate) statement: usize,
    /// What `let` calls the instance; `None` for one made inside an expression.
    pub(crate) variable: Option<&'a str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Expression,
    /// An argument without a name of its own.
    Inferred,
    Spread,
    /// What an import is of the type of.
    Import,
    /// A word of a declaration that may mean what the text declares elsewhere: what is declared stays below it.
    Declaration,
}

/// One use of a name.
pub(crate) struct Use<'a> {
    pub name: &'a str,
    pub(crate) range: Range<usize>,
    pub(crate) statement: usize,
    pub(crate) how: How,
}

impl<'a> Outline<'a> {
    pub(crate) fn new(text: &'a str, ast: &'a Ast<'a>) -> Self {
        let mut outline = Self {
            text,
            ast,
            tokens: tokens(text),
            statements: Vec::new(),
            nodes: Vec::new(),
            uses: Vec::new(),
            names: Names::taken([ENTRY, HOST]),
            by_name: HashMap::new(),
            by_place: HashMap::new(),
        };
        for (number, statement) in ast.statements.iter().enumerate() {
            let placed = outline.place(statement);
            outline.statements.push(placed);
            match statement {
                Statement::Let(statement) => outline.expression(&statement.expr, Some(statement.id.string), number),
                Statement::Export(statement) => outline.expression(&statement.expr, None, number),
                Statement::Import(statement) => match &statement.ty {
                    ImportType::Ident(id) => outline.name_used(id, number, How::Import),
                    _ => outline.declaration(number),
                },
                Statement::Type(_) => outline.declaration(number),
            }
        }
        outline
    }

    pub(crate) fn node(&self, name: &str) -> Option<&NodeAt<'a>> {
        self.nodes.get(*self.by_name.get(name)?)
    }

    /// The node of a `new`.
    pub(crate) fn node_of(&self, new: &NewExpr<'_>) -> Option<&NodeAt<'a>> {
        self.nodes.get(*self.by_place.get(&new.span.offset())?)
    }

    /// The nodes that a statement makes.
    pub(crate) fn made_by(&self, statement: usize) -> &[NodeAt<'a>] {
        let first = self.nodes.partition_point(|n| n.statement < statement);
        let made = self.nodes.get(first..).unwrap_or_default();
        &made[..made.partition_point(|n| n.statement == statement)]
    }

    /// The statement that defines a name.
    pub(crate) fn definition(&self, name: &str) -> Option<usize> {
        self.statements.iter().position(|s| s.defines.as_ref().is_some_and(|(defined, _)| *defined == name))
    }

    /// The token that begins at or behind an offset.
    pub(crate) fn token_from(&self, offset: usize) -> usize {
        self.tokens.partition_point(|(_, range)| range.start < offset)
    }

    fn place(&self, statement: &Statement<'a>) -> Placed<'a> {
        let after = self.statements.last().map_or_else(|| self.directive_end(), |s| s.range.end);
        let first = self.token_from(after);
        let start = self.tokens.get(first).map_or(after, |(_, range)| range.start);
        let mut depth = 0_u32;
        let mut end = self.text.len();
        for (token, range) in self.tokens.iter().skip(first) {
            match token {
                Token::OpenBrace => depth += 1,
                Token::CloseBrace => depth = depth.saturating_sub(1),
                _ => {}
            }
            // Type declarations end with their brace.
            let closed = *token == Token::CloseBrace && matches!(statement, Statement::Type(_));
            if depth == 0 && (*token == Token::Semicolon || closed) {
                end = range.end;
                break;
            }
        }
        let defines = match statement {
            Statement::Let(statement) => Some(&statement.id),
            Statement::Import(statement) => Some(&statement.id),
            Statement::Type(statement) => Some(declared(statement)),
            Statement::Export(_) => None,
        };
        let defines = defines.map(|id| (id.string, id.span.offset()..id.span.offset() + id.span.len()));
        Placed { range: start..end, defines }
    }

    /// Where the `package` line ends.
    pub(crate) fn directive_end(&self) -> usize {
        self.tokens.iter().find(|(token, _)| *token == Token::Semicolon).map_or(self.text.len(), |(_, range)| range.end)
    }

    fn expression(&mut self, expr: &'a Expr<'a>, name: Option<&'a str>, statement: usize) {
        let name = name.filter(|_| expr.postfix.is_empty());
        match &expr.primary {
            PrimaryExpr::Ident(id) => self.name_used(id, statement, How::Expression),
            PrimaryExpr::Nested(nested) => self.expression(&nested.inner, name, statement),
            PrimaryExpr::New(new) => self.instance(new, name, statement),
        }
    }

    fn instance(&mut self, new: &'a NewExpr<'a>, variable: Option<&'a str>, statement: usize) {
        for argument in &new.arguments {
            match argument {
                InstantiationArgument::Named(named) => self.expression(&named.expr, None, statement),
                InstantiationArgument::Inferred(id) => self.name_used(id, statement, How::Inferred),
                InstantiationArgument::Spread(id) => self.name_used(id, statement, How::Spread),
                InstantiationArgument::Fill(_) => {}
            }
        }
        let name = self.names.unique(variable.unwrap_or(new.package.name), "-");
        self.by_name.insert(name.clone(), self.nodes.len());
        self.by_place.insert(new.span.offset(), self.nodes.len());
        self.nodes.push(NodeAt { name, new, statement, variable });
    }

    /// The words of a declaration that may name something of the text.
    fn declaration(&mut self, statement: usize) {
        let Some(placed) = self.statements.get(statement) else { return };
        let first = self.tokens.partition_point(|(_, range)| range.start < placed.range.start);
        let inside = self.tokens.iter().skip(first).take_while(|(_, range)| range.start < placed.range.end);
        let words = inside.filter(|(token, _)| *token == Token::Ident).map(|(_, range)| range.clone());
        let own = placed.defines.as_ref().map(|(_, range)| range.start);
        let uses: Vec<_> = words
            .filter(|range| Some(range.start) != own)
            .map(|range| {
                let name = crate::wac::slice(self.text, range.clone());
                let name = name.strip_prefix('%').unwrap_or(name);
                Use { name, range, statement, how: How::Declaration }
            })
            .collect();
        self.uses.extend(uses);
    }

    fn name_used(&mut self, id: &Ident<'a>, statement: usize, how: How) {
        let range = id.span.offset()..id.span.offset() + id.span.len();
        self.uses.push(Use { name: id.string, range, statement, how });
    }

    /// Every name the text gives to something, types included.
    pub(crate) fn defined(&self) -> BTreeSet<&'a str> {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for pair in self.tokens.windows(2) {
            if let [(word, _), (Token::Ident, range)] = pair
                && !matches!(word, Token::Dot | Token::Colon | Token::Comma | Token::OpenBrace | Token::Ellipsis)
            {
                let name = crate::wac::slice(self.text, range.clone());
                names.insert(name.strip_prefix('%').unwrap_or(name));
            }
        }
        names
    }
}

/// What a type statement declares.
pub(crate) fn declared<'a, 's>(statement: &'s TypeStatement<'a>) -> &'s Ident<'a> {
    match statement {
        TypeStatement::Interface(interface) => &interface.id,
        TypeStatement::World(world) => &world.id,
        TypeStatement::Type(ty) => match ty {
            TypeDecl::Variant(variant) => &variant.id,
            TypeDecl::Record(record) => &record.id,
            TypeDecl::Flags(flags) => &flags.id,
            TypeDecl::Enum(cases) => &cases.id,
            TypeDecl::Alias(alias) => &alias.id,
        },
    }
}

fn tokens(text: &str) -> Vec<(Token, Range<usize>)> {
    let Ok(lexer) = Lexer::new(text) else { return Vec::new() };
    lexer.filter_map(|(token, span)| Some((token.ok()?, span.offset()..span.offset() + span.len()))).collect()
}
