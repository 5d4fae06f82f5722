//! One connection in the table.

use flowdeck_contract::connections::{ConnectionView, TestResult};
use leptos::prelude::*;

use super::{
    Listed,
    facts::{by_flow, points_to, signs_in, trouble},
    removing::Removing,
    renaming::Renaming,
    table::style,
};
use crate::{
    nav::Link,
    pages::parts::{cards_style, table_style},
    routes::Route,
    ui::{Ago, Icon, MenuButton, MenuItem, breakable},
};

#[component]
pub(super) fn ConnectionRow(view: ConnectionView, listed: Listed) -> impl IntoView {
    let cell = stylance::classes!(table_style::cell, cards_style::cell);
    let name = view.name.to_string();
    let uses = by_flow(&view.used_by).into_iter().map(|(flow, nodes)| {
        let folder = flow.to_string();
        let nodes = nodes.join(", ");
        view! {
            <li>
                <Link to=Route::flow(flow)>{breakable(&folder)}</Link>
                <span class=style::note>{nodes}</span>
            </li>
        }
    });
    let uses: Vec<_> = uses.collect();
    let uses = match uses.is_empty() {
        true => view! { <span class=style::note>"No flow"</span> }.into_any(),
        false => view! { <ul>{uses}</ul> }.into_any(),
    };
    let limited = view.flows.as_ref().map(|flows| match flows.len() {
        1 => "Only for 1 flow".to_owned(),
        count => format!("Only for {count} flows"),
    });
    let used = match view.last_used {
        Some(at) => view! { <Ago at=at.0 /> }.into_any(),
        None => view! { <span class=style::note>"Never"</span> }.into_any(),
    };
    view! {
        <tr role="row" class=stylance::classes!(table_style::row, cards_style::row)>
            <th role="rowheader" scope="row" class=cell.clone()>
                <Link to=Route::Connection(name.clone()) class=table_style::name>
                    {breakable(&name)}
                </Link>
                {trouble(&view).map(|text| view! { <p class=style::bad>{text}</p> })}
            </th>
            <td role="cell" class=cell.clone() data-label="Type">
                <div>
                    {view.kind.display_name()}
                    {signs_in(&view).map(|text| view! { <span class=style::note>{text}</span> })}
                </div>
            </td>
            <td role="cell" class=cell.clone() data-label="Points to"><div>{breakable(&points_to(&view))}</div></td>
            <td role="cell" class=cell.clone() data-label="Used by">
                <div>{uses} {limited.map(|text| view! { <span class=style::note>{text}</span> })}</div>
            </td>
            <td role="cell" class=cell.clone() data-label="Last used">
                <div>{used}</div>
            </td>
            <td role="cell" class=cell.clone() data-label="Last test">
                <div><Tested result=view.last_test.clone() /></div>
            </td>
            <td role="cell" class=cell>
                <RowActions view=view listed=listed />
            </td>
        </tr>
    }
}

#[component]
fn Tested(#[prop(optional_no_strip)] result: Option<TestResult>) -> impl IntoView {
    match result {
        None => view! { <span class=style::note>"Not tested"</span> }.into_any(),
        Some(result) => {
            let (icon, class, word) = match result.passed {
                true => (Icon::Check, style::good, "Passed"),
                false => (Icon::Cross, style::bad, "Failed"),
            };
            view! {
                <span class=class title=result.message>{icon.view()} " " {word}</span>
                " "
                <Ago at=result.at.0 />
            }
            .into_any()
        }
    }
}

#[component]
fn RowActions(view: ConnectionView, listed: Listed) -> impl IntoView {
    let (removing, renaming) = (expect_context::<Removing>(), expect_context::<Renaming>());
    let label = format!("Actions for {}", view.name);
    let tested = view.name.clone();
    let (renamed, removed) = (view.clone(), view);
    let items = vec![
        MenuItem::new(
            "Test connection",
            None,
            Callback::new(move |()| listed.test(tested.clone())),
        ),
        MenuItem::new(
            "Rename",
            None,
            Callback::new(move |()| renaming.ask(renamed.clone())),
        ),
        MenuItem::new(
            "Delete",
            None,
            Callback::new(move |()| removing.ask(removed.clone())),
        )
        .destructive(),
    ];
    view! { <MenuButton label=label label_hidden=true items=Signal::stored(items) /> }
}
