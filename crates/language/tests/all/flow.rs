//! The flow that is asked about.

use flowdeck_language::{
    Answer, Connection, Edit, FileEdits, Lines, Position, Request, Workspace, answer,
};

pub(crate) const FLOW: &str = "\
inputs:
  url:
    type: string # of the page
    default: https://example.org
outputs:
  category:
    type: string
    reference: ${classify.output}
nodes:
- name: fetch
  type: python
  source:
    type: code
    path: fetch.py
  inputs:
    url: ${inputs.url}
- name: classify
  type: llm
  source: {type: code, path: classify.jinja2}
  inputs:
    deployment_name: gpt-4o
    text: '${fetch.output}'
  connection: open_ai_connection
  api: chat
  activate:
    when: ${fetch.output.ok}
    is: true
";

pub(crate) const TEMPLATE: &str =
    "# system:\nÄ {{ text }} and {% if text %}{{ other }}{% endif %}\n";
pub(crate) const PYTHON: &str = "from promptflow.core import tool\n\n@tool\ndef fetch(url: str, retries: int = 3) -> str:\n    return url\n";

pub(crate) fn workspace() -> Workspace {
    let texts = [
        ("flow.dag.yaml", FLOW),
        ("classify.jinja2", TEMPLATE),
        ("fetch.py", PYTHON),
        ("requirements.txt", "reque\n"),
    ];
    Workspace {
        definition: "flow.dag.yaml".into(),
        files: Some(texts.iter().map(|(path, _)| (*path).to_owned()).collect()),
        texts: texts
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect(),
        connections: vec![Connection {
            name: "open_ai_connection".into(),
            kind: "Azure OpenAI".into(),
        }],
        models: vec!["gpt-4o".into(), "gpt-4o-mini".into()],
        packages: vec!["requests".into(), "numpy".into()],
    }
}

/// The workspace with another definition.
pub(crate) fn with(text: &str) -> Workspace {
    let mut workspace = workspace();
    workspace.texts.insert("flow.dag.yaml".into(), text.into());
    workspace
}

/// The place behind the first `part` of a text.
pub(crate) fn behind(text: &str, part: &str) -> Position {
    let Some(at) = text.find(part) else {
        panic!("{part} isn't there");
    };
    Lines::new(text).position(at + part.len())
}

pub(crate) fn ask(workspace: &Workspace, file: &str, request: &Request) -> Answer {
    let answered = answer(workspace, file, request);
    // Both go through JSON on their way.
    let json = serde_json::to_string(&answered).unwrap_or_default();
    let again: Answer = serde_json::from_str(&json).unwrap_or_else(|why| panic!("{json}: {why}"));
    assert_eq!(answered, again);
    answered
}

pub(crate) fn edited(text: &str, edits: &[Edit]) -> String {
    let lines = Lines::new(text);
    let mut after = text.to_owned();
    for edit in edits.iter().rev() {
        let range = lines.offset(edit.span.start)..lines.offset(edit.span.end);
        after.replace_range(range, &edit.text);
    }
    after
}

/// The texts after edits, by file.
pub(crate) fn after(workspace: &Workspace, files: &[FileEdits]) -> Workspace {
    let mut workspace = workspace.clone();
    for file in files {
        let text = &workspace.texts[&file.file];
        let text = edited(text, &file.edits);
        workspace.texts.insert(file.file.clone(), text);
    }
    workspace
}
