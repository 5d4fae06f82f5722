//! The loop: one message after another, and checks when none is left.

use std::collections::BTreeSet;

use flowdeck_language::{Answer, Lines, Request, answer};
use lsp_server::{
    Connection, ErrorCode, Message, Notification, ProtocolError, Request as Asked, RequestId,
    Response,
};
use serde_json::{Value, json};

use crate::convert;
use crate::documents::Documents;
use crate::protocol::{About, Changed, Opened};

/// Longer texts are kept and not looked into: an editor would wait for seconds.
const LONGEST: usize = 8 << 20;

pub(crate) struct Server<'c> {
    connection: &'c Connection,
    documents: Documents,
    /// The documents whose checks are older than their text.
    unchecked: BTreeSet<String>,
}

impl<'c> Server<'c> {
    pub(crate) fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            documents: Documents::default(),
            unchecked: BTreeSet::new(),
        }
    }

    /// Until the editor says goodbye, or is gone.
    pub(crate) fn serve(mut self) -> Result<(), ProtocolError> {
        loop {
            // What is typed fast is checked once, when nothing else waits.
            let message = match self.connection.receiver.try_recv() {
                Ok(message) => message,
                Err(_) => {
                    self.check();
                    match self.connection.receiver.recv() {
                        Ok(message) => message,
                        Err(_) => return Ok(()),
                    }
                }
            };
            match message {
                Message::Request(asked) => {
                    if self.connection.handle_shutdown(&asked)? {
                        return Ok(());
                    }
                    self.request(asked);
                }
                Message::Notification(told) => self.notification(told),
                Message::Response(_) => {}
            }
        }
    }

    fn send(&self, message: impl Into<Message>) {
        // An editor that is gone ends the loop by what it no longer sends.
        let _ = self.connection.sender.send(message.into());
    }

    fn request(&self, asked: Asked) {
        let id = asked.id.clone();
        let response = match self.answered(asked) {
            Ok(result) => Response::new_ok(id, result),
            Err((code, why)) => refused(id, code, why),
        };
        self.send(response);
    }

    fn answered(&self, asked: Asked) -> Result<Value, (ErrorCode, String)> {
        let method = asked.method.as_str();
        let Some(name) = method.strip_prefix("textDocument/") else {
            return Err(unknown(method));
        };
        let about: About = serde_json::from_value(asked.params)
            .map_err(|why| (ErrorCode::InvalidParams, why.to_string()))?;
        let uri = about.text_document.uri.as_str();
        let Some(text) = self
            .documents
            .text(uri)
            .filter(|text| text.len() <= LONGEST)
        else {
            // Of what isn't open, and of what is too long, nothing is known.
            return Ok(Value::Null);
        };
        let lines = Lines::new(text);
        let missing = |what: &str| (ErrorCode::InvalidParams, format!("There is no {what}."));
        let at = || {
            let place = about.position.ok_or_else(|| missing("position"))?;
            Ok(convert::position(&lines, place))
        };
        let request = match name {
            "completion" => Request::Completions { at: at()? },
            "hover" => Request::Hover { at: at()? },
            "definition" => Request::Definition { at: at()? },
            "references" => Request::References { at: at()? },
            "prepareRename" => Request::PrepareRename { at: at()? },
            "rename" => Request::Rename {
                at: at()?,
                to: about.new_name.clone().ok_or_else(|| missing("newName"))?,
            },
            "documentSymbol" => Request::Outline,
            "foldingRange" => Request::Folds,
            "codeAction" => Request::Actions {
                of: convert::span(&lines, about.range.ok_or_else(|| missing("range"))?),
            },
            "formatting" => Request::Format,
            _ => return Err(unknown(method)),
        };
        let within = self.documents.within(uri);
        Ok(match answer(&within.workspace, &within.file, &request) {
            Answer::Completions { items } => convert::completions(&lines, &items),
            Answer::Hover { hover } => convert::hover(&lines, hover.as_ref()),
            Answer::Locations { locations } => convert::locations(&within, uri, &locations),
            Answer::Renamable { span, name } => {
                json!({"range": convert::range(&lines, span), "placeholder": name})
            }
            Answer::Refused { why } => return Err((ErrorCode::RequestFailed, why)),
            Answer::Edits { files } if name == "formatting" => convert::edits(&lines, &files),
            Answer::Edits { files } => convert::workspace_edit(&within, uri, &files),
            Answer::Outline { symbols } => convert::symbols(&lines, &symbols),
            Answer::Folds { folds } => convert::folds(&folds),
            Answer::Actions { actions } => convert::actions(&within, uri, &lines, &actions),
            Answer::Diagnostics { .. } => Value::Null,
        })
    }

    /// What an editor tells; of what can't be read nothing is done, as nobody waits for an answer.
    fn notification(&mut self, told: Notification) {
        match told.method.as_str() {
            "textDocument/didOpen" => {
                if let Ok(opened) = serde_json::from_value::<Opened>(told.params) {
                    self.put(opened.text_document.uri, opened.text_document.text);
                }
            }
            "textDocument/didChange" => {
                if let Ok(changed) = serde_json::from_value::<Changed>(told.params)
                    && let Some(last) = changed.content_changes.into_iter().next_back()
                {
                    self.put(changed.text_document.uri, last.text);
                }
            }
            "textDocument/didSave" => {
                if let Ok(about) = serde_json::from_value::<About>(told.params) {
                    let beside = self.documents.beside(&about.text_document.uri);
                    self.unchecked.extend(beside);
                }
            }
            "textDocument/didClose" => {
                if let Ok(about) = serde_json::from_value::<About>(told.params) {
                    let uri = about.text_document.uri;
                    let beside = self.documents.beside(&uri);
                    self.documents.close(&uri);
                    self.unchecked.extend(beside);
                    self.unchecked.remove(&uri);
                    self.publish(&uri, json!([]));
                }
            }
            _ => {}
        }
    }

    fn put(&mut self, uri: String, text: String) {
        self.documents.put(uri.clone(), text);
        // What a template reads decides what its definition is told.
        self.unchecked.extend(self.documents.beside(&uri));
    }

    fn check(&mut self) {
        for uri in std::mem::take(&mut self.unchecked) {
            let Some(text) = self.documents.text(&uri) else {
                continue;
            };
            if text.len() > LONGEST {
                self.publish(&uri, json!([]));
                continue;
            }
            let lines = Lines::new(text);
            let within = self.documents.within(&uri);
            let asked = answer(&within.workspace, &within.file, &Request::Diagnostics);
            if let Answer::Diagnostics { diagnostics } = asked {
                self.publish(&uri, convert::diagnostics(&lines, &diagnostics));
            }
        }
    }

    fn publish(&self, uri: &str, diagnostics: Value) {
        self.send(Notification::new(
            "textDocument/publishDiagnostics".to_owned(),
            json!({"uri": uri, "diagnostics": diagnostics}),
        ));
    }
}

fn unknown(method: &str) -> (ErrorCode, String) {
    let shown: String = method.chars().take(80).collect();
    (
        ErrorCode::MethodNotFound,
        format!("flowdeck doesn't know the request {shown}."),
    )
}

fn refused(id: RequestId, code: ErrorCode, why: String) -> Response {
    Response::new_err(id, code as i32, why)
}
