//! What to know of an install before it begins.

use flowdeck_contract::packages::PlanWarning;
use leptos::prelude::*;

use crate::{
    pages::flow::asked_by::{OpenLine, place},
    ui::{Notice, NoticeKind},
};

#[component]
pub(super) fn Warnings(warnings: Vec<PlanWarning>) -> impl IntoView {
    let title = match warnings.len() {
        0 => return None,
        1 => "1 warning".to_owned(),
        count => format!("{count} warnings"),
    };
    let rows = warnings
        .into_iter()
        .map(|PlanWarning { message, asked_by }| {
            let at = asked_by.as_ref().map(|line| format!(" ({})", place(line)));
            let open = asked_by.map(|line| view! { <OpenLine line=line /> });
            view! {
                <li>
                    {message}
                    {at}
                    {open}
                </li>
            }
        });
    let rows = rows.collect_view();
    Some(view! {
        <Notice kind=NoticeKind::Warning title=title>
            <ul>{rows}</ul>
        </Notice>
    })
}
