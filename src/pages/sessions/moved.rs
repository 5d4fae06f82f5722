//! That the tag of a session's image now stands for another image, and where to get the new one.

use flowdeck_contract::{ids::FlowId, sessions::SessionSummary};
use leptos::prelude::*;

use super::style;
use crate::{nav::Link, routes::Route, ui::Icon};

/// A note in the table.
#[component]
pub(super) fn MovedNote(one: Memo<Option<SessionSummary>>) -> impl IntoView {
    let moved = moved(one);
    move || {
        moved.get().map(|(image, flow)| {
            view! {
                <p class=style::moved title=sentence(&image)>
                    {Icon::Warning.view()} " Its image tag has changed. " {offer(flow, "visually-hidden")}
                </p>
            }
        })
    }
}

/// The fact on the page of a session.
#[component]
pub(super) fn MovedFact(one: Memo<Option<SessionSummary>>) -> impl IntoView {
    let moved = moved(one);
    move || {
        moved.get().map(|(image, flow)| {
            view! {
                <dt>"Base image"</dt>
                <dd class=style::moved>{Icon::Warning.view()} " " {sentence(&image)} " " {offer(flow, "")}</dd>
            }
        })
    }
}

/// The image, as it was asked for, and the flow; only of a session whose image's tag has moved.
fn moved(one: Memo<Option<SessionSummary>>) -> Memo<Option<(String, Option<FlowId>)>> {
    Memo::new(move |_| {
        one.with(|one| {
            let one = one.as_ref()?;
            Some((one.moved_image.clone()?, one.flow.clone()))
        })
    })
}

fn sentence(image: &str) -> String {
    format!("{image} now points to another image.")
}

/// Leads to where the session can be reset for the new image; one without a flow has no such place. `purpose` is the class
/// of the words that say what for.
fn offer(flow: Option<FlowId>, purpose: &'static str) -> impl IntoView {
    flow.map(|flow| {
        let name = flow.to_string();
        view! {
            <Link to=Route::flow(flow)>
                "Open the flow" <span class="visually-hidden">" " {name}</span> <span class=purpose>" to reset it"</span>
            </Link>
        }
    })
}
