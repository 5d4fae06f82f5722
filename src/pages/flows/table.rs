//! The table of flows.

use flowdeck_contract::flows::FlowSummary;
use leptos::prelude::*;

use super::{
    row::FlowRow,
    search::{matches, use_search},
};
use crate::{
    nav::{Step, use_nav},
    pages::parts::table_style,
    routes::Route,
    ui::{Button, Each, Status},
};

stylance::import_crate_style!(style, "src/pages/flows/table.module.css");

/// The flows that are searched for.
#[component]
pub(super) fn FlowTable(
    /// Every flow.
    flows: Memo<Vec<FlowSummary>>,
) -> impl IntoView {
    let search = use_search();
    let found = Memo::new(move |_| {
        search.with(|search| {
            flows.with(|flows| {
                flows
                    .iter()
                    .filter(|flow| matches(flow, search))
                    .cloned()
                    .collect::<Vec<_>>()
            })
        })
    });
    announce_count(search, found);
    let some = Memo::new(move |_| found.with(|found| !found.is_empty()));
    view! {
        <Show when=move || some.get() fallback=move || view! { <NoMatch search=search /> }>
            <table class=stylance::classes!(table_style::table, style::table)>
                <caption class="visually-hidden">"Flows"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col" class=style::wide>"Folder"</th>
                        <th scope="col" class=style::wide>"Type"</th>
                        <th scope="col" class=style::wide>"Last changed"</th>
                        <th scope="col">"Compute session"</th>
                    </tr>
                </thead>
                <tbody>
                    <Each each=move || found.get() key=|flow| flow.id.as_str().to_owned() let(flow)>
                        <FlowRow flow=flow />
                    </Each>
                </tbody>
            </table>
        </Show>
    }
}

fn announce_count(search: Memo<String>, found: Memo<Vec<FlowSummary>>) {
    let status = Status::from_context();
    Effect::new(move |known: Option<String>| {
        let search = search.get();
        if known.is_some_and(|known| known != search) {
            status.announce(match found.with_untracked(Vec::len) {
                1 => "1 flow found".to_owned(),
                count => format!("{count} flows found"),
            });
        }
        search
    });
}

#[component]
fn NoMatch(search: Memo<String>) -> impl IntoView {
    let nav = use_nav();
    view! {
        <div class=style::none>
            <p>"No flows match ‘" {search} "’."</p>
            <Button on_press=move |()| nav.go(&Route::flows(), Step::Replace)>"Clear search"</Button>
        </div>
    }
}
