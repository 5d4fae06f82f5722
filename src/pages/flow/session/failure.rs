//! Why the session failed, and what to do.

use flowdeck_contract::codes;
use flowdeck_contract::session::{Phase, SessionFailure};
use leptos::prelude::*;

use crate::{
    pages::{
        flow::{
            FlowContext,
            actions::{Actions, open_wizard},
            fault::{fault_steps, start_keeping_base},
        },
        parts::SessionFailureBody,
    },
    ui::{NextStep, NextSteps, Notice, NoticeKind},
};

#[component]
pub(super) fn FailureNotice() -> impl IntoView {
    let context = FlowContext::from_context();
    let actions = Actions::from_context();
    let session = context.live.session;
    let failure = Memo::new(move |_| session.with(|session| session.as_ref()?.failure.clone()));
    move || {
        failure.get().map(|failure| {
            let ways = failure.fault.as_ref();
            let ways = ways.map(|fault| fault_steps(fault, Some(start_keeping_base())));
            let steps = steps(&failure, context, actions);
            let steps = ways.into_iter().flatten().chain(steps).collect::<Vec<_>>();
            view! {
                <Notice kind=NoticeKind::Error title=failure.message.clone()>
                    <SessionFailureBody failure=failure />
                    <NextSteps steps=steps />
                </Notice>
            }
        })
    }
}

/// Starting again with the settings of the session that failed, and changing them where they may be to blame.
fn steps(failure: &SessionFailure, context: FlowContext, actions: Actions) -> Vec<NextStep> {
    let by_settings = matches!(failure.phase, Some(Phase::Allocate | Phase::PullImage))
        || failure.code == codes::MEMORY_EXCEEDED;
    let retry = NextStep::new("Retry", move || actions.start_again());
    let change = NextStep::new("Change settings", move || open_wizard(context));
    let change = by_settings.then_some(change);
    [retry].into_iter().chain(change).collect()
}
