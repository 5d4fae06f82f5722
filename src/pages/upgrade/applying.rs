//! What the assistant's button does: the files first, then the session, then the flow's page.

use flowdeck_contract::{capability::Action, ids::FlowId, session::SessionState};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{
    files,
    plan::{Change, Found},
};
use crate::{
    api::{Anew, Api, ApiError, Remote},
    nav::{Nav, Step, use_nav},
    routes::Route,
    ui::{Status, Tone},
};

/// What is done to the flow's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// One is started.
    Start,
    /// The one that runs is made again.
    Reset,
}

impl Deed {
    /// What is to be done where the session stands so, or why nothing can be; `None` until it is known.
    pub(super) fn on(state: Option<SessionState>) -> Option<Result<Self, &'static str>> {
        let state = state?;
        let (deed, action) = match state {
            SessionState::Available => (Deed::Reset, Action::Reset),
            _ => (Deed::Start, Action::Start),
        };
        Some(action.refusal(state).map_or(Ok(deed), Err))
    }

    async fn carry_out(self, api: Api, flow: &FlowId) -> Result<(), ApiError> {
        match self {
            Deed::Start => api.start_session(flow).await,
            Deed::Reset => api.reset_session(flow, Anew::default()).await,
        }
    }
}

/// Carrying it out, in progress or failed. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Applying {
    pub(super) is_under_way: RwSignal<bool>,
    /// What failed, in a line, and why.
    pub(super) failure: RwSignal<Option<(&'static str, ApiError)>>,
    flow: StoredValue<FlowId>,
    api: Api,
    nav: Nav,
    status: Status,
}

impl Applying {
    pub(super) fn new(flow: FlowId) -> Self {
        Self {
            is_under_way: RwSignal::new(false),
            failure: RwSignal::new(None),
            flow: StoredValue::new(flow),
            api: Api::from_context(),
            nav: use_nav(),
            status: Status::from_context(),
        }
    }

    /// Writes `changes`, does `deed` and shows the flow's page. A failure is shown, and `found` is read again.
    pub(super) fn begin(self, changes: Vec<Change>, deed: Deed, found: Remote<Found>) {
        let Self {
            is_under_way,
            failure,
            flow,
            api,
            nav,
            status,
        } = self;
        is_under_way.set(true);
        failure.set(None);
        spawn_local_scoped_with_cancellation(async move {
            let flow = flow.get_value();
            let wrote = !changes.is_empty();
            let answer = match files::write(api, flow.clone(), &changes).await {
                Err(error) => Err(("Couldn’t upgrade the flow", error)),
                Ok(()) => deed
                    .carry_out(api, &flow)
                    .await
                    .map_err(|error| (not_started(wrote), error)),
            };
            // The person has gone elsewhere meanwhile, and is left there.
            if is_under_way.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    let text = format!("{flow} upgraded. Its compute session is starting");
                    status.tell(Tone::Good, text, None);
                    nav.go(&Route::flow(flow), Step::Push);
                }
                Err(failed) => {
                    failure.set(Some(failed));
                    // What was reviewed may be out of date: nothing can be pressed until it's read again.
                    found.retry();
                }
            }
        });
    }
}

fn not_started(wrote: bool) -> &'static str {
    if wrote {
        "Files saved, but couldn’t start the compute session"
    } else {
        "Couldn’t start the compute session"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_runs_is_reset_and_none_is_started() {
        assert_eq!(Deed::on(None), None);
        for (state, deed) in [
            (SessionState::NotExist, Deed::Start),
            (SessionState::Failed, Deed::Start),
            (SessionState::Available, Deed::Reset),
        ] {
            assert_eq!(Deed::on(Some(state)), Some(Ok(deed)));
        }
        for state in [SessionState::Starting, SessionState::Stopping] {
            assert!(matches!(Deed::on(Some(state)), Some(Err(_))));
        }
    }
}
