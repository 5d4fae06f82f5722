//! What was asked of a session: when, for what, by whom, and how it went.

use flowdeck_contract::timeline::Asked;
use leptos::prelude::*;

use crate::{
    pages::parts::StateWord,
    ui::{Elapsed, local_time},
};

stylance::import_crate_style!(style, "src/pages/parts/timeline/asked.module.css");

#[component]
pub(super) fn AskedList(asked: Vec<Asked>) -> impl IntoView {
    let rows = asked
        .into_iter()
        .map(|asked| view! { <Row asked=asked /> })
        .collect_view();
    view! {
        <ul class=style::asked aria-label="Actions">
            {rows}
        </ul>
    }
}

#[component]
fn Row(asked: Asked) -> impl IntoView {
    view! {
        <li class=style::row>
            <span class=style::muted>{local_time(asked.at.0)}</span>
            <span>{asked.what.label()} " " <span class=style::muted>{asked.by.label()}</span></span>
            <StateWord state=asked.state />
            <span class=style::muted>
                <Elapsed from=asked.at.0 until=asked.ended.map(|at| at.0) />
            </span>
            <span class=style::failure>{asked.failure}</span>
        </li>
    }
}
