//! The lines of a file that would change.

use leptos::prelude::*;

use super::diff::{Row, compare};

stylance::import_crate_style!(style, "src/pages/parts/changed_lines.module.css");

/// The lines that change from one text to another, and nothing else of it.
#[component]
pub fn ChangedLines(
    /// The name of the list.
    #[prop(into)]
    label: String,
    /// As it is.
    old: String,
    /// As it would be.
    new: String,
) -> impl IntoView {
    let lines = compare(&old, &new).into_iter().filter_map(|row| match row {
        Row::Removed { text, .. } => Some((style::removed, "− ", text.to_owned())),
        Row::Added { text, .. } => Some((style::added, "+ ", text.to_owned())),
        Row::Same { .. } | Row::Skipped(_) => None,
    });
    let lines = lines
        .map(|(class, sign, text)| view! { <li class=class>{sign} {text}</li> })
        .collect_view();
    view! {
        <ul class=style::lines aria-label=label>
            {lines}
        </ul>
    }
}
