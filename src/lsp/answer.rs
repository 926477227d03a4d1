//! Requests and their answers.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use lsp_server::{ErrorCode, Request, Response};
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentSymbolRequest, FoldingRangeRequest, Formatting, GotoDefinition,
    HoverRequest, PrepareRenameRequest, References, Rename, Request as _, SemanticTokensFullRequest,
};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CompletionParams, CompletionResponse,
    DocumentFormattingParams, DocumentSymbolParams, DocumentSymbolResponse, FoldingRange, FoldingRangeKind,
    FoldingRangeParams, GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverContents, HoverParams, Location,
    MarkupContent, MarkupKind, Position, PrepareRenameResponse, ReferenceParams, RenameParams, SemanticTokens,
    SemanticTokensParams, SemanticTokensResult, TextDocumentPositionParams, TextEdit, Uri, WorkspaceEdit,
};

use crate::lsp::position::{Encoding, byte, range};
use crate::lsp::workspace::Workspace;
use crate::lsp::{convert, refused};
use crate::wit::format::format;
use crate::wit::navigate;
use crate::wit::problem::Edit;
use crate::wit::sources::{FileId, Sources, certain_edits};

/// What a request comes to, as JSON, or a sentence.
type Answer = Result<serde_json::Value, String>;

pub(super) fn answer(workspace: &mut Workspace, request: Request, cancelled: bool) -> Response {
    if cancelled {
        return refused(request.id, ErrorCode::RequestCanceled, "cancelled");
    }
    let (id, params) = (request.id, request.params);
    let answer = match request.method.as_str() {
        HoverRequest::METHOD => with(params, |params| Ok(hover(workspace, params))),
        Completion::METHOD => with(params, |params| Ok(completion(workspace, params))),
        GotoDefinition::METHOD => with(params, |params| Ok(definition(workspace, params))),
        References::METHOD => with(params, |params| Ok(references(workspace, params))),
        PrepareRenameRequest::METHOD => with(params, |params| Ok(prepare_rename(workspace, params))),
        Rename::METHOD => with(params, |params| rename(workspace, params)),
        Formatting::METHOD => with(params, |params| formatting(workspace, params)),
        DocumentSymbolRequest::METHOD => with(params, |params| Ok(symbols(workspace, params))),
        FoldingRangeRequest::METHOD => with(params, |params| Ok(folds(workspace, params))),
        SemanticTokensFullRequest::METHOD => with(params, |params| Ok(tokens(workspace, params))),
        CodeActionRequest::METHOD => with(params, |params| Ok(actions(workspace, params))),
        method => return refused(id, ErrorCode::MethodNotFound, format!("studio does not answer `{method}`")),
    };
    match answer {
        Ok(value) => Response::new_ok(id, value),
        Err(sentence) => refused(id, ErrorCode::RequestFailed, sentence),
    }
}

fn with<P: serde::de::DeserializeOwned, R: serde::Serialize>(
    params: serde_json::Value,
    answer: impl FnOnce(&P) -> Result<R, String>,
) -> Answer {
    let params: P = serde_json::from_value(params).map_err(|error| error.to_string())?;
    serde_json::to_value(answer(&params)?).map_err(|error| error.to_string())
}

/// The file that a request is about; one that is not open has no answer.
fn file(workspace: &Workspace, uri: &Uri) -> Option<PathBuf> {
    convert::path(uri).filter(|path| workspace.source(path).is_some())
}

/// A place in a file with its package.
fn place<'w>(workspace: &'w mut Workspace, at: &TextDocumentPositionParams) -> Option<(&'w Sources, FileId, usize)> {
    let path = file(workspace, &at.text_document.uri)?;
    let at = byte(&workspace.source(&path)?.text, at.position, workspace.encoding);
    let (sources, file) = workspace.package(&path)?;
    Some((sources, file, at))
}

fn hover(workspace: &mut Workspace, params: &HoverParams) -> Option<Hover> {
    let encoding = workspace.encoding;
    let (sources, file, at) = place(workspace, &params.text_document_position_params)?;
    let found = navigate::hover(sources, file, at)?;
    let mut value = format!("```wit\n{}\n```\n", found.code);
    if !found.place.is_empty() {
        value += &format!("in `{}`\n", found.place);
    }
    if !found.docs.is_empty() {
        value += &format!("\n---\n{}\n", found.docs);
    }
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value }),
        range: sources.get(file).map(|source| range(&source.text, &found.range, encoding)),
    })
}

fn completion(workspace: &mut Workspace, params: &CompletionParams) -> CompletionResponse {
    let found = place(workspace, &params.text_document_position);
    let found = found.map(|(sources, file, at)| navigate::completions(sources, file, at)).unwrap_or_default();
    CompletionResponse::Array(found.into_iter().map(convert::completion).collect())
}

/// A place of a package as the editor counts it.
fn location(sources: &Sources, found: &navigate::Location, encoding: Encoding) -> Option<Location> {
    let source = sources.get(found.file)?;
    Some(Location { uri: convert::uri(&source.path)?, range: range(&source.text, &found.range, encoding) })
}

fn definition(workspace: &mut Workspace, params: &GotoDefinitionParams) -> Option<GotoDefinitionResponse> {
    let encoding = workspace.encoding;
    let found = place(workspace, &params.text_document_position_params)
        .and_then(|(sources, file, at)| location(sources, &navigate::definition(sources, file, at)?, encoding));
    found.map(GotoDefinitionResponse::Scalar)
}

fn references(workspace: &mut Workspace, params: &ReferenceParams) -> Vec<Location> {
    let encoding = workspace.encoding;
    let Some((sources, file, at)) = place(workspace, &params.text_document_position) else { return Vec::new() };
    let found = navigate::references(sources, file, at);
    let skipped = usize::from(!params.context.include_declaration);
    found.iter().skip(skipped).filter_map(|found| location(sources, found, encoding)).collect()
}

fn prepare_rename(workspace: &mut Workspace, params: &TextDocumentPositionParams) -> Option<PrepareRenameResponse> {
    let encoding = workspace.encoding;
    let (sources, file, at) = place(workspace, params)?;
    let here = navigate::references(sources, file, at)
        .into_iter()
        .find(|found| found.file == file && found.range.start <= at && at <= found.range.end);
    let text = sources.get(file).map(|source| source.text.as_str()).unwrap_or_default();
    here.map(|here| PrepareRenameResponse::Range(range(text, &here.range, encoding)))
}

// The protocol's own type of this map has keys that are no strings.
#[allow(clippy::mutable_key_type)]
fn rename(workspace: &mut Workspace, params: &RenameParams) -> Result<WorkspaceEdit, String> {
    let encoding = workspace.encoding;
    let Some((sources, file, at)) = place(workspace, &params.text_document_position) else {
        return Err(navigate::RenameError::Nothing.to_string());
    };
    let edits = navigate::rename(sources, file, at, &params.new_name).map_err(|error| error.to_string())?;
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for (file, edit) in edits {
        let Some(source) = sources.get(file) else { continue };
        let Some(uri) = convert::uri(&source.path) else { continue };
        changes.entry(uri).or_default().push(convert::edit(&source.text, &edit, encoding));
    }
    Ok(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

fn formatting(workspace: &mut Workspace, params: &DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>, String> {
    let encoding = workspace.encoding;
    let Some(path) = file(workspace, &params.text_document.uri) else { return Ok(None) };
    let Some(source) = workspace.source(&path) else { return Ok(None) };
    let formatted = format(&source.text).map_err(|problems| {
        let first = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
        format!("what does not follow the grammar is not formatted: {first}")
    })?;
    if formatted == source.text {
        return Ok(Some(Vec::new()));
    }
    let edit = Edit { range: 0..source.text.len(), text: formatted };
    Ok(Some(vec![convert::edit(&source.text, &edit, encoding)]))
}

fn symbols(workspace: &mut Workspace, params: &DocumentSymbolParams) -> Option<DocumentSymbolResponse> {
    let encoding = workspace.encoding;
    let source = file(workspace, &params.text_document.uri).and_then(|path| workspace.source(&path));
    source.map(|source| {
        let symbols = navigate::symbols(&source.parsed).into_iter();
        DocumentSymbolResponse::Nested(symbols.map(|symbol| convert::symbol(&source.text, symbol, encoding)).collect())
    })
}

fn folds(workspace: &mut Workspace, params: &FoldingRangeParams) -> Vec<FoldingRange> {
    let encoding = workspace.encoding;
    let Some(source) = file(workspace, &params.text_document.uri).and_then(|path| workspace.source(&path)) else {
        return Vec::new();
    };
    let fold = |bytes: std::ops::Range<usize>| {
        let lines = range(&source.text, &bytes, encoding);
        let is_comment = source.text.get(bytes).is_some_and(|text| text.starts_with('/'));
        FoldingRange {
            start_line: lines.start.line,
            end_line: lines.end.line,
            kind: is_comment.then_some(FoldingRangeKind::Comment),
            ..FoldingRange::default()
        }
    };
    navigate::folds(&source.parsed).into_iter().map(fold).collect()
}

fn tokens(workspace: &mut Workspace, params: &SemanticTokensParams) -> Option<SemanticTokensResult> {
    let encoding = workspace.encoding;
    let source = file(workspace, &params.text_document.uri).and_then(|path| workspace.source(&path));
    source.map(|source| {
        let data = convert::semantic_tokens(&source.text, navigate::tokens(&source.parsed), encoding);
        SemanticTokensResult::Tokens(SemanticTokens { result_id: None, data })
    })
}

fn actions(workspace: &mut Workspace, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
    let encoding = workspace.encoding;
    let Some(path) = file(workspace, &params.text_document.uri) else { return Vec::new() };
    let problems = workspace.problems(&path);
    let Some(source) = workspace.source(&path) else { return Vec::new() };
    let text = source.text.as_str();
    let edit = |edits: &[Edit]| changes(&path, text, edits, encoding);
    let mut found = Vec::new();
    for problem in &problems {
        let at = range(text, &problem.range, encoding);
        if !touches(&at, &params.range) {
            continue;
        }
        for (rank, fix) in problem.fixes.iter().enumerate() {
            found.push(CodeAction {
                title: sentence(&fix.title),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![convert::diagnostic(text, problem, encoding)]),
                edit: Some(edit(&fix.edits)),
                is_preferred: Some(rank == 0 && fix.certain),
                ..CodeAction::default()
            });
        }
    }
    let certain = certain_edits(&problems);
    if !certain.is_empty() {
        found.push(CodeAction {
            title: "Make every certain fix in this file".to_owned(),
            kind: Some(CodeActionKind::SOURCE_FIX_ALL),
            edit: Some(edit(&certain)),
            ..CodeAction::default()
        });
    }
    if let Some(wanted) = &params.context.only {
        let is_wanted = |kind: &CodeActionKind| wanted.iter().any(|wanted| kind.as_str().starts_with(wanted.as_str()));
        found.retain(|action| action.kind.as_ref().is_some_and(is_wanted));
    }
    found.into_iter().map(CodeActionOrCommand::CodeAction).collect()
}

#[allow(clippy::mutable_key_type)]
fn changes(path: &Path, text: &str, edits: &[Edit], encoding: Encoding) -> WorkspaceEdit {
    let edits = edits.iter().map(|edit| convert::edit(text, edit, encoding)).collect();
    WorkspaceEdit { changes: convert::uri(path).map(|uri| HashMap::from([(uri, edits)])), ..WorkspaceEdit::default() }
}

/// Whether two ranges share a place, their ends included.
fn touches(one: &lsp_types::Range, other: &lsp_types::Range) -> bool {
    let before = |a: Position, b: Position| (a.line, a.character) <= (b.line, b.character);
    before(one.start, other.end) && before(other.start, one.end)
}

/// A title as editors list it.
fn sentence(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
