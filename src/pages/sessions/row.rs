//! One compute session in the table. It keeps its elements while it changes, and so the focus.

use flowdeck_contract::{ids::SessionId, sessions::SessionSummary};
use leptos::prelude::*;

use super::{
    ending::EndButton,
    facts::{compute, identity, idle, name},
    idle::IdleText,
    moved::MovedNote,
    names::FlowNames,
    table::style,
    watched::Watched,
};
use crate::{
    nav::Link,
    pages::parts::{StateWord, capacity, cards_style, table_style},
    routes::Route,
    ui::{Ago, breakable},
};

#[component]
pub(super) fn SessionRow(session: SessionId, watched: Watched) -> impl IntoView {
    let names = FlowNames::from_context();
    let one = watched.one(session.clone());
    let text = move |read: fn(&SessionSummary) -> String| {
        Memo::new(move |_| one.with(|one| one.as_ref().map(read)))
    };
    let flow = Memo::new(move |_| one.get().and_then(|one| one.flow));
    let state = Memo::new(move |_| one.with(|one| one.as_ref().map(|one| one.state)));
    let failure = Memo::new(move |_| one.get().and_then(|one| one.failure));
    let size = Memo::new(move |_| one.get().and_then(|one| one.size));
    let started = Memo::new(move |_| one.get().and_then(|one| one.started));
    let idle = Memo::new(move |_| one.with(|one| one.as_ref().map(idle)));
    let (compute, identity, title) = (text(compute), text(identity), text(name));
    let id = session.to_string();
    let cell = stylance::classes!(table_style::cell, cards_style::cell, style::cell);
    view! {
        <tr role="row" class=stylance::classes!(table_style::row, cards_style::row, style::row)>
            <th role="rowheader" scope="row" class=cell.clone()>
                {move || match flow.get() {
                    Some(flow) => {
                        let (name, folder) = (names.of(&flow), flow.to_string());
                        view! { <Link to=Route::flow(flow) class=table_style::name title=folder>{name}</Link> }
                            .into_any()
                    }
                    None => view! { <span class=style::none>"No flow (created through the API)"</span> }.into_any(),
                }}
                <code class=style::id>{id}</code>
            </th>
            <td role="cell" class=cell.clone() data-label="State">
                <div>
                    {move || state.get().map(|state| view! { <StateWord state=state /> })}
                    {move || failure.get().map(|text| view! { <p class=style::failure title=text.clone()>{text.clone()}</p> })}
                    <MovedNote one=one />
                </div>
            </td>
            <td role="cell" class=cell.clone() data-label="Compute">
                <div>
                    {compute}
                    <span class=style::size title=move || size.get().as_ref().map(capacity)>
                        {move || size.with(|size| breakable(size.as_ref().map_or("Unbounded", |size| &size.name)))}
                    </span>
                </div>
            </td>
            <td role="cell" class=cell.clone() data-label="Identity">{identity}</td>
            <td role="cell" class=cell.clone() data-label="Started">
                {move || started.get().map(|at| view! { <Ago at=at.0 /> })}
            </td>
            <td role="cell" class=cell.clone() data-label="Idle">
                <IdleText idle=idle />
            </td>
            <td role="cell" class=cell>
                <div class=style::actions>
                    <Link to=Route::Session(session.clone())>
                        "Log and timeline" <span class="visually-hidden">" of " {title}</span>
                    </Link>
                    <EndButton session=session one=one />
                </div>
            </td>
        </tr>
    }
}
