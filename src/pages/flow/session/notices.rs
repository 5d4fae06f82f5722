//! What there is to say about the session above its details: why it ended or failed, and what is not as one would expect.
//! Most sessions have nothing of it, so that its code loads when there is.

use flowdeck_contract::{
    session::{SessionState, SessionView},
    timeline::Life,
};
use leptos::prelude::*;

use super::{
    ended::Ended,
    failure::FailureNotice,
    not_used::{ImageNotUsed, not_used},
    out_of_date::OutOfDate,
    slow::SlowStart,
};
use crate::{
    lazy::{Lazy, SESSION_NOTICES},
    pages::flow::FlowContext,
};

/// The notices, once there may be one.
#[component]
pub(super) fn Notices() -> impl IntoView {
    let live = FlowContext::from_context().live;
    let is_any = Memo::new(move |was: Option<&bool>| {
        let told = live.session.with(|session| {
            let session = session.as_ref()?;
            Some(live.life.with(|life| may_say(session, life.as_ref())))
        });
        was == Some(&true) || told == Some(true)
    });
    view! {
        <Show when=move || is_any.get()>
            <Lazy part=SESSION_NOTICES />
        </Show>
    }
}

/// Whether there may be something to say.
fn may_say(session: &SessionView, life: Option<&Life>) -> bool {
    match session.state {
        SessionState::Failed => true,
        // How long the start takes shows while it does.
        SessionState::Starting => life.is_some_and(|life| life.usual_ms.is_some()),
        SessionState::Available => session.out_of_date.is_some() || not_used(session).is_some(),
        SessionState::NotExist => life.is_some_and(|life| life.ended.is_some()),
        SessionState::Stopping => false,
    }
}

/// All of them; each shows itself when it applies.
#[component]
pub(crate) fn SessionNotices() -> impl IntoView {
    view! {
        <Ended />
        <OutOfDate />
        <ImageNotUsed />
        <SlowStart />
        <FailureNotice />
    }
}
