//! A button that copies a text.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlTextAreaElement;

use super::{Button, ButtonKind, Icon};

/// Copies a text to the clipboard and says so for a moment.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What it is, in words: its name is "Copy" and this.
    #[prop(into)]
    what: String,
    /// What is to be read on it, where nothing beside it says what is copied: the beginning of its name.
    #[prop(default = "Copy")]
    word: &'static str,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<bool>);
    let copy = move |()| {
        spawn_local_scoped_with_cancellation(async move {
            outcome.set(Some(copy(&text.get_untracked()).await));
            set_timeout(
                move || {
                    outcome.try_set(None);
                },
                Duration::from_secs(2),
            );
        });
    };
    let shown = move || match outcome.get() {
        None => word,
        Some(true) => "Copied",
        Some(false) => "Could not copy",
    };
    let label = move || outcome.get().is_none().then(|| format!("Copy {what}"));
    view! {
        <Button kind=ButtonKind::Quiet label=Signal::derive(label) on_press=copy>
            {Icon::Copy.view()}
            {shown}
        </Button>
    }
}

async fn copy(text: &str) -> bool {
    // Without a secure context (plain HTTP on another machine) there is no clipboard object at all.
    let navigator = window().navigator();
    let present = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if present.is_ok_and(|clipboard| clipboard.is_object()) {
        let promise = navigator.clipboard().write_text(text);
        return wasm_bindgen_futures::JsFuture::from(promise).await.is_ok();
    }
    copy_by_selection(text).unwrap_or(false)
}

fn copy_by_selection(text: &str) -> Option<bool> {
    let document = document();
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_class_name("visually-hidden");
    let focused = document.active_element();
    // A modal dialog lets nothing outside of it be selected: beside what has the focus, something can.
    let beside = focused
        .as_ref()
        .and_then(|element| element.parent_element());
    let place = beside.or_else(|| document.body().map(Into::into))?;
    place.append_child(&area).ok()?;
    area.select();
    let html: web_sys::HtmlDocument = document.dyn_into().ok()?;
    let copied = html.exec_command("copy").ok();
    area.remove();
    if let Some(focused) =
        focused.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        // The element was focused before, so it can be again.
        let _ = focused.focus();
    }
    copied
}
