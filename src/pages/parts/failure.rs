//! A failed request on the screen. Where: in the place of what could not be loaded; beside the field of a form; as a card
//! when a button of the toolbar failed. Never in two places.

use leptos::prelude::*;

use crate::{
    api::ApiError,
    ui::{About, Lasts, NextStep, NextSteps, Notice, NoticeKind, Reference, Status, Trouble},
};

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
    /// What else can be done.
    #[prop(optional)]
    steps: Vec<NextStep>,
) -> impl IntoView {
    let retry = on_retry.map(|on_retry| NextStep::new("Retry", move || on_retry.run(())));
    let steps: Vec<NextStep> = steps.into_iter().chain(retry).collect();
    view! {
        <div role="alert">
            <Notice kind=NoticeKind::Error title=title>
                <p>{error.message}</p>
                {error.remedy.map(|remedy| view! { <p>{remedy}</p> })}
                {error.request_id.map(|id| view! { <Reference id=id /> })}
                <NextSteps steps=steps />
            </Notice>
        </div>
    }
}

/// Tells that a button's action failed, as a card that stays until the same is tried again.
pub fn tell_failure(status: Status, title: &str, error: &ApiError) {
    tell_failure_with(status, title, error, Vec::new());
}

/// As [`tell_failure`], with what can be done next.
pub fn tell_failure_with(status: Status, title: &str, error: &ApiError, steps: Vec<NextStep>) {
    let about = error.request.clone().map_or(About::Nothing, About::Request);
    let detail = error.with_remedy();
    let trouble = Trouble {
        about,
        text: title.to_owned(),
        detail: Some(detail),
        reference: error.request_id.clone(),
        lasts: if error.is_unreachable() {
            Lasts::UntilAnswer
        } else {
            Lasts::UntilTriedAgain
        },
        steps,
    };
    status.fail(trouble);
}
