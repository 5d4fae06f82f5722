//! Mounts components in a browser for tests, and acts on them as a person does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy knows no tests but those of libtest"
)]

use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    task::tick,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test_configure;
use web_sys::{Event, EventInit, HtmlElement, HtmlInputElement, KeyboardEvent, KeyboardEventInit};

wasm_bindgen_test_configure!(run_in_browser);

/// How many frames a condition may take.
const PATIENCE: u32 = 300;

/// A mounted component; gone when dropped.
pub(crate) struct Mounted<M: Mountable> {
    root: HtmlElement,
    _handle: UnmountHandle<M>,
}

impl<M: Mountable> Drop for Mounted<M> {
    fn drop(&mut self) {
        self.root.remove();
    }
}

/// Mounts a view at the end of the document.
pub(crate) fn mount<V: IntoView + 'static>(
    view: impl FnOnce() -> V + 'static,
) -> Mounted<V::State> {
    let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&root).unwrap();
    let handle = mount_to(root.clone(), view);
    Mounted {
        root,
        _handle: handle,
    }
}

impl<M: Mountable> Mounted<M> {
    /// The first element that matches.
    pub(crate) fn find(&self, selector: &str) -> HtmlElement {
        let found = self.root.query_selector(selector).unwrap();
        found
            .unwrap_or_else(|| panic!("no {selector} in {}", self.root.inner_html()))
            .unchecked_into()
    }

    /// How many elements match.
    pub(crate) fn count(&self, selector: &str) -> u32 {
        self.root.query_selector_all(selector).unwrap().length()
    }

    /// Types into a field, over what is in it.
    pub(crate) async fn type_into(&self, selector: &str, text: &str) {
        let field: HtmlInputElement = self.find(selector).unchecked_into();
        field.set_value(text);
        let init = EventInit::new();
        init.set_bubbles(true);
        field
            .dispatch_event(&Event::new_with_event_init_dict("input", &init).unwrap())
            .unwrap();
        tick().await;
    }
}

/// Presses a key where the focus is.
pub(crate) async fn press(key: &str) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    document()
        .active_element()
        .unwrap()
        .dispatch_event(&event)
        .unwrap();
    tick().await;
}

/// The text of the element that has the focus.
pub(crate) fn focused_text() -> String {
    let text = document()
        .active_element()
        .and_then(|element| element.text_content());
    text.unwrap_or_default().trim().to_owned()
}

/// Waits, frame by frame, until something holds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..PATIENCE {
        if holds() {
            return;
        }
        next_frame().await;
    }
    panic!("never happened: {what}");
}

async fn next_frame() {
    let frame = js_sys::Promise::new(&mut |resolve, _| {
        request_animation_frame(move || {
            resolve.call0(&JsValue::NULL).unwrap();
        });
    });
    JsFuture::from(frame).await.unwrap();
}
