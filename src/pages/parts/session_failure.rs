//! Why a compute session failed.

use flowdeck_contract::session::SessionFailure;
use leptos::prelude::*;

use crate::ui::Reference;

/// What stands below the line that says why.
#[component]
pub fn SessionFailureBody(
    /// The failure.
    failure: SessionFailure,
) -> impl IntoView {
    let phase = failure
        .phase
        .map(|phase| format!("Failed at the step ‘{}’.", phase.label()));
    view! {
        {phase.map(|text| view! { <p>{text}</p> })}
        {failure.remedy.map(|text| view! { <p>{text}</p> })}
        <Reference id=failure.correlation />
    }
}
