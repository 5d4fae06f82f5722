//! Why the session failed, and what to do.

use leptos::prelude::*;

use crate::{
    pages::{flow::FlowContext, parts::SessionFailureBody},
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
                    <SessionFailureBody failure=failure />
                </Notice>
            }
        })
    }
}
