//! Where in a Jinja template an error is. Jinja itself knows a template's line, but not its file.

use std::collections::BTreeMap;

use flowdeck_contract::{Exact, ids::FilePath, runs::SourcePlace};

/// The template of each node that has one.
pub type Templates = BTreeMap<String, FilePath>;

/// How promptflow names the line that isn't a template.
const PARSING: &str = "Jinja parsing failed at line ";
/// How Python names the code that Jinja makes of a template without a file.
const RENDERING: &str = "File \"<template>\", line ";

/// The place in the template of the node that failed with `error`; `node` where the error doesn't name it.
pub(super) fn place(
    error: &Exact,
    node: Option<&str>,
    templates: &Templates,
) -> Option<SourcePlace> {
    let named = error
        .member("messageParameters")
        .and_then(|parameters| parameters.member("node_name")?.as_text());
    let path = templates.get(node.or(named.as_deref())?)?;
    Some(SourcePlace {
        path: path.clone(),
        line: line(error)?,
    })
}

fn line(error: &Exact) -> Option<u32> {
    let message = error.member("message")?.as_text()?;
    if let Some(line) = number_after(&message, PARSING) {
        return Some(line);
    }
    let mut cause = error.member("debugInfo");
    let mut innermost = None;
    while let Some(error) = cause.filter(Exact::is_object) {
        let stack = error.member("stackTrace").and_then(|stack| stack.as_text());
        let line = stack.and_then(|stack| {
            let (_, last) = stack.rsplit_once(RENDERING)?;
            number_at(last)
        });
        innermost = line.or(innermost);
        cause = error.member("innerException");
    }
    innermost
}

fn number_after(text: &str, mark: &str) -> Option<u32> {
    number_at(text.split_once(mark)?.1)
}

fn number_at(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn templates() -> Templates {
        let path = FilePath::try_from("t/ask.jinja2").unwrap();
        Templates::from([("ask".to_owned(), path)])
    }

    #[test]
    fn a_template_that_does_not_parse_is_told_by_its_line() {
        let error = Exact::from(json!({
            "message": "Tool load failed in 'ask': Jinja parsing failed at line 3: (TemplateSyntaxError) unexpected '}'",
            "messageParameters": {"node_name": "ask"},
        }));
        let place = place(&error, None, &templates()).unwrap();
        assert_eq!((place.path.as_str(), place.line), ("t/ask.jinja2", 3));
        assert_eq!(super::place(&error, Some("other"), &templates()), None);
    }

    #[test]
    fn a_template_that_does_not_render_is_told_by_the_innermost_line() {
        let error = Exact::from(json!({
            "message": "Failed to render jinja template: UndefinedError: no 'foo'",
            "debugInfo": {"stackTrace": "File \"/v/common.py\", line 99", "innerException": {
                "stackTrace": "  File \"<template>\", line 2, in macro\n  File \"<template>\", line 12, in top-level template code\n",
                "innerException": null}},
        }));
        let place = place(&error, Some("ask"), &templates()).unwrap();
        assert_eq!(place.line, 12);
    }
}
