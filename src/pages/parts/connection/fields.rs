//! The fields of a type.

use flowdeck_contract::connections::{AUTH_MODE, ConnectionType, FieldSpec, MEID_TOKEN};
use leptos::prelude::*;

use super::{
    entries::{Entries, Place},
    form::{Form, control_id, fault_id, help_id},
    secret_field::SecretField,
    services::Choice,
    style,
};
use crate::{pages::parts::form_style, ui::Each};

/// The fields of the chosen type.
#[component]
pub(super) fn Fields() -> impl IntoView {
    let form = Form::from_context();
    let fields = Memo::new(move |_| form.entries.with(Entries::fields));
    view! {
        <Each each=move || fields.get() key=|field| field.name.to_owned() let(field)>
            <FieldRow field=field />
        </Each>
    }
}

#[component]
fn FieldRow(field: &'static FieldSpec) -> impl IntoView {
    let form = Form::from_context();
    let place = Place::Field(field.name.to_owned());
    let choice = Memo::new(move |_| form.entries.with(|entries| entries.choice));
    let required = Memo::new(move |_| form.entries.with(|entries| entries.requires(field)));
    let control = match (field.secret, field.choices.is_empty()) {
        (true, _) => view! { <SecretField field=field /> }.into_any(),
        (false, true) => view! { <TextField field=field /> }.into_any(),
        (false, false) => view! { <ChoiceField field=field /> }.into_any(),
    };
    view! {
        <div class=form_style::field>
            <label for=control_id(&place) class=form_style::label>
                {field.label}
                <span class=style::optional>
                    {move || if required.get() { " (required)" } else { "" }}
                </span>
            </label>
            {control}
            <p id=help_id(&place) class=form_style::help>
                {move || help(choice.get(), field.name)}
            </p>
            <Fault place=place />
        </div>
    }
}

/// What is wrong at a place, below it.
#[component]
pub(super) fn Fault(place: Place) -> impl IntoView {
    let fault = Form::from_context().fault(place.clone());
    view! {
        <p id=fault_id(&place) class=form_style::fault>
            {fault}
        </p>
    }
}

#[component]
fn TextField(field: &'static FieldSpec) -> impl IntoView {
    let form = Form::from_context();
    let place = Place::Field(field.name.to_owned());
    let fault = form.fault(place.clone());
    let value = move || {
        form.entries
            .with(|entries| entries.configs.get(field.name).cloned())
            .unwrap_or_default()
    };
    let required = move || form.entries.with(|entries| entries.requires(field));
    view! {
        <input
            id=control_id(&place)
            type="text"
            autocomplete="off"
            spellcheck="false"
            placeholder=field.default.unwrap_or_default()
            aria-required=move || required().then_some("true")
            aria-invalid=move || fault.with(Option::is_some).then_some("true")
            aria-describedby=format!("{} {}", help_id(&place), fault_id(&place))
            prop:value=value
            on:input=move |event| {
                let value = event_target_value(&event);
                form.edit(|entries| {
                    entries.configs.insert(field.name.to_owned(), value);
                });
            }
        />
    }
}

#[component]
fn ChoiceField(field: &'static FieldSpec) -> impl IntoView {
    let form = Form::from_context();
    let place = Place::Field(field.name.to_owned());
    let chosen = Memo::new(move |_| {
        form.entries
            .with(|entries| entries.configs.get(field.name).cloned())
    });
    let options = field.choices.iter().map(|choice| {
        view! {
            <option
                value=*choice
                prop:selected=move || chosen.with(|chosen| chosen.as_deref() == Some(*choice))
            >
                {choice_label(field.name, choice)}
            </option>
        }
    });
    view! {
        <select
            id=control_id(&place)
            aria-describedby=format!("{} {}", help_id(&place), fault_id(&place))
            on:change=move |event| {
                let value = event_target_value(&event);
                form.edit(|entries| {
                    entries.configs.insert(field.name.to_owned(), value);
                });
            }
        >
            {options.collect_view()}
        </select>
    }
}

fn choice_label(field: &str, choice: &'static str) -> &'static str {
    match (field, choice) {
        (AUTH_MODE, MEID_TOKEN) => "Microsoft Entra ID (meid_token)",
        (AUTH_MODE, "key") => "API key (key)",
        _ => choice,
    }
}

/// What there is to know of a field.
fn help(choice: Choice, field: &str) -> &'static str {
    match (choice, field) {
        (_, AUTH_MODE) => {
            "With Microsoft Entra ID, an identity of the administrator’s configuration signs in, and no key is stored."
        }
        (Choice::Kind(ConnectionType::AzureOpenAI), "api_base") => {
            "For example, https://my-resource.openai.azure.com."
        }
        (Choice::Kind(ConnectionType::Serverless), "api_base") => {
            "The address of the endpoint. promptflow adds /v1."
        }
        (Choice::Kind(ConnectionType::CognitiveSearch), "api_base") => {
            "For example, https://my-service.search.windows.net."
        }
        (Choice::Kind(_), "endpoint") => {
            "For example, https://my-resource.cognitiveservices.azure.com."
        }
        (Choice::Kind(ConnectionType::OpenAI), "base_url") => {
            "Leave it empty for OpenAI’s own service."
        }
        (Choice::Compatible(_), "base_url") => {
            "The server’s address with /v1. In a container, localhost is the container itself."
        }
        _ => "",
    }
}
