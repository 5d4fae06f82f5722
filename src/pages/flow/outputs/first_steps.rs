//! The way to the first run, in the place where its outputs will be.

use flowdeck_contract::session::SessionState;
use leptos::prelude::*;

use crate::pages::flow::FlowContext;

stylance::import_crate_style!(style, "src/pages/flow/outputs/first_steps.module.css");

/// Three steps, of which the next one stands out.
#[component]
pub(super) fn FirstSteps() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let runs = Memo::new(move |_| {
        let state = session.with(|session| session.as_ref().map(|session| session.state));
        state == Some(SessionState::Available)
    });
    let step = move |text: &'static str, is_after_start: bool| {
        let is_next = move || runs.get() == is_after_start;
        view! {
            <li class=style::step class=(style::next, is_next)>
                {text}
            </li>
        }
    };
    view! {
        // Styled lists lose their role in some browsers unless it is spelled out.
        <ol role="list" class=style::steps>
            {step("Start the compute session", false)} {step("Enter the inputs", true)}
            {step("Select Run to see the outputs here", true)}
        </ol>
    }
}
