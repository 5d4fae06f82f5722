//! The step that chooses the flow.

use flowdeck_contract::{flows::FlowList, ids::FlowId};
use leptos::prelude::*;

use super::style;
use crate::{
    api::{Api, Load, Remote},
    nav::Link,
    pages::parts::Failure,
    routes::Route,
    ui::Skeleton,
};

/// The flows of the project to choose from.
#[component]
pub(super) fn FlowChoice(
    chosen: Memo<Option<FlowId>>,
    #[prop(into)] on_choose: Callback<Option<FlowId>>,
) -> impl IntoView {
    let api = Api::from_context();
    let asked = Remote::new(move || async move { api.flows().await });
    let content = move || match asked.state().get() {
        Load::Loading => view! { <Skeleton lines=2 label="Loading flows" /> }.into_any(),
        Load::Failed(error) => view! {
            <Failure title="Couldn’t load the flows" error=error on_retry=move |()| asked.retry() />
        }
        .into_any(),
        Load::Ready(list) if list.flows.is_empty() => view! {
            <p>
                "No flows yet. " <Link to=Route::flows()>"See how to add one"</Link>
            </p>
        }
        .into_any(),
        Load::Ready(list) => {
            view! { <Select list=list chosen=chosen on_choose=on_choose /> }.into_any()
        }
    };
    view! {
        <section class=style::step aria-labelledby="upgrade-flow">
            <h2 id="upgrade-flow">"Flow"</h2>
            {content}
        </section>
    }
}

#[component]
fn Select(
    list: FlowList,
    chosen: Memo<Option<FlowId>>,
    on_choose: Callback<Option<FlowId>>,
) -> impl IntoView {
    let mut flows: Vec<(FlowId, String)> = list
        .flows
        .into_iter()
        .map(|flow| (flow.id, flow.name))
        .collect();
    // What a link names stays selected, and is marked as wrong.
    if let Some(flow) = chosen.get_untracked()
        && flows.iter().all(|(other, _)| *other != flow)
    {
        let name = flow.to_string();
        flows.push((flow, name));
    }
    let options = flows.into_iter().map(|(flow, name)| {
        let label = if name == flow.to_string() {
            name
        } else {
            format!("{name} ({flow})")
        };
        let value = flow.as_str().to_owned();
        let is_chosen = move || chosen.with(|chosen| chosen.as_ref() == Some(&flow));
        view! { <option value=value prop:selected=is_chosen>{label}</option> }
    });
    let choose = move |event| on_choose.run(FlowId::try_from(event_target_value(&event)).ok());
    view! {
        <div class=style::field>
            <label for="upgrade-flow-choice">"Flow to upgrade"</label>
            <select id="upgrade-flow-choice" on:change=choose>
                <option value="" prop:selected=move || chosen.with(Option::is_none)>
                    "Choose one"
                </option>
                {options.collect_view()}
            </select>
        </div>
    }
}
