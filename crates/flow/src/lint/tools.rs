//! Whether nodes give their tools what these take, by the text of their files: Python's signatures and templates' variables.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::bodies::Body;
use super::values::{article, fits, shown};
use crate::entry::{Parameter, PythonTool, python_tool, type_named};
use crate::mend::Mend;
use crate::model::NodeType;
use crate::problem::{Problem, Weight, quoted};
use crate::read::Link;
use crate::sources::jinja::{Variables, variables};
use crate::sources::{Sources, syntax};
use crate::suggest::nearest;
use crate::tools::{api, package_tool};
use crate::yaml::{Span, Value};

/// The code of an input that a template leaves alone.
pub(super) const UNUSED: &str = "UnusedTemplateInput";

/// More of one node is not read by anybody.
const MOST: usize = 20;

/// Nor has a tool that people write more inputs.
const MOST_INPUTS: usize = 200;

/// That a tool doesn't take an input. `what` begins the sentence; the name and the fix complete it.
pub(super) fn unknown_input(
    body: &Body<'_>,
    what: &str,
    (name, span): (&str, Span),
    near: Option<&str>,
) -> Problem {
    let hint = near.map_or_else(String::new, |near| {
        format!(" Did you mean {}?", quoted(near))
    });
    let message = format!("{what} {}, so the run fails.{hint}", quoted(name));
    Problem::doubtful("UnknownToolInput", span, message)
        .weighing(body.weight(Weight::FailsRun))
        .mended_by(near.map(|near| Mend::rename(span, name, near)))
}

/// What is known of the files that nodes name: each is read once.
pub(super) struct Files<'s> {
    sources: &'s Sources,
    read: BTreeMap<&'s str, Rc<Read>>,
}

/// What a file says.
struct Read {
    fault: Option<Problem>,
    tool: Option<PythonTool>,
    variables: Option<Variables>,
}

impl<'s> Files<'s> {
    pub(super) fn new(sources: &'s Sources) -> Self {
        Self {
            sources,
            read: BTreeMap::new(),
        }
    }

    /// The file that a node names, if its text is here.
    pub(super) fn of<'a>(&mut self, body: &Body<'a>) -> Option<File<'a>> {
        let path = body.source("path")?;
        let name = path.as_str()?;
        let (known, text) = self.sources.entry(name)?;
        let read = self.read.entry(known).or_insert_with(|| {
            let is_python = body.node_type() == Some(NodeType::Python);
            Rc::new(Read {
                fault: syntax(known, text),
                tool: is_python.then(|| python_tool(text)),
                variables: if is_python { None } else { variables(text) },
            })
        });
        Some(File {
            path: name,
            span: path.span(),
            read: Rc::clone(read),
        })
    }
}

/// The file that a node names.
pub(super) struct File<'a> {
    path: &'a str,
    span: Span,
    read: Rc<Read>,
}

impl File<'_> {
    /// What it reads as a template; `None` of one that can't be read, or is none.
    pub(super) fn variables(&self) -> Option<&Variables> {
        self.read.variables.as_ref()
    }
}

pub(super) fn check(body: &Body<'_>, file: &File<'_>, warnings: &mut Vec<Problem>) {
    if let Some(fault) = &file.read.fault {
        let line = fault.span.start.line;
        let message = format!(
            "The file {} has an error on line {line}, so the run fails. {}",
            quoted(file.path),
            fault.message
        );
        let problem = Problem::doubtful(fault.code, file.span, message);
        warnings.push(problem.weighing(body.weight(Weight::FailsRun)));
        return;
    }
    match body.node_type() {
        Some(NodeType::Python) => python(body, file, warnings),
        Some(NodeType::Prompt | NodeType::Llm | NodeType::CustomLlm) => {
            if let Some(variables) = file.variables() {
                template(body, file, variables, warnings);
            }
        }
        _ => {}
    }
}

fn inputs_span(body: &Body<'_>) -> Span {
    let inputs = body.node.entry("inputs");
    inputs.map_or(body.span, |inputs| inputs.key.span())
}

fn python(body: &Body<'_>, file: &File<'_>, warnings: &mut Vec<Problem>) {
    let failing = |code, message: String| {
        let problem = Problem::doubtful(code, file.span, message);
        problem.weighing(body.weight(Weight::FailsRun))
    };
    let signature = match &file.read.tool {
        Some(PythonTool::One(signature)) => signature,
        Some(PythonTool::Missing) => {
            let message = format!(
                "The file {} has no function with `@tool`, so the run fails.",
                quoted(file.path)
            );
            warnings.push(failing("ToolFunctionMissing", message));
            return;
        }
        Some(PythonTool::Several(names)) => {
            let names: Vec<String> = names.iter().take(MOST).map(|name| quoted(name)).collect();
            let message = format!(
                "The file {} has more than one function with `@tool`: {}. Keep one, so that the run doesn't fail.",
                quoted(file.path),
                names.join(", ")
            );
            warnings.push(failing("SeveralTools", message));
            return;
        }
        Some(PythonTool::Unknown) | None => return,
    };
    let given = body.node.get("inputs").and_then(Value::as_mapping);
    let is_given = |name: &str| given.is_some_and(|inputs| inputs.get(name).is_some());
    for input in body.inputs().take(MOST_INPUTS) {
        let Some(name) = input.key.as_str() else {
            continue;
        };
        let mut parameters = signature.parameters.iter();
        if let Some(parameter) = parameters.find(|parameter| parameter.name == name) {
            warnings.extend(literal(body, parameter, input.value));
        } else if !signature.takes_any {
            let free = signature.parameters.iter().map(|known| known.name.as_str());
            let near = nearest(name, free.filter(|known| !is_given(known)));
            let what = format!("The function in {} has no parameter", quoted(file.path));
            warnings.push(unknown_input(body, &what, (name, input.key.span()), near));
        }
    }
    let needed = signature.parameters.iter().take(MOST_INPUTS);
    let needed = needed.filter(|known| known.default.is_none() && !is_given(&known.name));
    for parameter in needed.take(MOST) {
        let message = format!(
            "The function in {} needs {}, which the node {} doesn't give it. The run fails.",
            quoted(file.path),
            quoted(&parameter.name),
            body.title
        );
        let problem = Problem::doubtful("MissingToolInput", inputs_span(body), message);
        warnings.push(problem.weighing(body.weight(Weight::FailsRun)));
    }
}

/// A literal that promptflow can't convert to what the parameter is annotated with.
fn literal(body: &Body<'_>, parameter: &Parameter, value: Value<'_>) -> Option<Problem> {
    let annotation = parameter.annotation.as_deref()?;
    // Of several types promptflow converts to none.
    if annotation.contains(['|', ',']) || annotation.contains("Union") {
        return None;
    }
    let value_type = type_named(annotation);
    let is_none = value.is_null() || value.as_str() == Some("");
    let is_reference = value.as_str().is_some_and(|text| text.starts_with("${"))
        || Link::of(value) != Link::Literal;
    if is_none || is_reference || fits(value, value_type) {
        return None;
    }
    let message = format!(
        "{} must be {}, but is {}. The run fails.",
        quoted(&parameter.name),
        article(value_type),
        shown(value),
    );
    let problem = Problem::doubtful("InputOfWrongType", value.span(), message);
    Some(problem.weighing(body.weight(Weight::FailsRun)))
}

fn template(body: &Body<'_>, file: &File<'_>, template: &Variables, warnings: &mut Vec<Problem>) {
    let taken = taken_by_tool(body);
    let given = body.node.get("inputs").and_then(Value::as_mapping);
    let is_given = |name: &str| given.is_some_and(|inputs| inputs.get(name).is_some());
    for name in template.read.iter().take(MOST) {
        // The connection says which of the two is the tool's.
        if taken.contains(&name.as_str()) && !["deployment_name", "model"].contains(&name.as_str())
        {
            let message = format!(
                "The template {} uses {}, which is a parameter of the tool itself, so the run fails. Use another name in \
                 both.",
                quoted(file.path),
                quoted(name)
            );
            let problem = Problem::doubtful("ReservedTemplateInput", file.span, message);
            warnings.push(problem.weighing(body.weight(Weight::FailsRun)));
        } else if !is_given(name) && !taken.contains(&name.as_str()) {
            let message = format!(
                "The template {} uses {}, which the node {} doesn't give it, so nothing stands there. Add it to the inputs.",
                quoted(file.path),
                quoted(name),
                body.title
            );
            warnings.push(Problem::doubtful(
                "MissingTemplateInput",
                inputs_span(body),
                message,
            ));
        }
    }
    if template.has_others || taken.is_empty() {
        return;
    }
    let unused = body.inputs().take(MOST_INPUTS).filter(|input| {
        let name = input.key.as_str();
        name.is_some_and(|name| !taken.contains(&name) && !template.named.contains(name))
    });
    for input in unused.take(MOST) {
        let name = input.key.display();
        let free = template.read.iter().map(String::as_str);
        let near = nearest(&name, free.filter(|known| !is_given(known)));
        let hint = near.map_or_else(String::new, |near| {
            format!(" Did you mean {}?", quoted(near))
        });
        let message = format!(
            "The template {} doesn't use the input {}.{hint}",
            quoted(file.path),
            quoted(&name)
        );
        let span = input.key.span();
        let problem = Problem::doubtful(UNUSED, span, message);
        warnings.push(problem.mended_by(near.map(|near| Mend::rename(span, &name, near))));
    }
}

/// The names that the tool takes for itself; none where the tool isn't known.
fn taken_by_tool(body: &Body<'_>) -> Vec<&'static str> {
    let (own, parameters) = match body.node_type() {
        Some(NodeType::Prompt) => return vec!["template"],
        Some(NodeType::Llm) => {
            let api = body.node.get_str("api").and_then(api);
            (&["prompt", "connection"][..], api.map(|api| api.parameters))
        }
        _ => {
            let tool = body.source("tool").and_then(Value::as_str);
            let tool = tool.and_then(package_tool);
            (&["prompt"][..], tool.map(|tool| tool.parameters))
        }
    };
    let Some(parameters) = parameters else {
        return Vec::new();
    };
    let names = parameters.iter().map(|known| known.name);
    own.iter().copied().chain(names).collect()
}
