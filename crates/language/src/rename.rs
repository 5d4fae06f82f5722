//! Gives an input, an output, a node, or what a template is given another name, everywhere.

use std::collections::BTreeMap;

use flowdeck_flow::{Document, Element, Span};

use crate::cursor::Cursor;
use crate::occurrences::{self, Name, Occurrence, Occurrences};
use crate::position::Lines;
use crate::request::{Edit, FileEdits};
use crate::template;
use crate::workspace::Workspace;

/// Where a name stands that can be changed.
pub(crate) fn prepare(cursor: &Cursor<'_>) -> Result<(Span, String), String> {
    if !cursor.is_in_definition() {
        return template::variable_at(cursor).ok_or_else(|| NOTHING.to_owned());
    }
    let document = whole(&cursor.lines)?;
    let found = found(&document, cursor)?;
    can_rename(&found)?;
    Ok((found.span, found.name.word().to_owned()))
}

/// The edits, by file.
pub(crate) fn rename(cursor: &Cursor<'_>, to: &str) -> Result<Vec<FileEdits>, String> {
    let definition = Lines::new(cursor.workspace.definition_text());
    let document = whole(&definition)?;
    if !cursor.is_in_definition() {
        let (_, name) = template::variable_at(cursor).ok_or_else(|| NOTHING.to_owned())?;
        return variable(
            cursor.workspace,
            &document,
            &definition,
            (cursor.file, &name),
            to,
        );
    }
    let found = found(&document, cursor)?;
    can_rename(&found)?;
    if let Name::Parameter {
        name,
        file: Some(template),
        ..
    } = found.name
    {
        return variable(
            cursor.workspace,
            &document,
            &cursor.lines,
            (template, name),
            to,
        );
    }
    keeps_its_role(&document, &found.name)?;
    is_free(&document, &found.name, to)?;
    is_name(to)?;
    let all = occurrences::with_unplaced(&document, &cursor.lines);
    let edits = edits(&all, |one| *one == found.name, to)?;
    checked(cursor.workspace, &cursor.lines, edits)
}

const BY_HAND: &str = "The name stands where it can't be changed without breaking the file, such as in text over lines. Change it by hand.";
const NOTHING: &str =
    "There is no name here that can be changed. Place the cursor on an input, an output or a node.";

fn whole(lines: &Lines<'_>) -> Result<Document, String> {
    let document = Document::read(lines.text());
    match document.is_whole() {
        true => Ok(document),
        false => {
            Err("The definition isn't valid YAML. Fix it first, so that no name is missed.".into())
        }
    }
}

fn found<'d>(document: &'d Document, cursor: &Cursor<'_>) -> Result<Occurrence<'d>, String> {
    let all = occurrences::all(document, &cursor.lines);
    occurrences::at(&all, cursor.at).ok_or_else(|| NOTHING.to_owned())
}

fn can_rename(found: &Occurrence<'_>) -> Result<(), String> {
    match found.name {
        Name::File(_) => Err("This is the name of a file. Rename the file instead.".into()),
        Name::Parameter {
            file: Some(file), ..
        } if file.ends_with(".py") => {
            Err("This is a parameter of a Python function. Rename it there, and then here.".into())
        }
        Name::Parameter { file: None, .. } => {
            Err("This is a parameter of a tool of a package, which has its own names.".into())
        }
        _ => Ok(()),
    }
}

/// A name that can be written without quotes wherever the old one stands.
fn is_name(to: &str) -> Result<(), String> {
    let mut letters = to.chars();
    let begins = letters
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_');
    let is_word = [
        "true", "false", "null", "yes", "no", "on", "off", "y", "n", "none",
    ];
    if !begins || !letters.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')) {
        return Err("A name begins with a letter and has letters, digits, `_` and `-`.".into());
    }
    match is_word.contains(&to.to_lowercase().as_str()) {
        true => Err(format!(
            "YAML reads '{to}' as something else than a name. Take another."
        )),
        false => Ok(()),
    }
}

/// promptflow knows the history of a chat by its name, where nothing else says which input it is.
fn keeps_its_role(document: &Document, name: &Name<'_>) -> Result<(), String> {
    let is_by_name = *name == Name::Input("chat_history");
    let inputs = document.root().and_then(|root| root.get("inputs"));
    let mut inputs = inputs.into_iter().flat_map(Element::entries);
    match is_by_name && !inputs.any(|(_, input)| input.get("is_chat_history").is_some()) {
        true => Err(
            "promptflow knows the chat history by this name. Add `is_chat_history: true` to the input first.".into(),
        ),
        false => Ok(()),
    }
}

fn is_free(document: &Document, name: &Name<'_>, to: &str) -> Result<(), String> {
    let root = document.root();
    let named = |section: &str| {
        let section = root.and_then(|root| root.get(section));
        section.is_some_and(|section| section.get(to).is_some())
    };
    let nodes = root.and_then(|root| root.get("nodes"));
    let mut nodes = nodes.into_iter().flat_map(Element::items);
    let is_taken = name.word() != to
        && match name {
            Name::Input(_) => named("inputs"),
            Name::Output(_) => named("outputs"),
            Name::Node(_) => {
                // Each would be read as the flow's inputs.
                to == "inputs"
                    || to == "flow"
                    || nodes.any(|node| node.get("name").and_then(Element::shown) == Some(to))
            }
            _ => false,
        };
    match is_taken {
        true => Err(format!("'{to}' is taken. Take another name.")),
        false => Ok(()),
    }
}

/// What a template reads: there, and in what each node that runs it gives it.
fn variable(
    workspace: &Workspace,
    document: &Document,
    lines: &Lines<'_>,
    (file, name): (&str, &str),
    to: &str,
) -> Result<Vec<FileEdits>, String> {
    is_name(to)?;
    if to.contains('-') {
        return Err("A template reads '-' as minus. Use letters, digits and `_`.".into());
    }
    let plain = crate::navigate::plain(file);
    let root = document.root();
    let bodies = root.into_iter().flat_map(occurrences::bodies);
    let mut of_file = bodies.filter(|(body, _)| {
        let path = body
            .get("source")
            .and_then(|source| source.get("path")?.text());
        path.is_some_and(|path| crate::navigate::plain(path) == plain)
    });
    let is_given = |(body, _): (Element<'_>, &str)| {
        body.get("inputs").is_some_and(|all| all.get(to).is_some())
    };
    let is_read = !template::places(workspace, &plain, to).is_empty();
    if name != to && (is_read || of_file.any(is_given)) {
        return Err(format!("'{to}' is taken. Take another name."));
    }
    let all = occurrences::with_unplaced(document, lines);
    let is_same = |one: &Name<'_>| match *one {
        Name::Parameter {
            name: other,
            file: Some(of),
            ..
        } => other == name && crate::navigate::plain(of) == plain,
        _ => false,
    };
    let mut files = checked(workspace, lines, edits(&all, is_same, to)?)?;
    let places = template::places(workspace, &plain, name).into_iter();
    let places: Vec<Edit> = places
        .map(|place| Edit {
            span: place.span,
            text: to.to_owned(),
        })
        .collect();
    if !places.is_empty() {
        files.push(FileEdits {
            file: plain,
            edits: places,
        });
    }
    Ok(files)
}

fn edits(
    all: &Occurrences<'_>,
    is_same: impl Fn(&Name<'_>) -> bool,
    to: &str,
) -> Result<BTreeMap<Span, Edit>, String> {
    if all.unplaced.iter().any(&is_same) {
        return Err(BY_HAND.into());
    }
    let same = all.placed.iter().filter(|one| is_same(&one.name));
    let edits = same.map(|one| {
        let edit = Edit {
            span: one.span,
            text: to.to_owned(),
        };
        (one.span, edit)
    });
    Ok(edits.collect())
}

/// The edits of the definition, where the text can be read after them too.
fn checked(
    workspace: &Workspace,
    lines: &Lines<'_>,
    edits: BTreeMap<Span, Edit>,
) -> Result<Vec<FileEdits>, String> {
    let edits: Vec<Edit> = edits.into_values().collect();
    let after = crate::format::edited(lines, &edits);
    if !Document::read(&after).is_whole() {
        return Err(BY_HAND.into());
    }
    if edits.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![FileEdits {
        file: workspace.definition.clone(),
        edits,
    }])
}
