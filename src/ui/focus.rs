//! Where the focus is, and the focus of what comes later than the dialog it stands in.

use leptos::{html::ElementType, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Gives an element the focus as soon as it is shown.
pub fn focus_when_shown<E>(element: NodeRef<E>)
where
    E: ElementType + 'static,
    E::Output: JsCast + AsRef<HtmlElement> + Clone + 'static,
{
    Effect::new(move |_| {
        let shown = element.get();
        // By the next frame its dialog is open.
        request_animation_frame(move || {
            if let Some(element) = &shown {
                let element: &HtmlElement = element.as_ref();
                // Focusing an element that is shown cannot fail.
                let _ = element.focus();
            }
        });
    });
}

/// Whether what has the focus takes text, or lies in a dialog.
#[must_use]
pub fn is_typing() -> bool {
    let active = document().active_element();
    active.is_some_and(|active| {
        let takes_text = "input, textarea, select, [contenteditable=true], dialog *";
        active.matches(takes_text).unwrap_or(false)
    })
}

/// Whether a dialog is open, which keys belong to then.
#[must_use]
pub fn is_dialog_open() -> bool {
    let open = document().query_selector("dialog[open]");
    open.is_ok_and(|open| open.is_some())
}
