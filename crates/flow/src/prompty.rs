//! A prompty: a file of a prompt, with what answers it in front of it as YAML.

use std::ops::Range;

use crate::entry::type_of;
use crate::model::{EnvironmentVariable, Flow, FlowInput, ValueType};
use crate::problem::Problem;
use crate::read::Draft;
use crate::yaml::{Expander, Mapping, Span, Value};

/// The connection that a prompty names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelConnection {
    /// Its name.
    pub name: String,
    /// The line of the file that names it, from 1.
    pub line: u32,
    /// What `type` says that it leads to.
    pub service: Option<ModelService>,
}

/// The services that a prompty's model can be at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelService {
    /// Azure OpenAI.
    AzureOpenAi,
    /// OpenAI, or what speaks like it.
    OpenAi,
}

/// Where the YAML of a prompty stands; `None` when it has none. As promptflow looks for it: from the first line that ends
/// with three dashes to the last one.
pub(crate) fn front_matter(text: &str) -> Option<Range<usize>> {
    let mut start = 0;
    let ends = text.split_inclusive('\n').filter_map(|line| {
        let from = start;
        start += line.len();
        let content = line.strip_suffix('\n')?.trim_end_matches('\r');
        let end = from + content.trim_end_matches('-').len();
        content.ends_with("---").then_some((end, start))
    });
    let ends: Vec<(usize, usize)> = ends.collect();
    match (ends.first(), ends.last()) {
        (Some((_, from)), Some((to, _))) if ends.len() > 1 => Some(*from..*to),
        _ => None,
    }
}

/// The YAML alone, each line of it where it is in the file.
pub(crate) fn yaml_of(text: &str, front: &Range<usize>) -> String {
    let before = text.get(..front.start).unwrap_or_default();
    let breaks = before.matches('\n').count();
    let yaml = text.get(front.clone()).unwrap_or_default();
    format!("{}{yaml}", "\n".repeat(breaks))
}

/// The kinds of service that a prompty calls, by what `type` says.
const KINDS: [(&str, ModelService); 4] = [
    ("azure_openai", ModelService::AzureOpenAi),
    ("azure_open_ai", ModelService::AzureOpenAi),
    ("openai", ModelService::OpenAi),
    ("open_ai", ModelService::OpenAi),
];

/// What of a configuration may stand beside the name of a connection.
const BESIDE_CONNECTION: [&str; 4] = ["type", "connection", "model", "azure_deployment"];

/// What promptflow refuses when it runs the prompty.
pub(crate) fn problems(root: Mapping<'_>, draft: &Draft<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let at = |name: &str| {
        root.entry(name)
            .map_or(Span::START, |entry| entry.key.span())
    };
    let mut error =
        |span, message: &str| problems.push(Problem::new("PromptyModel", span, message));
    match root.get("model").and_then(Value::as_mapping) {
        None => error(
            at("model"),
            "The prompty says no `model`. Add one with `configuration` and `parameters`.",
        ),
        Some(model) => {
            if model
                .get("parameters")
                .and_then(Value::as_mapping)
                .is_none()
            {
                error(
                    at("model"),
                    "`model` has no `parameters`, which promptflow needs. Add `parameters: {}`.",
                );
            }
            match model.get("configuration").and_then(Value::as_mapping) {
                None => error(
                    at("model"),
                    "`model` has no `configuration`. Add one with `type: azure_openai` or `type: openai`.",
                ),
                Some(configuration) => configured(configuration, &mut error),
            }
        }
    }
    for input in &draft.inputs {
        let kind = input
            .definition
            .and_then(|definition| definition.get_str("type"));
        if kind.and_then(ValueType::parse).is_none() {
            let message =
                "The input has no `type` that promptflow knows. Add one, such as `type: string`.";
            problems.push(Problem::new("PromptyInput", input.name.span(), message));
        }
    }
    problems
}

fn configured(configuration: Mapping<'_>, error: &mut impl FnMut(Span, &str)) {
    let connection = configuration.get_truthy("connection");
    let kind = configuration.entry("type");
    if connection.is_none() && service(configuration).is_none() {
        let span = kind.map_or(configuration.head(), |entry| entry.value.span());
        error(
            span,
            "promptflow doesn’t know this `type` of model. Write `type: azure_openai` or `type: openai`.",
        );
    }
    let other = configuration.entries().find(|entry| {
        let name = entry.key.as_str().unwrap_or_default();
        !BESIDE_CONNECTION.contains(&name) && entry.value.is_truthy()
    });
    if let (Some(_), Some(other)) = (connection, other) {
        error(
            other.key.span(),
            "The connection says this already. Remove it, or remove `connection`.",
        );
    }
}

fn service(configuration: Mapping<'_>) -> Option<ModelService> {
    let kind = configuration.get_str("type")?;
    KINDS
        .iter()
        .find_map(|(name, service)| (*name == kind).then_some(*service))
}

/// Completes what is read of a prompty as of any flow.
pub(crate) fn complete(flow: &mut Flow, root: Mapping<'_>, expander: &mut Expander) {
    sampled(&mut flow.inputs, root, expander);
    let model = root.get("model").and_then(Value::as_mapping);
    let configuration = model.and_then(|model| model.get("configuration")?.as_mapping());
    let Some(configuration) = configuration else {
        return;
    };
    if let Some(entry) = configuration.entry("connection")
        && let Some(name) = entry.value.as_str().filter(|name| !name.is_empty())
    {
        flow.connection = Some(ModelConnection {
            name: name.to_owned(),
            line: entry.value.span().start.line,
            service: service(configuration),
        });
        return;
    }
    // What it takes of the environment is given to it there.
    for entry in configuration.entries() {
        let variable = entry.value.as_str().and_then(environment_variable);
        if let Some(name) = variable
            && flow
                .environment_variables
                .iter()
                .all(|known| known.name != name)
        {
            flow.environment_variables.push(EnvironmentVariable {
                name: name.to_owned(),
                value: format!("${{env:{name}}}"),
            });
        }
    }
}

/// `${env:NAME}`, as the whole value.
fn environment_variable(value: &str) -> Option<&str> {
    let name = value.strip_prefix("${env:")?.strip_suffix('}')?;
    (!name.is_empty() && !name.contains(['{', '}', '$'])).then_some(name)
}

/// The sample gives values to the inputs that have none, and is the inputs where none are declared.
fn sampled(inputs: &mut Vec<FlowInput>, root: Mapping<'_>, expander: &mut Expander) {
    let sample = root.get("sample").and_then(Value::as_mapping);
    let none_declared = inputs.is_empty();
    for entry in sample.into_iter().flat_map(Mapping::entries) {
        let name = expander.text(entry.key);
        let value = expander.json(entry.value);
        if expander.exhausted_at().is_some() || value.is_null() {
            continue;
        }
        match inputs.iter_mut().find(|input| input.name == name) {
            Some(input) if input.default.is_none() && input.long_default.is_none() => {
                input.default = Some(value);
            }
            None if none_declared => inputs.push(FlowInput {
                input_type: type_of(&value),
                default: Some(value),
                ..FlowInput::named(&name)
            }),
            _ => {}
        }
    }
}
