//! The session's log, live.

use flowdeck_contract::paths;
use leptos::prelude::*;

use crate::{
    pages::{flow::FlowContext, parts::Download},
    ui::LogView,
};

#[component]
pub(crate) fn SessionLog() -> impl IntoView {
    let context = FlowContext::from_context();
    let log = context.live.session_log;
    let lines = Signal::derive(move || log.with(crate::live::LogBuffer::lines));
    let left_out = Memo::new(move |_| log.with(crate::live::LogBuffer::left_out));
    let whole = paths::session_log(&context.project(), &context.flow());
    view! {
        <LogView label="Session log" lines=lines left_out=left_out>
            <Download path=whole name="session.log" label="Download log" />
        </LogView>
    }
}
