//! What an editor asks about the files of a flow: completion, hover, definitions, references, renames, outline, folds,
//! diagnostics with their fixes, and formatting.
//!
//! It is pure: a [`Workspace`] says what is known, a [`Request`] what is asked, and [`answer`] answers. All three go through
//! JSON, so that a worker of the browser app or a language server may ask. What the definition means is `flowdeck-flow`'s.

mod completion;
mod context;
mod cursor;
mod diagnostics;
mod folds;
mod format;
mod hover;
mod navigate;
mod occurrences;
mod outline;
mod position;
mod rename;
mod request;
mod template;
mod workspace;

pub use flowdeck_flow::{Position, Span};
pub use position::{Lines, Utf16};
pub use request::{
    Action, Answer, Completion, CompletionKind, Diagnostic, Edit, FileEdits, Fold, Hover, Location,
    Request, Symbol, SymbolKind,
};
pub use workspace::{Connection, Workspace, source_paths};

use cursor::Cursor;

/// Answers a request about `file`. Any text and any place have an answer.
#[must_use]
pub fn answer(workspace: &Workspace, file: &str, request: &Request) -> Answer {
    let text = workspace.text(file).unwrap_or_default();
    let is_definition = workspace.is_definition(file);
    let cursor = |at: Position| Cursor {
        workspace,
        file,
        lines: Lines::new(text),
        at,
    };
    match request {
        Request::Completions { at } => Answer::Completions {
            items: completion::at(&cursor(*at)),
        },
        Request::Hover { at } => Answer::Hover {
            hover: hover::at(&cursor(*at)),
        },
        Request::Definition { at } => Answer::Locations {
            locations: navigate::definition(&cursor(*at)),
        },
        Request::References { at } => Answer::Locations {
            locations: navigate::references(&cursor(*at)),
        },
        Request::PrepareRename { at } => match rename::prepare(&cursor(*at)) {
            Ok((span, name)) => Answer::Renamable { span, name },
            Err(why) => Answer::Refused { why },
        },
        Request::Rename { at, to } => match rename::rename(&cursor(*at), to) {
            Ok(files) => Answer::Edits { files },
            Err(why) => Answer::Refused { why },
        },
        Request::Outline => Answer::Outline {
            symbols: match is_definition {
                true => outline::of(text),
                false => Vec::new(),
            },
        },
        Request::Folds => Answer::Folds {
            folds: match is_definition {
                true => folds::of(text),
                false => Vec::new(),
            },
        },
        Request::Diagnostics => Answer::Diagnostics {
            diagnostics: diagnostics::of(workspace, file),
        },
        Request::Actions { of } => Answer::Actions {
            actions: diagnostics::actions(workspace, file, *of),
        },
        Request::Format => Answer::Edits {
            files: match is_definition {
                true => format::of(file, text),
                false => Vec::new(),
            },
        },
    }
}
