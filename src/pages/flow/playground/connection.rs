//! By which connection the model is called.

use flowdeck_contract::connections::{ConnectionName, ConnectionType};
use leptos::prelude::*;

use super::bench::Bench;
use crate::{
    pages::{
        flow::{
            needs::{Mend, MendDialog, Mending},
            nodes::service::fields::{self, Choice, Place, choices},
        },
        parts::form_style,
    },
    ui::{Button, unique_id},
};

#[component]
pub(super) fn ConnectionField() -> impl IntoView {
    let bench = Bench::from_context();
    let mending = RwSignal::new(None);
    provide_context(Mending(mending));
    let id = unique_id("connection");
    let label_for = id.clone();
    let field = move || fields::ConnectionField {
        place: Place::Connection,
        name: bench.connection.get(),
        accepts: ConnectionType::OF_LLM_NODES.to_vec(),
    };
    let all = Memo::new(move |_| {
        let list = bench.connections.list.get()?;
        Some(choices(&field(), &list, &bench.context.flow()))
    });
    let options = move || {
        let now = bench.connection.get();
        let all = all.get().unwrap_or_else(|| {
            vec![Choice {
                name: now.clone(),
                label: now.clone(),
            }]
        });
        let options = all.into_iter().map(|choice| {
            let is_chosen = choice.name == now;
            view! {
                <option value=choice.name selected=is_chosen>
                    {choice.label}
                </option>
            }
        });
        options.collect_view()
    };
    // What the project doesn't have is added; what doesn't fit is changed.
    let mend = Memo::new(move |_| {
        let list = bench.connections.list.get()?;
        let name = ConnectionName::try_from(bench.connection.get()).ok()?;
        let Some(view) = list.connections.iter().find(|view| view.name == name) else {
            return Some(Mend::Add(name, ConnectionType::OF_LLM_NODES.to_vec()));
        };
        let fits = ConnectionType::OF_LLM_NODES.contains(&view.kind);
        let flows = view.flows.as_ref();
        let may_use = flows.is_none_or(|flows| flows.contains(&bench.context.flow()));
        (!fits || !may_use || !view.missing.is_empty()).then_some(Mend::Change(name))
    });
    let offer = move || {
        let (word, about) = match mend.get()? {
            Mend::Add(name, _) => (
                "Add connection",
                format!("Add connection {name} for the call"),
            ),
            Mend::Change(name) => (
                "Edit connection",
                format!("Edit connection {name} for the call"),
            ),
        };
        let press = move |()| mending.set(mend.get_untracked());
        Some(view! {
            <div>
                <Button label=about on_press=press>
                    {word}
                </Button>
            </div>
        })
    };
    view! {
        <div class=form_style::field>
            <label class=form_style::label for=label_for>
                "Connection"
            </label>
            <select
                id=id
                on:focus=move |_| bench.connections.list.try_refresh()
                on:change=move |event| bench.chosen.set(Some(event_target_value(&event)))
            >
                {options}
            </select>
            {offer}
            <MendDialog connections=bench.connections />
        </div>
    }
}
