//! Where the text of a list or an object stops being JSON.

use leptos::prelude::*;

use crate::ui::json_fault;

/// The place of the mistake; nothing where the text is JSON of another kind, or nothing is typed.
pub(super) fn json_place(text: Memo<String>) -> impl IntoView {
    move || {
        text.with(|text| match text.trim() {
            "" => None,
            _ => json_fault(text),
        })
    }
}
