//! What stands around every page: navigation, theme switch, the banner for a lost server, the live region.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    api::Api,
    live::Streams,
    nav::use_nav,
    rail::{Foot, Rail, RailWidth},
    routes::Page,
    shortcuts::Shortcuts,
    ui::{About, Button, ButtonKind, Icon, Status, StatusRegion, is_typing},
};

stylance::import_crate_style!(style, "src/shell.module.css");

/// The frame around a page.
#[component]
pub(crate) fn Shell(children: Children) -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    let skip = move |event: web_sys::MouseEvent| {
        // A fragment would resolve against the document's base and leave the page.
        event.prevent_default();
        if let Some(main) = main.get_untracked() {
            // Focusing an element that is shown cannot fail.
            let _ = main.focus();
        }
    };
    let width = RailWidth::remembered();
    follow_what_was_told();
    search_by_key();
    view! {
        <a class=style::skip href="#main" on:click=skip>
            "Skip to content"
        </a>
        <div class=style::frame class=(style::narrow, move || width.is_narrow())>
            <Rail width=width />
            <div class=style::column>
                <LostBanner />
                <main node_ref=main id="main" class=style::main tabindex="-1">
                    {children()}
                </main>
                <StatusRegion />
                <Shortcuts />
            </div>
            <Foot width=width />
        </div>
    }
}

/// Says that what is shown may be old, for as long as that is so.
#[component]
fn LostBanner() -> impl IntoView {
    let streams = expect_context::<Streams>();
    let api = Api::from_context();
    // A server that asks for a sign-in has answered.
    let lost = move || streams.is_lost() && !api.is_signed_out.get();
    view! {
        <Show when=lost>
            <div class=style::lost role="alert">
                <span class=style::turning>{Icon::Spinner.view()}</span>
                <p>"Connection lost. Reconnecting…"</p>
                <Button kind=ButtonKind::Plain on_press=move |()| streams.reopen()>
                    "Reconnect now"
                </Button>
            </div>
        </Show>
    }
}

/// `/` goes to the page's search, unless one is typing.
fn search_by_key() {
    let listener = window_event_listener(ev::keydown, move |event| {
        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        if event.key() != "/" || !plain || event.default_prevented() || is_typing() {
            return;
        }
        let search = document().query_selector("main input[type=search]");
        let search = search.ok().flatten();
        if let Some(search) = search.and_then(|search| search.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            // Focusing an element that is shown cannot fail.
            let _ = search.focus();
        }
    });
    on_cleanup(move || listener.remove());
}

/// Removes a message when it no longer applies: after a new try of the same thing, an answer of the server, or another
/// page.
fn follow_what_was_told() {
    let status = Status::from_context();
    let streams = expect_context::<Streams>();
    Api::from_context().on_try(move |name| status.tried_again(&About::Request(name)));
    Effect::new(move |_| {
        if streams.is_live() && !streams.is_lost() {
            status.answered();
        }
    });
    let page = use_nav().page;
    Effect::new(move |known: Option<Page>| {
        let now = page.get();
        if known.is_some_and(|known| known != now) {
            status.left_page();
        }
        now
    });
}
