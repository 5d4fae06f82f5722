//! What can be asked, and what comes of it. Both go through JSON.

use flowdeck_flow::{Position, Severity, Span};
use serde::{Deserialize, Serialize};

/// A question about one file. Lines and columns count from 1, columns in `char`s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "camelCase")]
pub enum Request {
    /// What may be written at a place.
    Completions {
        /// The place of the cursor.
        at: Position,
    },
    /// What the thing at a place is.
    Hover {
        /// The place.
        at: Position,
    },
    /// Where the thing at a place comes from.
    Definition {
        /// The place.
        at: Position,
    },
    /// Where the thing at a place is named, its definition first.
    References {
        /// The place.
        at: Position,
    },
    /// Whether the thing at a place can be renamed.
    PrepareRename {
        /// The place.
        at: Position,
    },
    /// The edits that give the thing at a place another name.
    Rename {
        /// The place.
        at: Position,
        /// The new name.
        to: String,
    },
    /// The parts of the definition.
    Outline,
    /// The lines that belong together.
    Folds,
    /// What is wrong with the file.
    Diagnostics,
    /// The fixes for what is wrong in a part of the file.
    Actions {
        /// The part.
        of: Span,
    },
    /// The edits that tidy the definition without changing what it says.
    Format,
}

/// What comes of a [`Request`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "camelCase")]
pub enum Answer {
    /// To [`Request::Completions`], the likeliest first.
    Completions {
        /// What may be written.
        items: Vec<Completion>,
    },
    /// To [`Request::Hover`].
    Hover {
        /// Nothing where nothing is known.
        hover: Option<Hover>,
    },
    /// To [`Request::Definition`] and [`Request::References`].
    Locations {
        /// The places.
        locations: Vec<Location>,
    },
    /// To [`Request::PrepareRename`].
    Renamable {
        /// Where the name stands.
        span: Span,
        /// The name.
        name: String,
    },
    /// To [`Request::PrepareRename`] and [`Request::Rename`]: it can't be renamed.
    Refused {
        /// Why, for people.
        why: String,
    },
    /// To [`Request::Rename`] and [`Request::Format`].
    Edits {
        /// By file; the places are those before any of the edits.
        files: Vec<FileEdits>,
    },
    /// To [`Request::Outline`].
    Outline {
        /// In the order of the file.
        symbols: Vec<Symbol>,
    },
    /// To [`Request::Folds`].
    Folds {
        /// By their first lines.
        folds: Vec<Fold>,
    },
    /// To [`Request::Diagnostics`].
    Diagnostics {
        /// Errors first.
        diagnostics: Vec<Diagnostic>,
    },
    /// To [`Request::Actions`].
    Actions {
        /// In the order of the diagnostics.
        actions: Vec<Action>,
    },
}

/// Something that may be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// What is shown, and compared with what is typed.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// A few words beside the label.
    pub detail: String,
    /// What it means, in Markdown.
    pub documentation: String,
    /// What is written where.
    pub edit: Edit,
}

/// What a [`Completion`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CompletionKind {
    /// A key.
    Key,
    /// A word out of a few.
    Word,
    /// A reference to an input or node.
    Reference,
    /// A file of the flow folder.
    File,
    /// The name of a connection.
    Connection,
    /// A deployment or model.
    Model,
    /// An input of a tool.
    Parameter,
    /// A tool of a package.
    Tool,
    /// A package.
    Package,
}

/// Text in the place of other text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What stands there then.
    pub text: String,
}

/// The edits of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileEdits {
    /// Its path in the flow folder.
    pub file: String,
    /// In the order of their places; none lies over another.
    pub edits: Vec<Edit>,
}

/// What a thing is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hover {
    /// The thing's place.
    pub span: Span,
    /// What it is, in Markdown. Names of the flow stand in code spans.
    pub markdown: String,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Its path in the flow folder.
    pub file: String,
    /// The place.
    pub span: Span,
}

/// A part of the definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// A few words beside the name.
    pub detail: String,
    /// All of it.
    pub span: Span,
    /// Its name's place, which lies in `span`.
    pub name_span: Span,
}

/// What a [`Symbol`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SymbolKind {
    /// An input of the flow.
    Input,
    /// An output of the flow.
    Output,
    /// A node.
    Node,
    /// The variants of a node.
    Variants,
}

/// Lines that belong together, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fold {
    /// The line that stays.
    pub from: u32,
    /// The last line that goes.
    pub to: u32,
}

/// Something wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// A stable code.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong and what to do. Quotes text of the flow: never markup.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What would mend it.
    pub fix: Option<Action>,
    /// The section of the guide, as a path from its folder: `checks.md#unusednode`.
    pub guide: String,
}

/// What mends something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// What it does, as a button says it.
    pub label: String,
    /// The code of what it mends.
    pub code: String,
    /// The edit.
    pub edit: Option<Edit>,
    /// The file to make, empty.
    pub creates: Option<String>,
}
