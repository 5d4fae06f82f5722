//! The table of flows. Laid out by grids, so that rows out of view cost nothing: a browser can't skip the rows of a real
//! table. The roles say that it is one.

use flowdeck_contract::flows::FlowSummary;
use leptos::prelude::*;

use super::{
    filters::Filters,
    heading::Heading,
    listed::{Listed, listed},
    row::FlowRow,
    search::{show, use_view},
    steps::in_steps,
};
use crate::{
    nav::use_nav,
    routes::{FlowColumn, FlowsView},
    ui::{Button, Each, Status},
};

stylance::import_crate_style!(pub(super) style, "src/pages/flows/table.module.css");

/// The flows that the address asks for.
#[component]
pub(super) fn FlowTable(
    /// Every flow.
    flows: Memo<Vec<FlowSummary>>,
) -> impl IntoView {
    let view = use_view();
    let found = Memo::new(move |_| flows.with(|flows| view.with(|view| listed(flows, view))));
    announce_count(view, found);
    let rows = in_steps(found, view);
    let some = Memo::new(move |_| found.with(|found| !found.is_empty()));
    view! {
        <Filters flows=flows listed=found />
        <Show when=move || some.get() fallback=move || view! { <NoMatch view=view /> }>
            <table role="table" aria-label="Flows" class=style::table>
                <thead role="rowgroup" class=style::head>
                    <tr role="row" class=style::row>
                        {FlowColumn::ALL
                            .map(|column| view! { <Heading column=column /> })
                            .into_iter()
                            .collect_view()}
                        <th role="columnheader" scope="col" class=style::actions>
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup" class=style::body>
                    <Each each=move || rows.get() key=|row| row.flow.id.as_str().to_owned() let(row)>
                        <FlowRow row=row />
                    </Each>
                </tbody>
            </table>
        </Show>
    }
}

fn announce_count(view: Memo<FlowsView>, found: Memo<Vec<Listed>>) {
    let status = Status::from_context();
    Effect::new(move |known: Option<FlowsView>| {
        let view = view.get();
        let narrowed = |known: FlowsView| (known.search, known.filter);
        if known.is_some_and(|known| narrowed(known) != narrowed(view.clone())) {
            status.announce(match found.with_untracked(Vec::len) {
                1 => "1 flow found".to_owned(),
                count => format!("{count} flows found"),
            });
        }
        view
    });
}

#[component]
fn NoMatch(view: Memo<FlowsView>) -> impl IntoView {
    let nav = use_nav();
    let searched = move || view.get().search.filter(|search| !search.is_empty());
    let words = move || match searched() {
        Some(search) => format!("No flows match ‘{search}’."),
        None => "No flows match this filter.".to_owned(),
    };
    let label = move || match searched() {
        Some(_) => "Clear search",
        None => "Show all flows",
    };
    let clear = move |()| {
        let order = view.get_untracked().order;
        show(
            nav,
            FlowsView {
                order,
                ..FlowsView::default()
            },
        );
    };
    view! {
        <div class=style::none>
            <p>{words}</p>
            <Button on_press=clear>{label}</Button>
        </div>
    }
}
