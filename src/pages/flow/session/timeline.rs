//! The history of the flow's sessions, also of those that have ended. Folded away until asked for; asked for from the
//! server only then.

use flowdeck_contract::paths;
use leptos::prelude::*;

use crate::{
    api::Remote,
    lazy::{Lazy, TIMELINE},
    pages::{flow::FlowContext, parts::Lives},
    ui::Fold,
};

/// The timeline, folded away.
#[component]
pub(super) fn TimelineFold() -> impl IntoView {
    view! {
        <Fold summary="Timeline">
            <Lazy part=TIMELINE />
        </Fold>
    }
}

/// The lives of the flow's sessions.
#[component]
pub fn FlowLives() -> impl IntoView {
    let context = FlowContext::from_context();
    let kept = Remote::new(move || {
        let flow = context.flow();
        async move { context.api.timeline(&flow).await }
    });
    let (project, flow) = (context.project(), context.flow());
    let diagnostics = paths::session_diagnostics(&project, &flow);
    view! { <Lives kept=kept told=context.live.life diagnostics=diagnostics /> }
}
