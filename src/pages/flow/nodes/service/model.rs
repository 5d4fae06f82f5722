//! A deployment or model: free text, with the names that the connection's service gave.

use flowdeck_contract::{
    connections::{ConnectionName, ConnectionView, TestResult},
    shown::Name,
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{
    fields::{ModelField, ModelValue},
    saving::Saving,
    style,
};
use crate::{
    api::ApiError,
    pages::flow::{FlowContext, needs::FlowConnections},
    ui::{Button, ButtonKind, ButtonState, unique_id},
};

#[component]
pub(super) fn ModelInput(
    /// The node.
    node: Name,
    /// The field, as long as the node has it.
    field: Memo<Option<ModelField>>,
    /// The connection that the node names, where there is one.
    connection: Memo<Option<ConnectionView>>,
    saving: Saving,
) -> impl IntoView {
    let id = unique_id("model");
    let (label_for, list_id, help_id) = (id.clone(), unique_id("models"), unique_id("help"));
    let (list_for, help_for) = (list_id.clone(), help_id.clone());
    let label = field
        .with_untracked(|field| field.as_ref().map(|field| field.place.label().to_owned()))
        .unwrap_or_default();
    let value = Memo::new(move |_| {
        field.with(|field| {
            field.as_ref().map_or_else(
                || ModelValue::Text(String::new()),
                |field| field.value.clone(),
            )
        })
    });
    let is_reference = move || value.with(|value| matches!(value, ModelValue::Reference(_)));
    let text = move || match value.get() {
        ModelValue::Text(text) | ModelValue::Reference(text) => text,
    };
    let models = move || {
        connection.with(|view| {
            let test = view.as_ref().and_then(|view| view.last_test.as_ref());
            test.map(|test| test.models.clone()).unwrap_or_default()
        })
    };
    let options = move || {
        let models = models().into_iter();
        models
            .map(|model| view! { <option value=model></option> })
            .collect_view()
    };
    let what = label.to_lowercase();
    let help = move || match value.get() {
        ModelValue::Reference(_) => "The flow sets it. Change it in raw file mode.".to_owned(),
        ModelValue::Text(text) if text.is_empty() => {
            format!("Enter a {what}. The connection needs one.")
        }
        ModelValue::Text(_) => String::new(),
    };
    let accessible = format!("{label} of {node}");
    let of = StoredValue::new(node.clone());
    let choose = move |event| {
        let value = event_target_value(&event).trim().to_owned();
        let place = field.with_untracked(|field| field.as_ref().map(|field| field.place.clone()));
        if let Some(place) = place.filter(|_| !value.is_empty()) {
            saving.choose(node.clone(), place, value);
        }
    };
    view! {
        <div class=style::field>
            <label for=label_for class=style::label>
                {label}
            </label>
            <div class=style::line>
                <input
                    id=id
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    list=list_id
                    aria-label=accessible
                    aria-describedby=help_id
                    readonly=is_reference
                    prop:value=text
                    on:change=choose
                />
                <datalist id=list_for>{options}</datalist>
                <Show when=move || !is_reference() && models().is_empty()>
                    <ListModels of=of.with_value(Name::clone) connection=connection />
                </Show>
            </div>
            <p id=help_for class=style::help>
                {help}
            </p>
        </div>
    }
}

/// Asks the connection's service which models it has, where nobody has asked yet.
#[component]
fn ListModels(
    /// The node.
    of: Name,
    connection: Memo<Option<ConnectionView>>,
) -> impl IntoView {
    let context = FlowContext::from_context();
    let known = FlowConnections::of(context);
    let label = format!("List models for {of}");
    let is_busy = RwSignal::new(false);
    let outcome = RwSignal::new(None::<String>);
    let name = Memo::new(move |_| connection.with(|view| Some(view.as_ref()?.name.clone())));
    let press = move |()| {
        let Some(name) = name.get_untracked() else {
            return;
        };
        is_busy.set(true);
        outcome.set(None);
        spawn_local_scoped_with_cancellation(async move {
            let answer = ask(context, &name).await;
            is_busy.set(false);
            outcome.set(words(&name, answer));
            known.list.try_refresh();
        });
    };
    let state = Signal::derive(move || ButtonState::busy_while(is_busy.get()));
    view! {
        <Show when=move || name.with(Option::is_some)>
            <Button kind=ButtonKind::Quiet state=state label=label.clone() on_press=press>
                "List models"
            </Button>
        </Show>
        <p role="status" class=style::outcome>
            {outcome}
        </p>
    }
}

async fn ask(context: FlowContext, name: &ConnectionName) -> Result<TestResult, ApiError> {
    context.api.test_connection(name).await
}

/// Why there is no list, for people; `None` when there is one.
fn words(name: &ConnectionName, answer: Result<TestResult, ApiError>) -> Option<String> {
    match answer {
        Err(error) => Some(format!(
            "Couldn’t ask {name} for its models. {}",
            error.message
        )),
        Ok(result) if !result.passed => {
            Some(format!("{name} didn’t list its models. {}", result.message))
        }
        Ok(result) if result.models.is_empty() => {
            Some(format!("{name} doesn’t list its models. Enter the name."))
        }
        Ok(_) => None,
    }
}
