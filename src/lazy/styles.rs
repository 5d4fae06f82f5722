//! The style sheet of what most visits begin without: it comes with the first part that needs it.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlLinkElement;

/// Where a part's styles are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Styles {
    /// In the style sheet that the page begins with.
    Here,
    /// In the other one.
    Later,
}

/// Asks for the later style sheet, for who waits for it afterwards.
pub(super) fn ask_ahead() {
    if let Some(href) = address() {
        // Whoever waits for it is told what went wrong.
        let _ = link_to(&href);
    }
}

/// Waits for the later style sheet, and asks for it first where nothing has. A build that is to be quick has none.
pub(super) async fn later_styles() -> Result<(), JsValue> {
    let Some(href) = address() else {
        return Ok(());
    };
    let link = link_to(&href)?;
    if link.sheet().is_some() {
        return Ok(());
    }
    let end = js_sys::Promise::new(&mut |resolve, reject| {
        for (event, end) in [("load", resolve), ("error", reject)] {
            // An element takes every listener.
            let _ = link.add_event_listener_with_callback(event, &end);
        }
    });
    let end = JsFuture::from(end).await;
    if end.is_err() {
        // The next to ask begins again.
        link.remove();
    }
    end.map(|_| ())
}

/// What the page says in `<meta name="flowdeck-later-styles">`.
fn address() -> Option<String> {
    let meta = document().query_selector("meta[name=flowdeck-later-styles]");
    let address = meta.ok()??.get_attribute("content");
    address.filter(|address| !address.is_empty())
}

/// The element that loads it, which is new where nothing has asked yet.
fn link_to(href: &str) -> Result<HtmlLinkElement, JsValue> {
    let found = document().query_selector(&format!("link[href=\"{href}\"]"))?;
    if let Some(link) = found.and_then(|link| link.dyn_into().ok()) {
        return Ok(link);
    }
    let link: HtmlLinkElement = document().create_element("link")?.dyn_into()?;
    link.set_rel("stylesheet");
    link.set_href(href);
    if let Some(head) = document().head() {
        head.append_child(&link)?;
    }
    Ok(link)
}
