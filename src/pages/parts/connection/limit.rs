//! The flows that may use a connection.

use std::collections::BTreeSet;

use flowdeck_contract::{flows::FlowSummary, ids::FlowId};
use leptos::prelude::*;

use super::{
    entries::Place,
    fields::Fault,
    form::{Form, control_id, fault_id},
    style,
};
use crate::{
    api::{Api, Load, Remote},
    pages::parts::form_style,
    ui::{Each, Skeleton},
};

/// All flows, or those that are named.
#[component]
pub(super) fn LimitField() -> impl IntoView {
    let form = Form::from_context();
    let place = Place::Flows;
    let is_limited = Memo::new(move |_| form.entries.with(|entries| entries.flows.is_some()));
    let choose = move |limited: bool| {
        form.edit(|entries| entries.flows = limited.then(BTreeSet::new));
    };
    let radio = move |limited: bool, id: &'static str, label: &'static str| {
        view! {
            <div class=form_style::radio>
                <input
                    id=id
                    type="radio"
                    name="connection-limit"
                    prop:checked=move || is_limited.get() == limited
                    on:change=move |_| choose(limited)
                />
                <label for=id>{label}</label>
            </div>
        }
    };
    view! {
        <fieldset
            id=control_id(&place)
            class=form_style::group
            tabindex="-1"
            aria-describedby=fault_id(&place)
        >
            <legend class=form_style::legend>"Flows that can use it"</legend>
            {radio(false, "connection-all-flows", "All flows of this project")}
            {radio(true, "connection-some-flows", "Selected flows")}
            <Show when=move || is_limited.get()>
                <FlowChoice />
            </Show>
            <Fault place=place.clone() />
        </fieldset>
    }
}

#[component]
fn FlowChoice() -> impl IntoView {
    let api = Api::from_context();
    let flows = Remote::new(move || async move { Ok(api.flows().await?.flows) });
    let form = Form::from_context();
    let shown = move || {
        let listed = flows.get().unwrap_or_default();
        // A flow that is gone stays listed as long as the connection names it.
        let named = form.entries.with_untracked(|entries| entries.flows.clone());
        rows(listed, named.unwrap_or_default())
    };
    let is_loading = Memo::new(move |_| flows.state().with(|state| *state == Load::Loading));
    let failure = move || match flows.state().get() {
        Load::Failed(error) => Some(error.to_string()),
        Load::Loading | Load::Ready(_) => None,
    };
    view! {
        <Show when=move || is_loading.get()>
            <Skeleton lines=3 label="Loading flows" />
        </Show>
        <p class=form_style::fault>{failure}</p>
        <div class=form_style::sizes role="group" aria-label="Flows" tabindex="0">
            <Each each=shown key=|(flow, _)| flow.to_string() let(one)>
                <FlowBox flow=one.0 name=one.1 />
            </Each>
        </div>
    }
}

fn rows(listed: Vec<FlowSummary>, named: BTreeSet<FlowId>) -> Vec<(FlowId, String)> {
    let mut rows: Vec<(FlowId, String)> = listed
        .into_iter()
        .map(|flow| (flow.id, flow.name))
        .collect();
    let gone = named
        .into_iter()
        .filter(|id| !rows.iter().any(|(known, _)| known == id));
    let gone: Vec<(FlowId, String)> = gone.map(|id| (id.clone(), id.to_string())).collect();
    rows.extend(gone);
    rows
}

#[component]
fn FlowBox(flow: FlowId, name: String) -> impl IntoView {
    let form = Form::from_context();
    let id = crate::ui::unique_id("connection-flow");
    let known = flow.clone();
    let is_chosen = move || {
        form.entries.with(|entries| {
            let flows = entries.flows.as_ref();
            flows.is_some_and(|flows| flows.contains(&known))
        })
    };
    let change = move |event| {
        let chosen = event_target_checked(&event);
        form.edit(|entries| {
            let flows = entries.flows.get_or_insert_default();
            match chosen {
                true => flows.insert(flow.clone()),
                false => flows.remove(&flow),
            };
        });
    };
    view! {
        <div class=stylance::classes!(form_style::radio, style::words)>
            <input id=id.clone() type="checkbox" prop:checked=is_chosen on:change=change />
            <label for=id>{name}</label>
        </div>
    }
}
