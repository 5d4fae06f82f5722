//! The table of compute sessions; on a narrow screen each is a card.

use flowdeck_contract::ids::SessionId;
use leptos::prelude::*;

use super::{row::SessionRow, watched::Watched};
use crate::{
    pages::parts::{cards_style, table_style},
    ui::Each,
};

stylance::import_crate_style!(pub(super) style, "src/pages/sessions/table.module.css");

#[component]
pub(super) fn SessionTable(watched: Watched) -> impl IntoView {
    let ids = watched.ids();
    // A table that is laid out as cards stays a table for screen readers: the roles say so.
    view! {
        <table role="table" class=stylance::classes!(table_style::table, cards_style::table, style::table)>
            <caption class="visually-hidden">"Compute sessions"</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">"Flow"</th>
                    <th role="columnheader" scope="col" class=style::state>"State"</th>
                    <th role="columnheader" scope="col" class=style::compute>"Compute"</th>
                    <th role="columnheader" scope="col" class=style::identity>"Identity"</th>
                    <th role="columnheader" scope="col" class=style::started>"Started"</th>
                    <th role="columnheader" scope="col" class=style::idle>"Idle"</th>
                    <th role="columnheader" scope="col" class=style::acts>"Actions"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">
                <Each each=move || ids.get() key=SessionId::to_string let(session)>
                    <SessionRow session=session watched=watched />
                </Each>
            </tbody>
        </table>
    }
}
