//! The notices above the details of the session: why it ended or failed, and what is unusual about it.

use flowdeck_contract::{
    session::{SessionState, SessionView},
    timeline::{By, SessionHistory},
};
use leptos::prelude::*;

use super::{
    ended::Ended,
    failure::FailureNotice,
    not_used::{ImageNotUsed, not_used},
    out_of_date::OutOfDate,
    slow::SlowStart,
};
use crate::pages::flow::FlowContext;

/// Whether the drawer may have something to say that the person should read.
pub(crate) fn has_notices(context: FlowContext) -> Memo<bool> {
    let live = context.live;
    Memo::new(move |_| {
        let said = live.session.with(|session| {
            let session = session.as_ref()?;
            Some(live.life.with(|life| may_say(session, life.as_ref())))
        });
        said == Some(true)
    })
}

/// Whether there may be something to say.
fn may_say(session: &SessionView, life: Option<&SessionHistory>) -> bool {
    match session.state {
        SessionState::Failed => true,
        // A start that takes long says so itself.
        SessionState::Starting => false,
        SessionState::Available => session.out_of_date.is_some() || not_used(session).is_some(),
        // Who stopped it in the browser knows.
        SessionState::NotExist => life
            .and_then(SessionHistory::ended_by)
            .is_some_and(|by| by != By::Browser),
        SessionState::Stopping => false,
    }
}

/// All of them; each shows itself when it applies.
#[component]
pub(super) fn SessionNotices() -> impl IntoView {
    view! {
        <Ended />
        <OutOfDate />
        <ImageNotUsed />
        <SlowStart />
        <FailureNotice />
    }
}
