//! Grey lines in the place of what is being loaded.

use leptos::prelude::*;

stylance::import_crate_style!(style, "src/ui/skeleton.module.css");

/// Lines as high as lines of text, so that nothing moves when the text comes.
#[component]
pub fn Skeleton(
    /// How many lines.
    lines: usize,
    /// What is being loaded, for those who do not see the lines.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let bars = (0..lines)
        .map(|_| view! { <span class=style::line></span> })
        .collect_view();
    view! {
        <div class=style::skeleton>
            <span class="visually-hidden">{label}</span>
            {bars}
        </div>
    }
}
