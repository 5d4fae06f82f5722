//! Asks before a flow is deleted.

use flowdeck_contract::managing::KEPT_DAYS;
use leptos::prelude::*;

use super::Managing;
use crate::{
    pages::flows::style,
    ui::{Button, ButtonKind},
};

/// Says what is deleted with the flow, and deletes it.
#[component]
pub(super) fn Removal() -> impl IntoView {
    let managing = expect_context::<Managing>();
    let Some(flow) = managing.removing.get_untracked() else {
        return ().into_any();
    };
    let within = untrack(|| managing.within(&flow.id));
    let what = match flow.id.prompty() {
        Some(_) => format!("The file {} is deleted from the flows folder.", flow.id),
        None => format!("The folder {} is deleted with every file in it.", flow.id),
    };
    let within = (!within.is_empty()).then(|| {
        let within = within
            .into_iter()
            .map(|flow| view! { <li>{flow.name}</li> });
        view! {
            <p>"These flows are in its folder and are deleted with it:"</p>
            <ul class=style::within>{within.collect_view()}</ul>
        }
    });
    let confirm = move |()| {
        managing.removing.set(None);
        managing.delete(flow.clone());
    };
    view! {
        <p>{what}</p>
        {within}
        <p>{format!("You can restore it for {KEPT_DAYS} days, with its runs and conversations.")}</p>
        <div class=style::answers>
            <Button first_focus=true on_press=move |()| managing.removing.set(None)>"Cancel"</Button>
            <Button kind=ButtonKind::Danger on_press=confirm>"Delete"</Button>
        </div>
    }
    .into_any()
}
