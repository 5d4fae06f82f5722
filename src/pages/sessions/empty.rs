//! What the page says while there is no compute session.

use leptos::prelude::*;

use super::style;
use crate::{nav::Link, routes::Route};

#[component]
pub(super) fn NoSessions() -> impl IntoView {
    view! {
        <section class=style::panel aria-labelledby="no-sessions">
            <h2 id="no-sessions">"No active compute sessions"</h2>
            <p>
                "A flow runs in a compute session: the prompt flow runtime with the packages that the flow needs. Start one on a flow’s page, or through the API without a flow ("
                <code>"POST …/FlowSessions/{sessionId}"</code>
                "). Sessions appear here while they run."
            </p>
            <p>
                <Link to=Route::flows()>"View flows"</Link>
            </p>
        </section>
    }
}
