//! A link to the guides.

use leptos::prelude::*;

use super::Icon;

stylance::import_crate_style!(style, "src/ui/help_link.module.css");

/// A link to what the guides say about the place where it stands. It opens beside the app.
#[component]
pub fn HelpLink(
    /// Where in the guides, relative to the document's base.
    address: &'static str,
) -> impl IntoView {
    view! {
        <a href=address target="_blank" class=style::link title="Help" aria-label="Help">
            {Icon::Help.view()}
        </a>
    }
}
