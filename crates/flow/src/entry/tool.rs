//! The tool that a Python file defines (promptflow's `collect_tool_function_in_module`), by its text.

use super::signature::{Signature, mask};

/// What a file has of tools.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PythonTool {
    /// One function, with what it takes.
    One(Signature),
    /// More than one, by their names: promptflow takes none of them then.
    Several(Vec<String>),
    /// None for sure.
    Missing,
    /// It has one in a way that isn't read here, such as a method of a class.
    Unknown,
}

/// The tool of a file's text.
pub(crate) fn python_tool(source: &str) -> PythonTool {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let masked = mask(source);
    let (mut names, mut is_pending, mut is_other) = (Vec::<&str>::new(), false, false);
    for line in masked.lines() {
        let inner = line.trim_start();
        if inner.is_empty() {
            continue;
        }
        let is_margin = inner.len() == line.len();
        if let Some(decorator) = inner.strip_prefix('@') {
            let is_tool = is_tool(decorator);
            is_other |= is_tool && !is_margin;
            is_pending |= is_tool && is_margin;
        } else if is_margin && !inner.starts_with([')', ']', '}']) {
            if is_pending && let Some(name) = defined(inner) {
                names.retain(|known| *known != name);
                names.push(name);
            }
            is_pending = false;
        }
    }
    match *names {
        _ if is_other => PythonTool::Unknown,
        [] if has_hidden_tool(&masked) => PythonTool::Unknown,
        [] => PythonTool::Missing,
        [name] => Signature::find(source, name).map_or(PythonTool::Unknown, PythonTool::One),
        _ => PythonTool::Several(names.into_iter().map(str::to_owned).collect()),
    }
}

/// `tool`, `promptflow.tool`, `tool(…)`.
fn is_tool(decorator: &str) -> bool {
    let name = decorator.split(['(', ' ', '\t']).next().unwrap_or_default();
    name.rsplit('.').next() == Some("tool")
}

/// The function that a line at the margin defines.
fn defined(line: &str) -> Option<&str> {
    let plain = line.strip_prefix("async ").map_or(line, str::trim_start);
    let rest = plain.strip_prefix("def ")?.trim_start();
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    rest.get(..end).filter(|name| !name.is_empty())
}

/// Whether a file without the decorator may have a tool all the same: by a call, another name or another module's names.
fn has_hidden_tool(masked: &str) -> bool {
    ["tool(", "tool as ", "import *", "ToolProvider", "exec("]
        .iter()
        .any(|sign| masked.contains(sign))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parameters(source: &str) -> Option<Vec<String>> {
        match python_tool(source) {
            PythonTool::One(signature) => {
                let parameters = signature.parameters.into_iter();
                Some(parameters.map(|parameter| parameter.name).collect())
            }
            _ => None,
        }
    }

    #[test]
    fn the_tool_is_the_function_that_is_marked() {
        for (source, expected) in [
            ("@tool\ndef f(a, b=1): ...\n", vec!["a", "b"]),
            (
                "from promptflow.core import tool\n\ndef helper(x): ...\n\n@tool\n# why\nasync def f(a: str): ...\n",
                vec!["a"],
            ),
            (
                "@promptflow.tool(\n    name='x',\n)\n@trace\ndef f(a): ...\n",
                vec!["a"],
            ),
            ("@tool\ndef f(a): ...\n@tool\ndef f(b): ...\n", vec!["b"]),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(parameters(source), Some(expected), "{source}");
        }
        for (source, expected) in [
            ("def f(a): ...\n# @tool\n", PythonTool::Missing),
            ("'''\n@tool\n'''\n", PythonTool::Missing),
            (
                "@tool\ndef f(): ...\n@tool\ndef g(): ...\n",
                PythonTool::Several(vec!["f".into(), "g".into()]),
            ),
            (
                "class A(ToolProvider):\n    @tool\n    def f(self): ...\n",
                PythonTool::Unknown,
            ),
            ("f = tool(g)\n", PythonTool::Unknown),
            ("from shared import *\n", PythonTool::Unknown),
            (
                "from promptflow import tool as t\n@t\ndef f(): ...\n",
                PythonTool::Unknown,
            ),
        ] {
            assert_eq!(python_tool(source), expected, "{source}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(source in "(@tool|def f\\(|\\):|\n|    |'''|[a-zé(),:=#]){0,40}") {
            let _ = python_tool(&source);
        }
    }
}
