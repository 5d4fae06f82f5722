//! The rows of a custom connection.

use flowdeck_contract::connections::ConnectionType;
use leptos::prelude::*;

use super::{
    entries::Place,
    fields::Fault,
    form::{Form, control_id, fault_id},
    rows::{Row, RowValue, Rows},
    secret_field::focus_next_frame,
    style,
};
use crate::{
    pages::parts::form_style,
    ui::{Button, ButtonKind, Each},
};

/// The rows, where the type is one of rows.
#[component]
pub(super) fn RowFields() -> impl IntoView {
    let form = Form::from_context();
    let is_custom = Memo::new(move |_| form.entries.with(|e| e.kind() == ConnectionType::Custom));
    view! {
        <Show when=move || is_custom.get()>
            <CustomRows />
        </Show>
    }
}

#[component]
fn CustomRows() -> impl IntoView {
    let form = Form::from_context();
    let place = Place::Rows;
    let ids = Memo::new(move |_| {
        form.entries.with(|entries| {
            let rows = entries.rows.all().iter();
            rows.map(|row| row.id).collect::<Vec<u32>>()
        })
    });
    let add = move |add: fn(&mut Rows)| {
        form.edit(|entries| add(&mut entries.rows));
        let last = ids.with_untracked(|ids| ids.last().copied());
        if let Some(id) = last {
            focus_next_frame(control_id(&Place::Row(id)));
        }
    };
    view! {
        <fieldset
            id=control_id(&place)
            class=form_style::group
            tabindex="-1"
            aria-describedby=format!("connection-rows-help {}", fault_id(&place))
        >
            <legend class=form_style::legend>"Secrets and configs"</legend>
            <p id="connection-rows-help" class=form_style::help>
                "A tool reads them as connection.secrets[\"name\"] and connection.configs[\"name\"]. Secrets can’t be read here once they’re saved."
            </p>
            <Each each=move || ids.get() key=u32::to_string let(id)>
                <RowView id=id />
            </Each>
            <div class=style::line>
                <Button on_press=move |()| add(Rows::add_secret)>"Add secret"</Button>
                <Button on_press=move |()| add(Rows::add_config)>"Add config"</Button>
            </div>
            <Fault place=place.clone() />
        </fieldset>
    }
}

#[component]
fn RowView(id: u32) -> impl IntoView {
    let form = Form::from_context();
    let place = Place::Row(id);
    let fault = form.fault(place.clone());
    let of = move |read: fn(&Row) -> String| {
        move || {
            let row = form.entries.with(|entries| entries.rows.get(id).map(read));
            row.unwrap_or_default()
        }
    };
    let is = move |test: fn(&Row) -> bool| {
        Memo::new(move |_| {
            form.entries
                .with(|entries| entries.rows.get(id).is_some_and(test))
        })
    };
    let is_stored = is(|row| row.value == RowValue::Stored);
    let word = match is(Row::is_secret).get_untracked() {
        true => "Secret",
        false => "Config",
    };
    let key = of(|row| row.key.clone());
    let remove = move |()| form.edit(|entries| entries.rows.remove(id));
    let value_id = format!("connection-value-{id}");
    view! {
        <div class=style::entry>
            <div class=form_style::field>
                <label for=control_id(&place) class=form_style::help>{word} " name"</label>
                <input
                    id=control_id(&place)
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    readonly=move || is_stored.get()
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    aria-describedby=fault_id(&place)
                    prop:value=key
                    on:input=move |event| {
                        let key = event_target_value(&event);
                        form.edit(|entries| entries.rows.edit(id, |row| row.key = key));
                    }
                />
            </div>
            <div class=form_style::field>
                <label for=value_id.clone() class=form_style::help>{word} " value"</label>
                <RowInput id=id value_id=value_id is_stored=is_stored />
            </div>
            <Button
                kind=ButtonKind::Quiet
                label=Signal::derive(move || format!("Remove {} {}", word.to_lowercase(), key()))
                on_press=remove
            >
                "Remove"
            </Button>
            <Fault place=place.clone() />
        </div>
    }
}

#[component]
fn RowInput(id: u32, value_id: String, is_stored: Memo<bool>) -> impl IntoView {
    let form = Form::from_context();
    let row = move || form.entries.with(|entries| entries.rows.get(id).cloned());
    let is_secret = untrack(|| row().is_some_and(|row| row.is_secret()));
    let value = move || match row().map(|row| row.value) {
        Some(RowValue::Secret(value) | RowValue::Config(value)) => value,
        Some(RowValue::Stored) | None => String::new(),
    };
    let put = move |text: String| {
        form.edit(|entries| {
            entries.rows.edit(id, |row| {
                row.value = match is_secret {
                    true => RowValue::Secret(text),
                    false => RowValue::Config(text),
                };
            });
        });
    };
    let (kind, autocomplete) = match is_secret {
        true => ("password", "new-password"),
        false => ("text", "off"),
    };
    let focused = value_id.clone();
    let replace = Callback::new(move |()| {
        put(String::new());
        focus_next_frame(focused.clone());
    });
    move || match is_stored.get() {
        true => view! {
            <div class=style::line>
                <output id=value_id.clone()>"Stored"</output>
                <Button on_press=replace>"Replace"</Button>
            </div>
        }
        .into_any(),
        false => view! {
            <input
                id=value_id.clone()
                type=kind
                autocomplete=autocomplete
                spellcheck="false"
                prop:value=value
                on:input=move |event| put(event_target_value(&event))
            />
        }
        .into_any(),
    }
}
