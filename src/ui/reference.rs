//! What finds a failure in the server's log: folded away, as only an administrator needs it.

use leptos::prelude::*;

use super::{CopyButton, Disclosure};

stylance::import_crate_style!(style, "src/ui/reference.module.css");

/// The correlation id of a failure, behind *Details*, with a button that copies it.
#[component]
pub fn Reference(
    /// The id.
    #[prop(into)]
    id: String,
) -> impl IntoView {
    view! {
        <Disclosure summary=|| "Details">
            <p class=style::reference>
                <span>"Correlation ID: " <code>{id.clone()}</code></span>
                <CopyButton text=Signal::stored(id) what="correlation ID" />
            </p>
        </Disclosure>
    }
}
