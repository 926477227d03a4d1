//! `studio lsp`: WIT for editors, over stdio. All that is known of the language stands in `wit/`; this reads files, counts
//! positions as the editor does, and answers.
//!
//! One thread, one message after the other: what a keystroke costs is a millisecond, and what is asked for twice before
//! it is answered, or taken back, is answered once or not at all.

mod answer;
mod convert;
mod position;
mod queue;
mod setup;
mod workspace;

use std::path::PathBuf;

use lsp_server::{Connection, Message, Notification, Response};
use lsp_types::notification::{Notification as _, PublishDiagnostics};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions, FoldingRangeProviderCapability,
    HoverProviderCapability, OneOf, PositionEncodingKind, PublishDiagnosticsParams, RenameOptions, SaveOptions,
    SemanticTokensFullOptions, SemanticTokensLegend, SemanticTokensOptions, SemanticTokensServerCapabilities,
    ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions,
};

use crate::lsp::position::Encoding;
use crate::lsp::queue::Queue;
use crate::lsp::workspace::Workspace;

pub(crate) use setup::{Editor, setup, write_helix};

/// Serves one editor until it says goodbye.
///
/// # Errors
/// When the editor does not speak the protocol, or is gone.
pub(crate) fn serve() -> anyhow::Result<()> {
    let (connection, threads) = Connection::stdio();
    let (id, params) = connection.initialize_start()?;
    let encoding = encoding(&params);
    let answer = serde_json::json!({
        "capabilities": capabilities(encoding),
        "serverInfo": { "name": "studio", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, answer)?;
    let mut workspace = Workspace::new(roots(&params), encoding);
    loop_of(&connection, &mut workspace)?;
    drop(connection);
    threads.join()?;
    Ok(())
}

fn loop_of(connection: &Connection, workspace: &mut Workspace) -> anyhow::Result<()> {
    let mut queue = Queue::default();
    while let Ok(first) = connection.receiver.recv() {
        queue.push(first);
        while let Ok(next) = connection.receiver.try_recv() {
            queue.push(next);
        }
        while let Some(message) = queue.pop() {
            match message {
                Message::Request(request) => {
                    if connection.handle_shutdown(&request)? {
                        return Ok(());
                    }
                    let cancelled = queue.is_cancelled(&request.id);
                    connection.sender.send(answer::answer(workspace, request, cancelled).into())?;
                }
                Message::Notification(notification) => workspace.notified(&notification),
                Message::Response(_) => {}
            }
        }
        publish(connection, workspace)?;
    }
    Ok(())
}

/// Sends the problems of what changed.
fn publish(connection: &Connection, workspace: &mut Workspace) -> anyhow::Result<()> {
    for (path, version, diagnostics) in workspace.news() {
        let Some(uri) = convert::uri(&path) else { continue };
        let params = PublishDiagnosticsParams { uri, diagnostics, version };
        let notification = Notification::new(PublishDiagnostics::METHOD.to_owned(), params);
        connection.sender.send(notification.into())?;
    }
    Ok(())
}

/// How positions are counted: in bytes where the editor can. Of what an editor says of itself only this and its folders
/// are read, and whatever else it says, or says wrongly, keeps nobody from starting.
fn encoding(params: &serde_json::Value) -> Encoding {
    let offered = params.pointer("/capabilities/general/positionEncodings").and_then(serde_json::Value::as_array);
    let bytes = PositionEncodingKind::UTF8;
    let is_offered = offered.is_some_and(|offered| offered.iter().any(|offer| offer.as_str() == Some(bytes.as_str())));
    if is_offered { Encoding::Utf8 } else { Encoding::Utf16 }
}

fn roots(params: &serde_json::Value) -> Vec<PathBuf> {
    let folders = params.get("workspaceFolders").and_then(serde_json::Value::as_array);
    let uris = folders.into_iter().flatten().filter_map(|folder| folder.get("uri")?.as_str());
    let root = params.get("rootUri").and_then(serde_json::Value::as_str);
    uris.chain(root).filter_map(convert::path_of).collect()
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(["{", ".", ":", "<", "@", "/"].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: lsp_types::WorkDoneProgressOptions::default(),
        })),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::SOURCE_FIX_ALL]),
            ..CodeActionOptions::default()
        })),
        semantic_tokens_provider: Some(SemanticTokensServerCapabilities::SemanticTokensOptions(
            SemanticTokensOptions {
                legend: SemanticTokensLegend {
                    token_types: convert::token_types(),
                    token_modifiers: convert::token_modifiers(),
                },
                full: Some(SemanticTokensFullOptions::Bool(true)),
                ..SemanticTokensOptions::default()
            },
        )),
        ..ServerCapabilities::default()
    }
}

/// An answer that says why there is none.
fn refused(id: lsp_server::RequestId, code: lsp_server::ErrorCode, message: impl Into<String>) -> Response {
    Response::new_err(id, code as i32, message.into())
}
