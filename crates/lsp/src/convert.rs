//! From the engine's answers to the protocol's.

use flowdeck_flow::Severity;
use flowdeck_language::{
    Action, Completion, CompletionKind, Diagnostic, Edit, FileEdits, Fold, Hover, Lines, Location,
    Position, Span, Symbol, SymbolKind, Utf16,
};
use serde_json::{Value, json};

use crate::documents::Within;
use crate::protocol::{Place, Range};

pub(crate) fn position(lines: &Lines<'_>, place: Place) -> Position {
    lines.from_utf16(Utf16 {
        line: place.line,
        character: place.character,
    })
}

pub(crate) fn span(lines: &Lines<'_>, range: Range) -> Span {
    Span {
        start: position(lines, range.start),
        end: position(lines, range.end),
    }
}

fn place(lines: &Lines<'_>, at: Position) -> Value {
    let Utf16 { line, character } = lines.to_utf16(at);
    json!({"line": line, "character": character})
}

pub(crate) fn range(lines: &Lines<'_>, span: Span) -> Value {
    json!({"start": place(lines, span.start), "end": place(lines, span.end)})
}

fn edit(lines: &Lines<'_>, edit: &Edit) -> Value {
    json!({"range": range(lines, edit.span), "newText": edit.text})
}

pub(crate) fn completions(lines: &Lines<'_>, items: &[Completion]) -> Value {
    let items: Vec<Value> = items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let kind = match item.kind {
                CompletionKind::Key => 10,
                CompletionKind::Word => 12,
                CompletionKind::Reference => 18,
                CompletionKind::File => 17,
                CompletionKind::Connection | CompletionKind::Model => 21,
                CompletionKind::Parameter => 5,
                CompletionKind::Tool => 3,
                CompletionKind::Package => 9,
            };
            json!({
                "label": item.label,
                "kind": kind,
                "detail": item.detail,
                "documentation": {"kind": "markdown", "value": item.documentation},
                "sortText": format!("{index:04}"),
                "filterText": lines_filter(lines, item),
                "textEdit": edit(lines, &item.edit),
            })
        })
        .collect();
    json!({"isIncomplete": false, "items": items})
}

/// What editors compare with what stands there, which may be in quotes.
fn lines_filter(lines: &Lines<'_>, item: &Completion) -> String {
    match lines.written(item.edit.span).starts_with(['"', '\'']) {
        true => item.edit.text.clone(),
        false => item.label.clone(),
    }
}

pub(crate) fn hover(lines: &Lines<'_>, hover: Option<&Hover>) -> Value {
    hover.map_or(Value::Null, |hover| {
        json!({
            "contents": {"kind": "markdown", "value": hover.markdown},
            "range": range(lines, hover.span),
        })
    })
}

pub(crate) fn locations(within: &Within, own: &str, locations: &[Location]) -> Value {
    let one = |location: &Location| {
        let text = within.workspace.texts.get(&location.file);
        let lines = Lines::new(text.map_or("", String::as_str));
        let uri = within.uri_of(&location.file, own)?;
        Some(json!({"uri": uri, "range": range(&lines, location.span)}))
    };
    locations.iter().filter_map(one).collect()
}

/// A `WorkspaceEdit`.
pub(crate) fn workspace_edit(within: &Within, own: &str, files: &[FileEdits]) -> Value {
    let mut changes = serde_json::Map::new();
    for file in files {
        let text = within.workspace.texts.get(&file.file);
        let lines = Lines::new(text.map_or("", String::as_str));
        if let Some(uri) = within.uri_of(&file.file, own) {
            let edits = file.edits.iter().map(|one| edit(&lines, one));
            changes.insert(uri, edits.collect());
        }
    }
    json!({"changes": changes})
}

pub(crate) fn edits(lines: &Lines<'_>, files: &[FileEdits]) -> Value {
    let all = files.iter().flat_map(|file| &file.edits);
    all.map(|one| edit(lines, one)).collect()
}

pub(crate) fn symbols(lines: &Lines<'_>, symbols: &[Symbol]) -> Value {
    let one = |symbol: &Symbol| {
        let kind = match symbol.kind {
            SymbolKind::Input => 13,
            SymbolKind::Output => 8,
            SymbolKind::Node => 12,
            SymbolKind::Variants => 10,
        };
        // The protocol refuses an empty name.
        let name = match symbol.name.trim().is_empty() {
            true => "(no name)",
            false => &symbol.name,
        };
        json!({
            "name": name,
            "kind": kind,
            "detail": symbol.detail,
            "range": range(lines, symbol.span),
            "selectionRange": range(lines, symbol.name_span),
        })
    };
    symbols.iter().map(one).collect()
}

pub(crate) fn folds(folds: &[Fold]) -> Value {
    let one = |fold: &Fold| json!({"startLine": fold.from - 1, "endLine": fold.to - 1});
    folds.iter().map(one).collect()
}

pub(crate) fn diagnostics(lines: &Lines<'_>, diagnostics: &[Diagnostic]) -> Value {
    diagnostics
        .iter()
        .map(|one| diagnostic(lines, one))
        .collect()
}

fn diagnostic(lines: &Lines<'_>, one: &Diagnostic) -> Value {
    let severity = match one.severity {
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Hint => 3,
    };
    json!({
        "range": range(lines, one.span),
        "severity": severity,
        "code": one.code,
        "source": "flowdeck",
        "message": one.message,
    })
}

/// Quick fixes; one makes an empty file where that is what's missing.
pub(crate) fn actions(within: &Within, own: &str, lines: &Lines<'_>, actions: &[Action]) -> Value {
    let one = |action: &Action| {
        let change = match (&action.edit, &action.creates) {
            (Some(one), _) => json!({"changes": {own: [edit(lines, one)]}}),
            (None, Some(path)) => {
                let options = json!({"ignoreIfExists": true});
                let uri = within.uri_of(path, own)?;
                json!({"documentChanges": [{"kind": "create", "uri": uri, "options": options}]})
            }
            (None, None) => return None,
        };
        Some(json!({"title": action.label, "kind": "quickfix", "edit": change}))
    };
    actions.iter().filter_map(one).collect()
}
