//! Nodes that run a tool of a package.

use super::bodies::Body;
use super::llm::wrong_value;
use super::tools::unknown_input;
use crate::mend::Mend;
use crate::problem::{Problem, Weight, quoted};
use crate::report::FileNames;
use crate::suggest::nearest;
use crate::tools::{PACKAGED, PackageTool, package_tool};
use crate::yaml::{Mapping, Value};

pub(super) fn check(
    body: &Body<'_>,
    root: Mapping<'_>,
    files: Option<&FileNames>,
    warnings: &mut Vec<Problem>,
) {
    if !["package", "package_with_prompt"].contains(&body.source_type()) {
        return;
    }
    let tool = body.source("tool");
    let Some(id) = tool.filter(|tool| !tool.is_null() && tool.as_str() != Some("")) else {
        let source = body.node.entry("source");
        let span = source.map_or(body.span, |source| source.key.span());
        let message = format!(
            "The node {} doesn't say which tool of a package it runs, so the run fails. Add `tool` to its source.",
            body.title
        );
        let problem = Problem::doubtful("ToolNotNamed", span, message);
        warnings.push(problem.weighing(body.weight(Weight::FailsRun)));
        return;
    };
    match id.as_str().and_then(package_tool) {
        Some(tool) => inputs(body, tool, warnings),
        None => warnings.push(unknown(body, id, root, files)),
    }
}

/// One that the base packages don't have; requirements may bring it.
fn unknown(
    body: &Body<'_>,
    id: Value<'_>,
    root: Mapping<'_>,
    files: Option<&FileNames>,
) -> Problem {
    let name = id.display();
    let near = nearest_tool(&name);
    if near.is_none() && has_requirements(root, files) {
        let message = format!(
            "{} isn't a tool of the base packages, so a package in your requirements file must have it.",
            quoted(&name)
        );
        return Problem::hint("UnknownTool", id.span(), message);
    }
    let advice = match near {
        Some(near) => format!("Did you mean {}?", quoted(near)),
        None => "Add the package that has it to your requirements file.".to_owned(),
    };
    let message = format!(
        "The base packages have no tool {}, so the run fails. {advice}",
        quoted(&name)
    );
    Problem::doubtful("UnknownTool", id.span(), message)
        .weighing(body.weight(Weight::FailsRun))
        .mended_by(near.map(|near| Mend::rename(id.span(), &name, near)))
}

/// By a slip in the whole name, or in its last part alone.
fn nearest_tool(name: &str) -> Option<&'static str> {
    let ids = || PACKAGED.iter().map(|tool| tool.id);
    let within = |id: &&str| {
        let last = name.rsplit('.').next().unwrap_or_default();
        name.starts_with("promptflow.tools.") && last.len() > 4 && id.ends_with(last)
    };
    nearest(name, ids()).or_else(|| ids().find(within))
}

fn has_requirements(root: Mapping<'_>, files: Option<&FileNames>) -> bool {
    let environment = root.get("environment").and_then(Value::as_mapping);
    let names = |key| environment.is_some_and(|environment| environment.get_truthy(key).is_some());
    // An image may bring packages too. Without a list of the files, nobody knows.
    names("python_requirements_txt")
        || names("image")
        || files.is_none_or(|files| files.contains("requirements.txt"))
}

fn inputs(body: &Body<'_>, tool: &PackageTool, warnings: &mut Vec<Problem>) {
    for input in body.inputs() {
        let Some(name) = input.key.as_str() else {
            continue;
        };
        if let Some(parameter) = tool.parameters.iter().find(|known| known.name == name) {
            warnings.extend(wrong_value(body, *parameter, input.value));
        } else if !tool.has_template {
            let free = tool.parameters.iter().map(|known| known.name);
            let near = nearest(name, free.filter(|known| body.given(known).is_none()));
            let what = format!("The tool {} has no input", quoted(tool.id));
            warnings.push(unknown_input(body, &what, (name, input.key.span()), near));
        }
    }
    for parameter in tool.parameters.iter().filter(|known| known.is_required) {
        if body.given(parameter.name).is_some() {
            continue;
        }
        let span = body.node.entry("inputs");
        let span = span.map_or(body.span, |inputs| inputs.key.span());
        let message = format!(
            "The tool {} needs the input {}, so the run fails without it.",
            quoted(tool.id),
            quoted(parameter.name)
        );
        let problem = Problem::doubtful("MissingToolInput", span, message);
        warnings.push(problem.weighing(body.weight(Weight::FailsRun)));
    }
}
