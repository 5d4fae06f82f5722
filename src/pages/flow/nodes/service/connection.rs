//! The list of connections that a node can call.

use flowdeck_contract::shown::Name;
use leptos::{html, prelude::*};

use super::{
    fields::{Choice, ConnectionField, choices},
    saving::Saving,
    style,
};
use crate::{
    pages::flow::{FlowContext, needs::FlowConnections},
    ui::{Each, unique_id},
};

#[component]
pub(super) fn ConnectionSelect(
    /// The node.
    node: Name,
    /// The field, as long as the node has it.
    field: Memo<Option<ConnectionField>>,
    saving: Saving,
) -> impl IntoView {
    let context = FlowContext::from_context();
    let known = FlowConnections::of(context);
    let id = unique_id("connection");
    let label_for = id.clone();
    let label = field
        .with_untracked(|field| field.as_ref().map(|field| field.place.label().to_owned()))
        .unwrap_or_default();
    let name = Memo::new(move |_| {
        field.with(|field| {
            field
                .as_ref()
                .map(|field| field.name.clone())
                .unwrap_or_default()
        })
    });
    let options = Memo::new(move |_| {
        let list = known.list.get();
        field.with(|field| match (field, list) {
            (Some(field), Some(list)) => choices(field, &list, &context.flow()),
            (Some(field), None) => vec![Choice {
                name: field.name.clone(),
                label: field.name.clone(),
            }],
            (None, _) => Vec::new(),
        })
    });
    let element = NodeRef::<html::Select>::new();
    // A choice that wasn't saved isn't shown as if it were.
    Effect::new(move |_| {
        let (now, is_refused) = (name.get(), saving.refused.with(Option::is_some));
        options.track();
        if let Some(element) = element.get()
            && (is_refused || !saving.is_busy.get_untracked())
        {
            element.set_value(&now);
        }
    });
    let accessible = format!("{label} of {node}");
    let choose = move |event| {
        let value = event_target_value(&event);
        let place = field.with_untracked(|field| field.as_ref().map(|field| field.place.clone()));
        if let Some(place) = place {
            saving.choose(node.clone(), place, value);
        }
    };
    view! {
        <div class=style::field>
            <label for=label_for class=style::label>
                {label}
            </label>
            <select
                node_ref=element
                id=id
                aria-label=accessible
                aria-busy=move || saving.is_busy.get().then_some("true")
                on:focus=move |_| known.list.try_refresh()
                on:change=choose
            >
                <Each each=move || options.get() key=|choice| choice.name.clone() let(choice)>
                    {
                        let value = choice.name.clone();
                        view! {
                            <option
                                value=choice.name
                                prop:selected=move || name.with(|name| *name == value)
                            >
                                {choice.label}
                            </option>
                        }
                    }
                </Each>
            </select>
        </div>
    }
}
