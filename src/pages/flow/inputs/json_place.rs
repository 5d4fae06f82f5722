//! Where the text of a list or an object stops being JSON.

use leptos::prelude::*;

use crate::ui::json_fault;

/// The text of the field around.
#[derive(Clone, Copy)]
pub(super) struct TypedJson(pub(super) Memo<String>);

/// The place of the mistake; nothing where the text is JSON of another kind, or nothing is typed.
#[component]
pub fn JsonPlace() -> impl IntoView {
    let TypedJson(text) = expect_context();
    move || {
        text.with(|text| match text.trim() {
            "" => None,
            _ => json_fault(text),
        })
    }
}
