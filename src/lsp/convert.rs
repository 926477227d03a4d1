//! studio's values as the protocol's.

use std::path::{Path, PathBuf};

use lsp_types::{
    CompletionItem, CompletionItemKind, Diagnostic, DiagnosticSeverity, DiagnosticTag, DocumentSymbol, NumberOrString,
    SemanticToken, SemanticTokenModifier, SemanticTokenType, TextEdit, Uri,
};

use crate::lsp::position::{Encoding, position, range};
use crate::model::diagnostic::Severity;
use crate::wit::navigate::{Completion, CompletionKind, Symbol, SymbolKind};
use crate::wit::problem::{Code, Edit, Problem};

/// The file that a URI names; `None` where it names none.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    path_of(uri.as_str())
}

/// The same of a text.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let path = uri.strip_prefix("file://")?;
    let path = path.get(path.find('/')?..)?;
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    // `/c:/…` of Windows.
    let path = if path.get(2..3) == Some(":") && cfg!(windows) { path.get(1..)? } else { &path };
    Some(PathBuf::from(path))
}

/// The characters of a path that stand for themselves.
const KEPT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

pub(super) fn uri(path: &Path) -> Option<Uri> {
    let path = path.to_str()?.replace('\\', "/");
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{}", percent_encoding::utf8_percent_encode(&path, KEPT)).parse().ok()
}

pub(super) fn diagnostic(text: &str, problem: &Problem, encoding: Encoding) -> Diagnostic {
    let severity = match problem.severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Note => DiagnosticSeverity::HINT,
    };
    Diagnostic {
        range: range(text, &problem.range, encoding),
        severity: Some(severity),
        code: Some(NumberOrString::String(code(problem.code).to_owned())),
        source: Some("studio".to_owned()),
        message: problem.message.clone(),
        tags: (problem.code == Code::Unused).then(|| vec![DiagnosticTag::UNNECESSARY]),
        ..Diagnostic::default()
    }
}

fn code(code: Code) -> &'static str {
    match code {
        Code::Syntax => "syntax",
        Code::OldSyntax => "old-syntax",
        Code::Name => "name",
        Code::Character => "character",
        Code::Package => "package",
        Code::MissingPackage => "missing-package",
        Code::UnknownVersion => "unknown-version",
        Code::UnknownName => "unknown-name",
        Code::Duplicate => "duplicate",
        Code::Type => "type",
        Code::Circle => "circle",
        Code::Unused => "unused",
        Code::Rejected => "wit-parser",
    }
}

pub(super) fn edit(text: &str, edit: &Edit, encoding: Encoding) -> TextEdit {
    TextEdit { range: range(text, &edit.range, encoding), new_text: edit.text.clone() }
}

pub(super) fn completion(completion: Completion) -> CompletionItem {
    let kind = match completion.kind {
        CompletionKind::Type => CompletionItemKind::STRUCT,
        CompletionKind::Interface => CompletionItemKind::INTERFACE,
        CompletionKind::World => CompletionItemKind::MODULE,
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
    };
    // Names of the project before WIT's own words.
    let rank = if completion.kind == CompletionKind::Keyword { "1" } else { "0" };
    CompletionItem {
        sort_text: Some(format!("{rank}{}", completion.text)),
        label: completion.text,
        kind: Some(kind),
        detail: (!completion.detail.is_empty()).then_some(completion.detail),
        ..CompletionItem::default()
    }
}

pub(super) fn symbol(text: &str, symbol: Symbol, encoding: Encoding) -> DocumentSymbol {
    use lsp_types::SymbolKind as L;
    let kind = match symbol.kind {
        SymbolKind::Package => L::PACKAGE,
        SymbolKind::Interface | SymbolKind::Import | SymbolKind::Export => L::INTERFACE,
        SymbolKind::World => L::MODULE,
        SymbolKind::Enum | SymbolKind::Variant => L::ENUM,
        SymbolKind::Case => L::ENUM_MEMBER,
        SymbolKind::Field => L::FIELD,
        SymbolKind::Resource => L::CLASS,
        SymbolKind::Method => L::METHOD,
        SymbolKind::Function => L::FUNCTION,
        _ => L::STRUCT,
    };
    // The one way there is to say "not deprecated" names a field that is deprecated itself.
    #[allow(deprecated)]
    DocumentSymbol {
        name: symbol.name,
        detail: None,
        kind,
        tags: None,
        deprecated: None,
        range: range(text, &symbol.range, encoding),
        selection_range: range(text, &symbol.name_range, encoding),
        children: Some(symbol.children.into_iter().map(|child| self::symbol(text, child, encoding)).collect()),
    }
}

/// The kinds of words, in the order of their numbers.
const TOKENS: [SemanticTokenType; 14] = [
    SemanticTokenType::NAMESPACE,
    SemanticTokenType::INTERFACE,
    SemanticTokenType::CLASS,
    SemanticTokenType::TYPE,
    SemanticTokenType::STRUCT,
    SemanticTokenType::ENUM,
    SemanticTokenType::ENUM_MEMBER,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::METHOD,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::PARAMETER,
    SemanticTokenType::KEYWORD,
    SemanticTokenType::COMMENT,
    SemanticTokenType::NUMBER,
];

pub(super) fn token_types() -> Vec<SemanticTokenType> {
    TOKENS.to_vec()
}

pub(super) fn token_modifiers() -> Vec<SemanticTokenModifier> {
    vec![SemanticTokenModifier::DECLARATION]
}

fn token_type(kind: SymbolKind) -> Option<u32> {
    let wanted = match kind {
        SymbolKind::Package => SemanticTokenType::NAMESPACE,
        SymbolKind::Interface | SymbolKind::Import | SymbolKind::Export => SemanticTokenType::INTERFACE,
        SymbolKind::World | SymbolKind::Resource => SemanticTokenType::CLASS,
        SymbolKind::Type => SemanticTokenType::TYPE,
        SymbolKind::Record => SemanticTokenType::STRUCT,
        SymbolKind::Variant | SymbolKind::Enum => SemanticTokenType::ENUM,
        SymbolKind::Case => SemanticTokenType::ENUM_MEMBER,
        SymbolKind::Field => SemanticTokenType::PROPERTY,
        SymbolKind::Method => SemanticTokenType::METHOD,
        SymbolKind::Function => SemanticTokenType::FUNCTION,
        SymbolKind::Parameter => SemanticTokenType::PARAMETER,
        SymbolKind::Keyword | SymbolKind::Attribute => SemanticTokenType::KEYWORD,
        SymbolKind::Comment => SemanticTokenType::COMMENT,
        SymbolKind::Number => SemanticTokenType::NUMBER,
        SymbolKind::String => return None,
    };
    TOKENS.iter().position(|token| *token == wanted).and_then(|at| u32::try_from(at).ok())
}

/// Words, each by its distance from the one before. What spans lines is left out: not every editor takes that.
pub(super) fn semantic_tokens(
    text: &str,
    words: Vec<(std::ops::Range<usize>, SymbolKind, bool)>,
    encoding: Encoding,
) -> Vec<SemanticToken> {
    let mut tokens = Vec::new();
    // Where the word before began.
    let mut byte = 0;
    for (bytes, kind, is_declared) in words {
        let (Some(token_type), Some(word)) = (token_type(kind), text.get(bytes.clone())) else { continue };
        if word.contains('\n') {
            continue;
        }
        let between = text.get(byte..bytes.start).unwrap_or_default();
        let step = position(between, between.len(), encoding);
        byte = bytes.start;
        tokens.push(SemanticToken {
            delta_line: step.line,
            delta_start: step.character,
            length: position(word, word.len(), encoding).character,
            token_type,
            token_modifiers_bitset: u32::from(is_declared),
        });
    }
    tokens
}

#[cfg(test)]
mod tests {
    use crate::lsp::convert::*;

    #[test]
    fn a_path_becomes_a_uri_and_back() {
        for path in ["/a/b.wit", "/with space/ü/100%.wit", "/a#b?c.wit"] {
            assert_eq!(self::path(&uri(Path::new(path)).unwrap()).unwrap(), Path::new(path));
        }
        assert_eq!(path(&"file://host/a.wit".parse().unwrap()).unwrap(), Path::new("/a.wit"));
        assert_eq!(path(&"untitled:Untitled-1".parse().unwrap()), None);
    }
}
