//! `flowdeck lsp`, as an editor starts it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::{BAD, flowdeck, world};

struct Editor {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Editor {
    fn new() -> Self {
        let mut process = flowdeck()
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: process.stdin.take(),
            output: BufReader::new(process.stdout.take().unwrap()),
            process,
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n", bytes.len()).unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        self.write(message.to_string().as_bytes());
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(
                self.output.read_line(&mut line).unwrap() > 0,
                "it has ended"
            );
            match line.trim().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().unwrap(),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    fn begin(&mut self) {
        self.send(json!({"id": 1, "method": "initialize", "params": {"capabilities": {}}}));
        assert_eq!(self.read()["result"]["serverInfo"]["name"], "flowdeck");
        self.send(json!({"method": "initialized", "params": {}}));
    }

    /// What it ended with: whether well, and its last words.
    fn end(mut self) -> (bool, String) {
        self.input = None;
        let ended = self.process.wait().unwrap();
        let mut said = String::new();
        self.process
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        (ended.success(), said)
    }
}

#[test]
fn an_editor_gets_checks_and_says_goodbye() {
    let world = world();
    let path = world.path().join("flows/bad/flow.dag.yaml");
    let uri = format!("file://{}", path.display());
    let mut editor = Editor::new();
    editor.begin();
    editor.send(json!({"method": "textDocument/didOpen", "params": {
        "textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": BAD},
    }}));
    let published = editor.read();
    assert_eq!(published["params"]["uri"], uri);
    assert_eq!(
        published["params"]["diagnostics"][0]["code"],
        "NodeCircularDependency"
    );
    editor.send(json!({"id": 2, "method": "shutdown"}));
    assert_eq!(editor.read()["id"], 2);
    editor.send(json!({"method": "exit"}));
    assert_eq!(editor.end(), (true, String::new()));
}

#[test]
fn what_is_not_the_protocol_ends_it_with_a_word() {
    for broken in [&b"\xff\xfe{}"[..], b"{", b"[]"] {
        let mut editor = Editor::new();
        editor.begin();
        editor.write(broken);
        let (ended_well, said) = editor.end();
        assert!(!ended_well, "{broken:?}");
        assert!(
            said.contains("can't be read") && !said.contains("panicked"),
            "{said}"
        );
    }
}

#[test]
fn an_editor_that_is_gone_ends_it() {
    let mut editor = Editor::new();
    editor.begin();
    assert_eq!(editor.end(), (true, String::new()));
}
