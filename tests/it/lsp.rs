//! The language server as an editor talks to it: over stdio, message by message.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use lsp_server::{Message, Notification, Request, RequestId};
use serde_json::{Value, json};

use crate::support::{Project, stderr, stdout};

struct Editor<'p> {
    project: &'p Project,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    next: i32,
    /// What the server said unasked.
    news: Vec<Notification>,
}

impl<'p> Editor<'p> {
    fn start(project: &'p Project, encodings: &[&str]) -> (Self, Value) {
        let mut command = project.studio(&["lsp"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut editor = Self { project, child, to, from, next: 0, news: Vec::new() };
        let root = editor.uri(".");
        let hello = editor.ask(
            "initialize",
            json!({
                "processId": null, "rootUri": null,
                "capabilities": { "general": { "positionEncodings": encodings } },
                "workspaceFolders": [{ "uri": root, "name": "p" }],
            }),
        );
        editor.tell("initialized", json!({}));
        (editor, hello)
    }

    fn uri(&self, file: &str) -> String {
        let path = self.project.path(file).to_str().unwrap().to_owned();
        let kept = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
        let mut encoded = String::from("file://");
        for c in path.chars() {
            if kept(c) {
                encoded.push(c);
            } else {
                c.to_string().bytes().for_each(|byte| encoded += &format!("%{byte:02X}"));
            }
        }
        encoded
    }

    fn send(&mut self, message: &Message) {
        message.write(&mut self.to).unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&Notification::new(method.into(), params).into());
    }

    fn request(&mut self, method: &str, params: Value) -> RequestId {
        self.next += 1;
        self.send(&Request::new(self.next.into(), method.into(), params).into());
        self.next.into()
    }

    fn answer(&mut self, wanted: &RequestId) -> Result<Value, (i32, String)> {
        loop {
            match Message::read(&mut self.from).unwrap().expect("the server is gone") {
                Message::Response(response) if response.id == *wanted => {
                    return response.response_result.map_err(|error| (error.code, error.message));
                }
                Message::Notification(notification) => self.news.push(notification),
                other => panic!("{other:?}"),
            }
        }
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        self.answer(&id).unwrap()
    }

    fn open(&mut self, file: &str) {
        let (uri, text) = (self.uri(file), self.project.read(file));
        let document = json!({ "uri": uri, "languageId": "wit", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Puts `text` in place of these columns of a line.
    fn change(&mut self, file: &str, version: i32, line: u32, columns: (u32, u32), text: &str) {
        let uri = self.uri(file);
        let range = json!({ "start": { "line": line, "character": columns.0 }, "end": { "line": line, "character": columns.1 } });
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "range": range, "text": text }] }),
        );
    }

    /// What is asked about a place.
    fn at(&mut self, method: &str, file: &str, line: u32, column: u32, more: &Value) -> Value {
        let mut params =
            json!({ "textDocument": { "uri": self.uri(file) }, "position": { "line": line, "character": column } });
        params.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.ask(method, params)
    }

    /// The messages of the problems of a file, as last published, each with its first line and column.
    fn problems(&mut self, file: &str) -> Vec<String> {
        // Whatever was sent before is answered before.
        self.ask("textDocument/foldingRange", json!({ "textDocument": { "uri": self.uri(file) } }));
        self.ask("textDocument/foldingRange", json!({ "textDocument": { "uri": self.uri(file) } }));
        let uri = self.uri(file);
        let of_file = self.news.iter().rev().find(|news| news.params["uri"] == uri.as_str());
        let diagnostics =
            of_file.map(|news| news.params["diagnostics"].as_array().unwrap().clone()).unwrap_or_default();
        let shown = |d: &Value| {
            let start = &d["range"]["start"];
            format!("{}:{} {}", start["line"], start["character"], d["message"].as_str().unwrap())
        };
        diagnostics.iter().map(shown).collect()
    }

    fn leave(mut self) {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        assert!(self.child.wait().unwrap().success());
    }
}

const LOGGER: &str = "logger/wit/logger.wit";
const WORLD: &str = "core-logic/wit/world.wit";

#[test]
fn problems_come_and_go_with_what_is_typed() {
    let project = Project::new("neon");
    let (mut editor, hello) = Editor::start(&project, &["utf-8", "utf-16"]);
    assert_eq!(hello["capabilities"]["positionEncoding"], "utf-8");
    editor.open(LOGGER);
    assert_eq!(editor.problems(LOGGER), [""; 0]);
    // `log: func(msg: string, …)` becomes `log: func(msg: string`, `levl` and without `;`.
    editor.change(LOGGER, 2, 11, (43, 44), "");
    assert_eq!(editor.problems(LOGGER), ["11:43 `;` is missing after this function"]);
    let range = json!({ "start": { "line": 11, "character": 0 }, "end": { "line": 11, "character": 43 } });
    let uri = editor.uri(LOGGER);
    let actions = editor.ask(
        "textDocument/codeAction",
        json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } }),
    );
    assert_eq!((&actions[0]["title"], &actions[0]["isPreferred"]), (&json!("Insert `;`"), &json!(true)), "{actions:#}");
    assert_eq!(actions[0]["edit"]["changes"][&uri][0]["newText"], ";");
    assert_eq!(actions[1]["kind"], "source.fixAll");
    editor.change(LOGGER, 3, 11, (43, 43), ";");
    editor.change(LOGGER, 4, 11, (37, 42), "levl");
    assert_eq!(editor.problems(LOGGER), ["11:37 there is no type `levl` here"]);
    let last = editor.news.last().unwrap();
    assert_eq!((&last.params["version"], &last.params["diagnostics"][0]["code"]), (&json!(4), &json!("unknown-name")));
    editor.change(LOGGER, 5, 11, (37, 41), "level");
    assert_eq!(editor.problems(LOGGER), [""; 0]);
    editor.leave();
}

#[test]
fn a_package_is_looked_at_with_its_dependencies() {
    let project = Project::new("neon");
    let (mut editor, _) = Editor::start(&project, &["utf-8"]);
    editor.open(WORLD);
    let found = editor.at("textDocument/definition", WORLD, 3, 24, &json!({}));
    assert_eq!(found["uri"], editor.uri("core-logic/wit/deps/cyber-core/logger.wit"));
    assert_eq!(found["range"]["start"], json!({ "line": 3, "character": 10 }));
    let hover = editor.at("textDocument/hover", WORLD, 3, 24, &json!({}));
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("interface log-handler") && text.contains("in `cyber:core`"), "{text}");
    assert!(text.contains("Where every part of the system writes its log."), "{text}");
    // A dependency that is edited counts as it is in the editor.
    let dep = "core-logic/wit/deps/cyber-core/logger.wit";
    editor.open(dep);
    editor.change(dep, 2, 3, (10, 21), "log-handlers");
    assert_eq!(editor.problems(WORLD), ["3:22 the package `cyber:core` has no interface `log-handler`"]);
    assert_eq!(editor.problems(dep), [""; 0]);
    let uri = editor.uri(dep);
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(editor.problems(WORLD), [""; 0], "what is on the disk counts again");
    editor.leave();
}

#[test]
fn names_are_found_renamed_and_completed() {
    let project = Project::new("neon");
    let (mut editor, hello) = Editor::start(&project, &[]);
    assert_eq!(hello["capabilities"]["positionEncoding"], "utf-16");
    editor.open(LOGGER);
    let all =
        editor.at("textDocument/references", LOGGER, 11, 38, &json!({ "context": { "includeDeclaration": true } }));
    assert_eq!(all.as_array().unwrap().len(), 2, "{all:#}");
    let here = editor.at("textDocument/prepareRename", LOGGER, 11, 38, &json!({}));
    assert_eq!(here["start"]["character"], 37);
    let edits = editor.at("textDocument/rename", LOGGER, 11, 38, &json!({ "newName": "severity" }));
    let uri = editor.uri(LOGGER);
    assert_eq!(edits["changes"][&uri].as_array().unwrap().len(), 2, "{edits:#}");
    let id = editor.request(
        "textDocument/rename",
        json!({ "textDocument": { "uri": uri }, "position": { "line": 11, "character": 38 }, "newName": "no name" }),
    );
    assert!(editor.answer(&id).unwrap_err().1.contains("is not a name"));
    // Columns are counted in UTF-16: a crab has two.
    editor.change(LOGGER, 2, 10, (4, 4), "/* 🦀 */ ");
    editor.change(LOGGER, 3, 11, (37, 42), "");
    let items = editor.at("textDocument/completion", LOGGER, 11, 37, &json!({}));
    let labels: Vec<_> = items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect();
    assert!(labels.contains(&"level") && labels.contains(&"string"), "{labels:?}");
    editor.leave();
}

#[test]
fn a_file_is_laid_out_listed_folded_and_coloured() {
    let project = Project::new("neon");
    project.edit(LOGGER, "msg: string, ", "msg :string ,");
    let (mut editor, _) = Editor::start(&project, &["utf-8"]);
    editor.open(LOGGER);
    let document = json!({ "uri": editor.uri(LOGGER) });
    let options = json!({ "textDocument": document, "options": { "tabSize": 4, "insertSpaces": true } });
    let edits = editor.ask("textDocument/formatting", options.clone());
    assert!(edits[0]["newText"].as_str().unwrap().contains("func(msg: string, severity"), "{edits}");
    let symbols = editor.ask("textDocument/documentSymbol", json!({ "textDocument": document }));
    let names: Vec<_> = symbols.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["cyber:core", "log-handler", "logger-service"]);
    assert_eq!(symbols[1]["children"][0]["children"][2]["name"], "critical");
    let folds = editor.ask("textDocument/foldingRange", json!({ "textDocument": document }));
    assert_eq!(folds.as_array().unwrap().len(), 3, "{folds}");
    let tokens = editor.ask("textDocument/semanticTokens/full", json!({ "textDocument": document }));
    assert_eq!(tokens["data"].as_array().unwrap().len() % 5, 0);
    // `package` is a keyword of seven letters at the start.
    assert_eq!(tokens["data"].as_array().unwrap()[..5], [json!(0), json!(0), json!(7), json!(11), json!(0)]);
    editor.change(LOGGER, 2, 0, (0, 7), "");
    let id = editor.request("textDocument/formatting", options);
    assert!(editor.answer(&id).unwrap_err().1.contains("does not follow the grammar"));
    editor.leave();
}

#[test]
fn what_is_unknown_broken_or_taken_back_ends_nothing() {
    let project = Project::new("neon");
    let (mut editor, _) = Editor::start(&project, &["utf-8"]);
    let id = editor.request("workspace/noSuchThing", json!({}));
    assert_eq!(editor.answer(&id).unwrap_err().0, -32601);
    let id = editor.request("textDocument/hover", json!({ "nonsense": 1 }));
    assert!(editor.answer(&id).is_err());
    assert_eq!(editor.at("textDocument/hover", "nowhere.wit", 1 << 30, 1 << 30, &json!({})), Value::Null);
    editor.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": "untitled:x", "version": 1 }, "contentChanges": [] }),
    );
    editor.tell("textDocument/didOpen", json!("nonsense"));
    editor.open(LOGGER);
    // Outside of the text, the wrong way round, and far too much.
    editor.change(LOGGER, 2, 4000, (7, 3), "x");
    editor.change(LOGGER, 3, 0, (9, 2), "");
    editor.change(LOGGER, 4, 0, (0, 0), &"(".repeat(5 << 20));
    editor.change(LOGGER, 5, 0, (0, 0), &"interface i { f: func(a: list<".repeat(2000));
    assert!(!editor.problems(LOGGER).is_empty());
    editor.leave();

    // An editor that is gone without a word takes its server along.
    let (mut editor, _) = Editor::start(&project, &["utf-8"]);
    editor.to.flush().unwrap();
    let Editor { mut child, to, .. } = editor;
    drop(to);
    child.wait().unwrap();
}

#[test]
fn the_configuration_of_editors_is_printed_and_written() {
    let project = Project::new("neon");
    for editor in ["helix", "neovim", "vscode", "zed"] {
        let output = project.verb(&["lsp", "--setup", editor]);
        assert!(stdout(&output).contains("studio") && stdout(&output).contains("lsp"), "{editor}");
    }
    let output = project.verb(&["lsp", "--setup", "helix", "--write"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(project.read(".helix/languages.toml").contains("[language-server.studio]"));
    assert_eq!(project.verb(&["lsp", "--setup", "zed", "--write"]).status.code(), Some(2));
}
