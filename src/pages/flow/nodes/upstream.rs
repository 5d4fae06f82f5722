//! What a node is given of others in a run of its own: their outputs of the last run that has them, which can be changed for
//! one run.

use std::collections::BTreeMap;

use flowdeck_contract::{Exact, Values, capability::Action, runs::UpstreamOutput, shown::Name};
use flowdeck_flow::{Assignment, Node};
use leptos::prelude::*;

use super::node::ShownNode;
use crate::{
    api::{Load, Remote},
    pages::{
        flow::{
            FlowContext,
            actions::{Actions, WantedRun},
        },
        parts::Failure,
    },
    ui::{Button, ButtonKind, ButtonState, Skeleton, json_fault, pretty, unique_id},
};

stylance::import_crate_style!(style, "src/pages/flow/nodes/upstream.module.css");

/// The outputs of other nodes that the shown node uses; nothing where it uses none.
#[component]
pub(super) fn NodeUpstream() -> impl IntoView {
    let ShownNode(node) = expect_context();
    let name = Memo::new(move |_| {
        node.with(|node| {
            let node = node.as_ref().filter(|node| uses_others(node))?;
            Some(node.name.clone())
        })
    });
    move || name.get().map(|name| view! { <OfOthers name=name /> })
}

fn uses_others(node: &Node) -> bool {
    let condition = node.activate.iter().map(|activate| &activate.when);
    let mut values = node
        .inputs
        .iter()
        .map(|input| &input.value)
        .chain(condition);
    values.any(|value| matches!(value, Assignment::Node { .. }))
}

/// What is typed in the place of outputs, by node.
type Typed = RwSignal<BTreeMap<String, String>>;

#[component]
fn OfOthers(name: String) -> impl IntoView {
    let context = FlowContext::from_context();
    let asked = name.clone();
    let known = Remote::new(move || {
        let (flow, node) = (context.flow(), asked.clone());
        async move { context.api.upstream(&flow, &node).await }
    });
    let ended = Memo::new(move |_| {
        let runs = context.live.runs;
        runs.with(|runs| {
            runs.iter()
                .flatten()
                .find(|run| run.state.is_over())
                .cloned()
        })
    });
    Effect::new(move |before: Option<()>| {
        ended.track();
        if before.is_some() {
            known.refresh();
        }
    });
    let typed: Typed = RwSignal::new(BTreeMap::new());
    let name = StoredValue::new(name);
    move || match known.state().get() {
        Load::Loading => {
            view! { <Skeleton lines=3 label="Loading the outputs of other nodes" /> }.into_any()
        }
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t load the outputs of other nodes"
                error=error
                on_retry=move |()| known.retry()
            />
        }
        .into_any(),
        Load::Ready(outputs) => {
            let fields = outputs.iter().cloned().map(|output| {
                view! { <OutputField output=output typed=typed /> }
            });
            let fields = fields.collect_view();
            let outputs = StoredValue::new(outputs);
            view! {
                <section class=style::root>
                    <h4>"Outputs of other nodes"</h4>
                    {fields}
                    <RunWithThese name=name outputs=outputs typed=typed />
                </section>
            }
            .into_any()
        }
    }
}

#[component]
fn RunWithThese(
    name: StoredValue<String>,
    outputs: StoredValue<Vec<UpstreamOutput>>,
    typed: Typed,
) -> impl IntoView {
    let actions = Actions::from_context();
    let given = move || typed.with(|typed| outputs.with_value(|outputs| given(outputs, typed)));
    let is_changed = Memo::new(move |_| typed.with(|typed| !typed.is_empty()));
    let state = Signal::derive(move || match given() {
        Err(node) => ButtonState::Refused(format!("Correct the output of ‘{node}’ first.")),
        Ok(_) => actions.state(Action::Run),
    });
    let press = move |()| {
        if let Ok(outputs) = untrack(given) {
            actions.run_as(WantedRun {
                node: Some(name.get_value()),
                outputs,
                ..WantedRun::default()
            });
        }
    };
    let refused = move |()| {
        if untrack(given).is_ok() {
            actions.needs_session.set(true);
        }
    };
    view! {
        <div class=style::steps>
            <Button state=state on_press=press on_refused=refused>
                "Run with these outputs"
            </Button>
            <Show when=move || is_changed.get()>
                <Button kind=ButtonKind::Quiet on_press=move |()| typed.set(BTreeMap::new())>
                    "Reset to the last run"
                </Button>
            </Show>
        </div>
    }
}

#[component]
fn OutputField(output: UpstreamOutput, typed: Typed) -> impl IntoView {
    let (id, about) = (unique_id("upstream"), unique_id("upstream-about"));
    let (label_for, described_by) = (id.clone(), about.clone());
    let from = match &output.run {
        Some(run) => format!("From run {}.", run.number),
        None => "No run has it yet. Enter a value, or run the flow first.".to_owned(),
    };
    let is_cut = output.value.is_none() && output.bytes > 0;
    let label = format!("Output of {}", Name::from(output.node.clone()));
    let size = output.bytes.div_ceil(1024);
    let output = StoredValue::new(output);
    let text = Memo::new(move |_| {
        typed.with(|typed| {
            output.with_value(|output| match typed.get(&output.node) {
                Some(text) => text.clone(),
                None => output.value.as_ref().map(text_of).unwrap_or_default(),
            })
        })
    });
    let fault = Memo::new(move |_| {
        let is_typed = typed.with(|typed| output.with_value(|of| typed.contains_key(&of.node)));
        let text = text.get();
        is_typed.then(|| output.with_value(|output| value_of(output, &text)).err())?
    });
    let edit = move |text: String| {
        typed.update(|typed| {
            output.with_value(|output| {
                let same = output.value.as_ref().map(text_of) == Some(text.clone());
                match same {
                    true => typed.remove(&output.node),
                    false => typed.insert(output.node.clone(), text),
                };
            });
        });
    };
    if is_cut {
        return view! {
            <div class=style::field>
                <p>{label}</p>
                <p class=style::about>
                    {from} {format!(" It’s too large to edit ({size} KB). Runs use all of it.")}
                </p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class=style::field>
            <label for=label_for>{label}</label>
            <textarea
                id=id
                class=style::value
                rows="3"
                spellcheck="false"
                aria-describedby=described_by
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                prop:value=text
                on:input=move |event| edit(event_target_value(&event))
            ></textarea>
            <div id=about>
                <p class=style::fault>{fault}</p>
                <p class=style::about>{from}</p>
            </div>
        </div>
    }
    .into_any()
}

/// A text as itself, anything else as JSON.
fn text_of(value: &Exact) -> String {
    value.as_text().unwrap_or_else(|| pretty(value))
}

/// What a text stands for in the place of an output: a text where that is one, else JSON. Where no run has the output, what
/// is no JSON is a text.
fn value_of(output: &UpstreamOutput, text: &str) -> Result<Exact, String> {
    match &output.value {
        Some(value) if value.as_text().is_some() => Ok(Exact::text(text)),
        Some(_) => Exact::parse(text).map_err(|_| json_fault(text).unwrap_or_default()),
        None => Ok(Exact::parse(text).unwrap_or_else(|_| Exact::text(text))),
    }
}

/// What a run is given in the place of outputs: what was typed. The error is the node whose output makes no sense.
fn given(outputs: &[UpstreamOutput], typed: &BTreeMap<String, String>) -> Result<Values, Name> {
    let typed = outputs.iter().filter_map(|output| {
        let text = typed.get(&output.node)?;
        let value = value_of(output, text).map(|value| (output.node.clone(), value));
        Some(value.map_err(|_| Name::from(output.node.clone())))
    });
    typed.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn output(value: Option<serde_json::Value>) -> UpstreamOutput {
        UpstreamOutput {
            node: "fetch".to_owned(),
            value: value.map(Exact::from),
            run: None,
            bytes: 0,
        }
    }

    #[test]
    fn a_text_stays_a_text_and_anything_else_is_json() {
        let text = output(Some(json!("a")));
        assert_eq!(value_of(&text, "[1]"), Ok(Exact::text("[1]")));
        let list = output(Some(json!([1])));
        assert_eq!(value_of(&list, "[1.50]").unwrap().json(), "[1.50]");
        assert!(value_of(&list, "[1").unwrap_err().contains("Line 1"));
        assert_eq!(
            value_of(&output(None), "{\"a\":1}").unwrap(),
            json!({"a": 1})
        );
        assert_eq!(value_of(&output(None), "hello").unwrap(), json!("hello"));
    }

    #[test]
    fn only_what_was_typed_is_given() {
        let outputs = [output(Some(json!({"a": 1})))];
        let typed = |text: &str| {
            [("fetch".to_owned(), text.to_owned())]
                .into_iter()
                .collect()
        };
        assert!(given(&outputs, &BTreeMap::new()).unwrap().is_empty());
        assert_eq!(
            json!(given(&outputs, &typed("{}")).unwrap()),
            json!({"fetch": {}})
        );
        assert_eq!(given(&outputs, &typed("{")).unwrap_err().as_str(), "fetch");
    }
}
