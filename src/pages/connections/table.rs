//! The table of connections; on a narrow screen each is a card.

use flowdeck_contract::connections::ConnectionView;
use leptos::prelude::*;

use super::{Listed, row::ConnectionRow};
use crate::{
    pages::parts::{cards_style, table_style},
    ui::Each,
};

stylance::import_crate_style!(pub(super) style, "src/pages/connections/table.module.css");

#[component]
pub(super) fn ConnectionTable(listed: Listed) -> impl IntoView {
    let key = |view: &ConnectionView| view.name.to_string();
    // A table that is laid out as cards stays a table for screen readers: the roles say so.
    view! {
        <table role="table" class=stylance::classes!(table_style::table, cards_style::table, style::table)>
            <caption class="visually-hidden">"Connections"</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col" class=style::name>"Name"</th>
                    <th role="columnheader" scope="col" class=style::kind>"Type"</th>
                    <th role="columnheader" scope="col">"Points to"</th>
                    <th role="columnheader" scope="col" class=style::name>"Used by"</th>
                    <th role="columnheader" scope="col" class=style::used>"Last used"</th>
                    <th role="columnheader" scope="col" class=style::test>"Last test"</th>
                    <th role="columnheader" scope="col" class=style::acts>"Actions"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">
                <Each each=move || listed.all() key=key let(view)>
                    <ConnectionRow view=view listed=listed />
                </Each>
            </tbody>
        </table>
    }
}
