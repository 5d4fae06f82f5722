//! Names in narrow places.

use leptos::prelude::*;

/// A text that may wrap after each underscore and period, and so does not within a word where that is enough. Who reads it
/// aloud, copies it or seeks it finds it as it is.
pub fn breakable(text: &str) -> AnyView {
    // Chromium would read a bare one aloud, and name controls, with a space.
    let part = |part: &str| (part.to_owned(), view! { <wbr aria-hidden="true" /> });
    let parts = text.split_inclusive(['_', '.']).map(part);
    parts.collect_view().into_any()
}
