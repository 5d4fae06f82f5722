//! What the page says while there is no compute session.

use leptos::prelude::*;

use super::style;
use crate::{nav::Link, routes::Route};

#[component]
pub(super) fn NoSessions() -> impl IntoView {
    view! {
        <section class=style::panel aria-labelledby="no-sessions">
            <h2 id="no-sessions">"There is no compute session"</h2>
            <p>
                "A compute session is what a flow runs in: promptflow’s runtime with the packages that the flow asks for. Start one on the page of a flow, or through the API for no flow at all ("
                <code>"POST …/FlowSessions/{sessionId}"</code>
                "). It appears here by itself, and goes when it is stopped or has been idle for long enough."
            </p>
            <p>
                <Link to=Route::flows()>"See all flows"</Link>
            </p>
        </section>
    }
}
