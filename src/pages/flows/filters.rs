//! Which flows are shown, as chips, and how many there are.

use flowdeck_contract::flows::FlowSummary;
use leptos::prelude::*;

use super::{
    listed::{Listed, admits},
    search::{show, use_view},
};
use crate::{
    nav::use_nav,
    pages::parts::type_label,
    routes::{FlowFilter, FlowsView},
};

stylance::import_crate_style!(style, "src/pages/flows/filters.module.css");

fn label(filter: FlowFilter) -> &'static str {
    match filter {
        FlowFilter::All => "All",
        FlowFilter::Running => "Running",
        FlowFilter::WithErrors => "With errors",
        FlowFilter::LacksConnections => "Connections needed",
        FlowFilter::Type(kind) => type_label(kind),
    }
}

/// The filters, and how many flows are shown. What no flow is or lacks is left out, unless it is the one chosen.
#[component]
pub(super) fn Filters(
    /// Every flow.
    flows: Memo<Vec<FlowSummary>>,
    /// Those shown.
    listed: Memo<Vec<Listed>>,
) -> impl IntoView {
    let view = use_view();
    let chosen = Memo::new(move |_| view.with(|view| view.filter));
    let chips = FlowFilter::ALL.map(|filter| {
        let count = Memo::new(move |_| {
            flows.with(|flows| flows.iter().filter(|flow| admits(filter, flow)).count())
        });
        let is_offered = Memo::new(move |_| {
            let comes_and_goes =
                matches!(filter, FlowFilter::Type(_) | FlowFilter::LacksConnections);
            !comes_and_goes || count.get() > 0 || chosen.get() == filter
        });
        view! {
            <Show when=move || is_offered.get()>
                <Chip filter=filter count=count chosen=chosen />
            </Show>
        }
    });
    let words = move || {
        let (shown, all) = (listed.with(Vec::len), flows.with(Vec::len));
        let flows = if all == 1 { "flow" } else { "flows" };
        if shown == all {
            format!("{all} {flows}")
        } else {
            format!("{shown} of {all} {flows}")
        }
    };
    view! {
        <div class=style::bar>
            <div class=style::chips role="group" aria-label="Show flows">
                {chips.into_iter().collect_view()}
            </div>
            <p class=style::count>{words}</p>
        </div>
    }
}

#[component]
fn Chip(filter: FlowFilter, count: Memo<usize>, chosen: Memo<FlowFilter>) -> impl IntoView {
    let nav = use_nav();
    let view = use_view();
    let choose = move |_| {
        show(
            nav,
            FlowsView {
                filter,
                ..view.get_untracked()
            },
        );
    };
    view! {
        <button
            type="button"
            class=style::chip
            aria-pressed=move || (chosen.get() == filter).to_string()
            on:click=choose
        >
            {label(filter)}
            <span class=style::number>{count}</span>
        </button>
    }
}
