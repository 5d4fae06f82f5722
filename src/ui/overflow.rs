//! Whether an element holds more than it shows. Only what can be scrolled is a stop for Tab, so that a page of short texts
//! is not a row of stops.

use leptos::{html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};

/// Whether the text can be scrolled, kept current while its size changes.
pub(super) fn use_overflow(text: NodeRef<html::Pre>) -> ReadSignal<bool> {
    let overflows = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(element) = text.get() else { return };
        let measured: Element = element.clone().unchecked_into();
        let measure = Closure::<dyn FnMut()>::new(move || {
            let is_higher = measured.scroll_height() > measured.client_height();
            let is_wider = measured.scroll_width() > measured.client_width();
            overflows.try_set(is_higher || is_wider);
        });
        // Every browser that runs the app has it.
        let Ok(observer) = ResizeObserver::new(measure.as_ref().unchecked_ref()) else {
            return;
        };
        observer.observe(&element);
        let kept = SendWrapper::new((observer, measure));
        on_cleanup(move || kept.0.disconnect());
    });
    overflows.read_only()
}
