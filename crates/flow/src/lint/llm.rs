//! LLM nodes: connection, API, model and parameters.

use super::bodies::Body;
use super::values::{article, fits, shown};
use crate::mend::Mend;
use crate::model::NodeType;
use crate::problem::{Problem, Weight, quoted};
use crate::read::Link;
use crate::sources::jinja::Variables;
use crate::suggest::nearest;
use crate::tools::{APIS, Api, Parameter, UNSUPPORTED, api};
use crate::yaml::{MappingEntry, Value};

/// `template` is what its template reads, where that is known.
pub(super) fn check(body: &Body<'_>, template: Option<&Variables>, warnings: &mut Vec<Problem>) {
    if body.node_type() != Some(NodeType::Llm) {
        return;
    }
    warnings.extend(without_connection(body));
    let Some(api) = api_of(body, warnings) else {
        return;
    };
    warnings.extend(without_model(body));
    for input in body.inputs() {
        let name = input.key.as_str().unwrap_or_default();
        let is_of_template = template.is_some_and(|template| template.named.contains(name));
        if !is_of_template || api.parameters.iter().any(|known| known.name == name) {
            warnings.extend(parameter(body, api, input));
        }
    }
}

fn is_given(value: Option<Value<'_>>) -> bool {
    value.is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
}

fn without_connection(body: &Body<'_>) -> Option<Problem> {
    let entry = body.node.entry("connection");
    if is_given(entry.map(|entry| entry.value)) {
        return None;
    }
    let span = entry.map_or(body.span, |entry| entry.key.span());
    let message = format!(
        "The LLM node {} has no `connection`, so the run fails. Name the connection to your model's service.",
        body.title
    );
    let problem = Problem::doubtful("LlmWithoutConnection", span, message);
    Some(problem.weighing(body.weight(Weight::FailsRun)))
}

/// The API that it calls; whether there is none is said here.
fn api_of(body: &Body<'_>, warnings: &mut Vec<Problem>) -> Option<&'static Api> {
    let entry = body.node.entry("api");
    let given = entry.filter(|entry| is_given(Some(entry.value)));
    let known = given.and_then(|given| api(given.value.as_str()?));
    if known.is_some() {
        return known;
    }
    let names = APIS.map(|api| api.name).join(" or ");
    let problem = match given {
        None => {
            let span = entry.map_or(body.span, |entry| entry.key.span());
            let message = format!(
                "The LLM node {} has no `api`, so the run fails. Use {names}.",
                body.title
            );
            Problem::doubtful("LlmWithoutApi", span, message)
        }
        Some(given) => {
            let name = given.value.display();
            let near = nearest(&name, APIS.iter().map(|api| api.name));
            let message = format!(
                "promptflow's LLM tool has no API {}, so the run fails. Use {names}.",
                quoted(&name)
            );
            let mend = near.map(|near| Mend::rename(given.value.span(), &name, near));
            Problem::doubtful("UnknownLlmApi", given.value.span(), message).mended_by(mend)
        }
    };
    warnings.push(problem.weighing(body.weight(Weight::FailsRun)));
    None
}

/// One of Azure takes a deployment, others take a model; the connection says which it is.
fn without_model(body: &Body<'_>) -> Option<Problem> {
    let has = |name| body.given(name).is_some();
    // Of a service that serves one model, promptflow needs no name of it.
    let (is_given, why, wanted, weight) = match body.node.get_str("provider") {
        Some("AzureOpenAI") => (
            has("deployment_name"),
            ", so the run fails",
            "`deployment_name`",
            Weight::FailsRun,
        ),
        Some("OpenAI") => (has("model"), "", "`model`", Weight::Doubtful),
        _ => (
            has("deployment_name") || has("model"),
            "",
            "`deployment_name` (Azure OpenAI) or `model`",
            Weight::Doubtful,
        ),
    };
    if is_given {
        return None;
    }
    let inputs = body.node.entry("inputs");
    let span = inputs.map_or(body.span, |inputs| inputs.key.span());
    let message = format!(
        "The LLM node {} doesn't say which model to use{why}. Add {wanted} to its inputs.",
        body.title
    );
    let problem = Problem::doubtful("LlmWithoutModel", span, message);
    Some(problem.weighing(body.weight(weight)))
}

fn parameter(body: &Body<'_>, api: &Api, input: MappingEntry<'_>) -> Option<Problem> {
    let name = input.key.as_str()?;
    if let Some(parameter) = api.parameters.iter().find(|known| known.name == name) {
        return wrong_value(body, *parameter, input.value);
    }
    let span = input.key.span();
    let other = APIS.iter().find(|other| {
        let mut parameters = other.parameters.iter();
        parameters.any(|known| known.name == name)
    });
    if UNSUPPORTED.contains(&name) {
        let message = format!(
            "promptflow's LLM tool doesn't take {}: it goes to the prompt template instead of the model. To set it, call the \
             model from a Python node.",
            quoted(name)
        );
        return Some(Problem::doubtful("UnsupportedParameter", span, message));
    }
    // What is empty isn't handed on.
    if let Some(other) = other.filter(|_| is_given(Some(input.value))) {
        let message = format!(
            "{} is a parameter of the {} API. With {}, it goes to the prompt template.",
            quoted(name),
            other.name,
            api.name
        );
        return Some(Problem::hint("ParameterOfOtherApi", span, message));
    }
    // A name of the template's own may look like a parameter; a reference is hardly one.
    if Link::of(input.value) != Link::Literal {
        return None;
    }
    let free = api.parameters.iter().map(|known| known.name);
    let near = nearest(name, free.filter(|known| body.given(known).is_none()))?;
    let message = format!(
        "promptflow's LLM tool doesn't take {}: it goes to the prompt template. Did you mean {}?",
        quoted(name),
        quoted(near)
    );
    let mend = Mend::rename(span, name, near);
    Some(Problem::doubtful("UnsupportedParameter", span, message).mended_by(Some(mend)))
}

/// A literal that promptflow can't convert.
pub(super) fn wrong_value(
    body: &Body<'_>,
    parameter: Parameter,
    value: Value<'_>,
) -> Option<Problem> {
    let value_type = parameter.value_type?;
    let is_none = value.is_null() || value.as_str() == Some("");
    let is_text_reference = value.as_str().is_some_and(|text| text.starts_with("${"));
    if is_none || is_text_reference || fits(value, value_type) {
        return None;
    }
    let message = format!(
        "{} must be {}, but is {}. The run fails.",
        quoted(parameter.name),
        article(value_type),
        shown(value),
    );
    let problem = Problem::doubtful("InputOfWrongType", value.span(), message);
    Some(problem.weighing(body.weight(Weight::FailsRun)))
}
