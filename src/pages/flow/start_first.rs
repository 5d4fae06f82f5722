//! What a part of the page says that needs a session, where there is none.

use flowdeck_contract::capability::Action;
use leptos::prelude::*;

use super::Actions;
use crate::ui::{ButtonState, NextStep, NextSteps, Notice, NoticeKind};

/// Says that there is no session, and starts one.
#[component]
pub(super) fn StartFirst(
    /// What it's needed for.
    title: &'static str,
) -> impl IntoView {
    let actions = Actions::from_context();
    // The toolbar offers the same once a run was tried.
    let is_offered = actions.needs_session;
    let can_start = Memo::new(move |_| {
        let ready = |action| actions.state(action) == ButtonState::Ready;
        !is_offered.get() && !ready(Action::Run) && ready(Action::Start)
    });
    view! {
        <Show when=move || can_start.get()>
            <Notice kind=NoticeKind::Info title=title>
                <NextSteps steps=vec![
                    NextStep::new("Start compute session now", move || {
                        actions.ask(Action::Start);
                    }),
                ] />
            </Notice>
        </Show>
    }
}
