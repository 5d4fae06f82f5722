//! Why a run or a node failed: promptflow's message, the place in the user's file, the traceback.

use flowdeck_contract::runs::{RunError, SourcePlace};
use leptos::prelude::*;

use super::FlowContext;
use crate::{
    nav::Link,
    routes::FlowView,
    ui::{CopyButton, Disclosure, Notice, NoticeKind},
};

stylance::import_crate_style!(style, "src/pages/flow/error_view.module.css");

/// An error of promptflow.
#[component]
pub fn RunErrorView(
    /// The error.
    error: RunError,
) -> impl IntoView {
    let RunError {
        code,
        message,
        traceback,
        place,
        remedy,
    } = error;
    view! {
        <Notice kind=NoticeKind::Error title=message>
            <p class=style::facts>
                <code>{code}</code>
                {place.map(|place| view! { <PlaceLink place=place /> })}
            </p>
            {remedy.map(|remedy| view! { <p>{remedy}</p> })}
            {traceback.map(|text| view! { <Traceback text=text /> })}
        </Notice>
    }
}

/// A link that opens a file at a line.
#[component]
pub fn PlaceLink(
    /// The file and line.
    place: SourcePlace,
) -> impl IntoView {
    let context = FlowContext::from_context();
    let text = format!("{}:{}", place.path, place.line);
    let to = Signal::derive(move || {
        let run = context.view.get().run;
        context.route(FlowView {
            run,
            ..FlowView::of_file(place.path.clone(), Some(place.line))
        })
    });
    view! { <Link to=to>{text}</Link> }
}

#[component]
fn Traceback(text: String) -> impl IntoView {
    view! {
        <Disclosure summary=|| "Traceback">
            <div class=style::traceback>
                <pre class=style::text tabindex="0" aria-label="Traceback">
                    {text.clone()}
                </pre>
                <CopyButton text=Signal::stored(text) what="traceback" />
            </div>
        </Disclosure>
    }
}
