//! A failed request on the screen. Where: in the place of what could not be loaded; beside the field of a form; as a card
//! when a button of the toolbar failed. Never in two places.

use leptos::prelude::*;

use crate::{
    api::ApiError,
    ui::{Button, Notice, NoticeKind, Status, Tone},
};

stylance::import_crate_style!(style, "src/pages/parts/failure.module.css");

/// A failure in the place of what could not be loaded.
#[component]
pub fn Failure(
    /// What could not be done, in a line.
    #[prop(into)]
    title: String,
    /// Why.
    error: ApiError,
    /// Tries it again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let retry =
        on_retry.map(|on_retry| view! { <div><Button on_press=on_retry>"Retry"</Button></div> });
    view! {
        <div role="alert">
            <Notice kind=NoticeKind::Error title=title>
                <p>{error.message}</p>
                {error.remedy.map(|remedy| view! { <p>{remedy}</p> })}
                {error.request_id.map(|id| view! { <Correlation id=id /> })}
                {retry}
            </Notice>
        </div>
    }
}

/// The id that finds a failure in the server's log.
#[component]
pub fn Correlation(
    /// The id.
    id: String,
) -> impl IntoView {
    view! { <p class=style::correlation>"Correlation id: " <code>{id}</code></p> }
}

/// Tells that a button's action failed, as a card.
pub fn tell_failure(status: Status, title: &str, error: &ApiError) {
    let id = error
        .request_id
        .as_ref()
        .map(|id| format!("(correlation id {id})"));
    let parts = [Some(error.message.clone()), error.remedy.clone(), id];
    let detail: Vec<String> = parts.into_iter().flatten().collect();
    status.tell(Tone::Bad, title, Some(detail.join(" ")));
}
