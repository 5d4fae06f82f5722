//! What of the protocol is read, and what the server says that it can do.

use serde::Deserialize;
use serde_json::{Value, json};

/// The answer to `initialize`.
pub(crate) fn capabilities() -> Value {
    json!({
        "serverInfo": {"name": "flowdeck", "version": env!("CARGO_PKG_VERSION")},
        "capabilities": {
            "positionEncoding": "utf-16",
            // Whole texts: a flow's files are short.
            "textDocumentSync": {"openClose": true, "change": 1, "save": true},
            "completionProvider": {"triggerCharacters": ["$", "{", ".", "/", " "]},
            "hoverProvider": true,
            "definitionProvider": true,
            "referencesProvider": true,
            "renameProvider": {"prepareProvider": true},
            "documentSymbolProvider": true,
            "foldingRangeProvider": true,
            "codeActionProvider": {"codeActionKinds": ["quickfix"]},
            "documentFormattingProvider": true,
        },
    })
}

/// A place, from 0, in UTF-16 units.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) character: u32,
}

/// From a place up to another.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Range {
    pub(crate) start: Place,
    pub(crate) end: Place,
}

/// Which document is meant.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) uri: String,
}

/// What requests about a document say.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    pub(crate) text_document: Named,
    pub(crate) position: Option<Place>,
    pub(crate) range: Option<Range>,
    pub(crate) new_name: Option<String>,
}

/// `textDocument/didOpen`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Opened {
    pub(crate) text_document: OpenedText,
}

/// A document with its text.
#[derive(Debug, Deserialize)]
pub(crate) struct OpenedText {
    pub(crate) uri: String,
    pub(crate) text: String,
}

/// `textDocument/didChange`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Changed {
    pub(crate) text_document: Named,
    pub(crate) content_changes: Vec<Change>,
}

/// The whole new text.
#[derive(Debug, Deserialize)]
pub(crate) struct Change {
    pub(crate) text: String,
}
