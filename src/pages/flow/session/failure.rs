//! Why the session failed, and what to do.

use flowdeck_contract::session::SessionFailure;
use leptos::prelude::*;

use crate::{
    pages::{flow::FlowContext, parts::Correlation},
    ui::{Notice, NoticeKind},
};

#[component]
pub(super) fn FailureNotice() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let failure = Memo::new(move |_| session.with(|session| session.as_ref()?.failure.clone()));
    move || {
        failure.get().map(|failure| {
            view! {
                <Notice kind=NoticeKind::Error title=failure.message.clone()>
                    <FailureBody failure=failure />
                </Notice>
            }
        })
    }
}

/// What stands below the line that says why.
#[component]
pub(super) fn FailureBody(failure: SessionFailure) -> impl IntoView {
    let phase = failure
        .phase
        .map(|phase| format!("Failed in the phase ‘{}’.", phase.label()));
    view! {
        {phase.map(|text| view! { <p>{text}</p> })}
        {failure.remedy.map(|text| view! { <p>{text}</p> })}
        <Correlation id=failure.correlation />
    }
}
