//! What the page says while there is no connection.

use flowdeck_contract::help::HelpTopic;
use leptos::prelude::*;

use super::style;

#[component]
pub(super) fn NoConnections() -> impl IntoView {
    view! {
        <section class=style::panel aria-labelledby="no-connections">
            <h2 id="no-connections">"No connections yet"</h2>
            <p>
                "A connection says where a model or service is and keeps the key for it. Nodes find it by its name, as in "
                <code>"connection: open_ai_connection"</code> "."
            </p>
            <p>
                "Add a connection with the name that your flow uses, or import the connections that you have: promptflow’s YAML, a .env file, or Azure’s JSON."
            </p>
            <p>
                <a href=HelpTopic::Connections.address() target="_blank">
                    "Learn about connections"
                </a>
            </p>
        </section>
    }
}
