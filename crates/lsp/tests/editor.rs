//! An editor that speaks the protocol with the server, over a flow folder on disk.

#![expect(clippy::unwrap_used, reason = "a test may stop at what is not there")]

use std::fs;
use std::path::Path;
use std::thread::JoinHandle;

use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

const FLOW: &str = "inputs:\n  url:\n    type: string\noutputs:\n  o:\n    type: string\n    reference: ${say.output}\nnodes:\n- name: say\n  type: prompt\n  source: {type: code, path: größe 1.jinja2}\n  inputs:\n    text: ${inputs.url}\n";
const TEMPLATE: &str = "😀 {{ text }}\n";

struct Editor {
    connection: Connection,
    server: Option<JoinHandle<std::io::Result<()>>>,
    folder: TempDir,
    asked: i32,
}

impl Editor {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("flow.dag.yaml"), FLOW).unwrap();
        fs::write(folder.path().join("größe 1.jinja2"), TEMPLATE).unwrap();
        let (connection, other) = Connection::memory();
        let server = std::thread::spawn(move || flowdeck_lsp::run(&other));
        let mut editor = Self {
            connection,
            server: Some(server),
            folder,
            asked: 0,
        };
        let answer = editor.ask("initialize", json!({"capabilities": {}}));
        assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
        editor.tell("initialized", json!({}));
        editor
    }

    fn uri(&self, file: &str) -> String {
        let folder = self.folder.path().to_str().unwrap();
        format!("file://{folder}/{file}")
    }

    fn tell(&self, method: &str, params: Value) {
        let told = Notification::new(method.to_owned(), params);
        self.connection.sender.send(told.into()).unwrap();
    }

    fn open(&self, file: &str, text: &str) {
        let document =
            json!({"uri": self.uri(file), "languageId": "yaml", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    fn response(&mut self, method: &str, params: Value) -> Response {
        self.asked += 1;
        let id = RequestId::from(self.asked);
        let asked = Request::new(id.clone(), method.to_owned(), params);
        self.connection.sender.send(asked.into()).unwrap();
        loop {
            if let Message::Response(response) = self.connection.receiver.recv().unwrap() {
                assert_eq!(response.id, id);
                return response;
            }
        }
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.response(method, params).response_result.unwrap()
    }

    /// Asks about a place of a file.
    fn at(&mut self, method: &str, file: &str, line: u32, character: u32) -> Value {
        let params = json!({
            "textDocument": {"uri": self.uri(file)},
            "position": {"line": line, "character": character},
            "context": {"includeDeclaration": true},
            "newName": "words",
        });
        self.ask(&format!("textDocument/{method}"), params)
    }

    /// The codes that are published for a file next.
    fn codes(&self, file: &str) -> Vec<String> {
        let uri = self.uri(file);
        loop {
            if let Message::Notification(told) = self.connection.receiver.recv().unwrap()
                && told.params["uri"] == *uri
            {
                let all = told.params["diagnostics"].as_array().unwrap();
                return all
                    .iter()
                    .map(|one| one["code"].as_str().unwrap().to_owned())
                    .collect();
            }
        }
    }
}

impl Drop for Editor {
    /// Every test ends as an editor does, and the server with it.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        let ended = self.server.take().unwrap().join().unwrap();
        assert!(ended.is_ok(), "{ended:?}");
    }
}

#[test]
fn checks_come_with_each_text_and_go_with_the_document() {
    let editor = Editor::new();
    editor.open("flow.dag.yaml", FLOW);
    assert_eq!(editor.codes("flow.dag.yaml"), Vec::<String>::new());
    let change = |text: &str| {
        let document = json!({"uri": editor.uri("flow.dag.yaml"), "version": 2});
        let changes = json!([{"text": text}]);
        editor.tell(
            "textDocument/didChange",
            json!({"textDocument": document, "contentChanges": changes}),
        );
    };
    change(&FLOW.replace("${say.output}", "${sy.output}"));
    assert_eq!(editor.codes("flow.dag.yaml")[0], "OutputReferenceNotFound");
    change(&FLOW.replace("größe 1", "gone"));
    assert!(
        editor
            .codes("flow.dag.yaml")
            .contains(&"MissingSourceFile".to_owned())
    );
    let document = json!({"textDocument": {"uri": editor.uri("flow.dag.yaml")}});
    editor.tell("textDocument/didClose", document);
    assert_eq!(editor.codes("flow.dag.yaml"), Vec::<String>::new());
}

#[test]
fn an_editor_is_told_what_may_stand_where_and_what_it_means() {
    let mut editor = Editor::new();
    editor.open("flow.dag.yaml", &format!("{FLOW}  "));
    let list = editor.at("completion", "flow.dag.yaml", 13, 2);
    let labels: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["label"].as_str().unwrap())
        .collect();
    assert!(
        labels.contains(&"activate") && !labels.contains(&"inputs"),
        "{labels:?}"
    );
    let hover = editor.at("hover", "flow.dag.yaml", 6, 18);
    assert!(
        hover["contents"]["value"]
            .as_str()
            .unwrap()
            .contains("`prompt`"),
        "{hover}"
    );
    let symbols = editor.at("documentSymbol", "flow.dag.yaml", 0, 0);
    let names: Vec<&str> = symbols
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["url", "o", "say"]);
    let edits = editor.at("formatting", "flow.dag.yaml", 0, 0);
    assert_eq!(edits.as_array().map(Vec::len), Some(1));
    assert_eq!(edits[0]["newText"], "\n");
}

#[test]
fn definitions_and_renames_go_through_the_files_of_the_flow() {
    let mut editor = Editor::new();
    // The template is open, the definition is read from disk.
    editor.open("gr%C3%B6%C3%9Fe%201.jinja2", TEMPLATE);
    let found = editor.at("definition", "gr%C3%B6%C3%9Fe%201.jinja2", 0, 7);
    assert_eq!(found[0]["uri"], editor.uri("flow.dag.yaml"));
    assert_eq!(
        found[0]["range"]["start"],
        json!({"line": 12, "character": 4})
    );
    editor.open("flow.dag.yaml", FLOW);
    let found = editor.at("definition", "flow.dag.yaml", 12, 5);
    assert_eq!(found[0]["uri"], editor.uri("gr%C3%B6%C3%9Fe%201.jinja2"));
    assert_eq!(
        found[0]["range"]["start"],
        json!({"line": 0, "character": 6})
    );
    let all = editor.at("references", "flow.dag.yaml", 1, 3);
    assert_eq!(all.as_array().unwrap().len(), 2);
    let place = editor.at("prepareRename", "flow.dag.yaml", 12, 5);
    assert_eq!(place["placeholder"], "text");
    let changed = editor.at("rename", "flow.dag.yaml", 12, 5);
    let changes = changed["changes"].as_object().unwrap();
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(changes.values().all(|edits| edits[0]["newText"] == "words"));
}

#[test]
fn fixes_are_quick_fixes() {
    let mut editor = Editor::new();
    editor.open(
        "flow.dag.yaml",
        &FLOW.replace("type: prompt", "type: promt"),
    );
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let params = json!({"textDocument": {"uri": editor.uri("flow.dag.yaml")}, "range": whole, "context": {"diagnostics": []}});
    let actions = editor.ask("textDocument/codeAction", params);
    assert_eq!(actions[0]["title"], "Change to 'prompt'");
    let changes = &actions[0]["edit"]["changes"][editor.uri("flow.dag.yaml")];
    assert_eq!(changes[0]["newText"], "prompt");
}

#[test]
fn hostile_messages_are_refused_and_the_next_is_answered() {
    let mut editor = Editor::new();
    let at = |uri: &str| json!({"textDocument": {"uri": uri}, "position": {"line": 4_000_000_000_u32, "character": 4_000_000_000_u32}});
    for uri in [
        "",
        "::",
        "file://",
        "file:///%zz",
        "http://x/flow.dag.yaml",
        "file:///nowhere/flow.dag.yaml",
    ] {
        assert_eq!(
            editor.ask("textDocument/hover", at(uri)),
            Value::Null,
            "{uri}"
        );
        let document = json!({"uri": uri, "text": FLOW});
        editor.tell("textDocument/didOpen", json!({"textDocument": document}));
        let list = editor.ask("textDocument/completion", at(uri));
        assert!(list["items"].is_array(), "{uri}");
    }
    for (method, params) in [
        ("textDocument/hover", json!({"textDocument": 5})),
        ("textDocument/hover", json!({"textDocument": {"uri": "::"}})),
        ("textDocument/hover", Value::Null),
        ("textDocument/nothing", at("::")),
        ("flowdeck/nothing", json!([1])),
    ] {
        assert!(
            editor.response(method, params).response_result.is_err(),
            "{method}"
        );
    }
    for method in [
        "textDocument/didOpen",
        "textDocument/didChange",
        "textDocument/didClose",
        "$/nothing",
    ] {
        editor.tell(method, json!({"textDocument": {"uri": 1}}));
    }
    // Sources that aren't UTF-8, that are folders, and that lie outside aren't read.
    fs::write(
        editor.folder.path().join("größe 1.jinja2"),
        b"\xff\xfe{{ a }}",
    )
    .unwrap();
    fs::create_dir(editor.folder.path().join("folder.py")).unwrap();
    let text = FLOW.to_owned()
        + "- {name: a, type: python, source: {path: folder.py}}\n- {name: b, type: python, source: {path: ../../etc/passwd}}\n";
    editor.open("flow.dag.yaml", &text);
    assert!(!editor.codes("flow.dag.yaml").is_empty());
    // A text as long as no flow's isn't checked.
    editor.open("flow.dag.yaml", &"a: [\n".repeat(2_000_000));
    assert!(editor.codes("flow.dag.yaml").is_empty());
    assert!(Path::new(editor.folder.path()).is_dir());
}
