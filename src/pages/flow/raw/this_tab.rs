//! Which tab of the browser this is. A reload is the same tab; a duplicate is another.

use std::cell::OnceCell;

use leptos::{ev, prelude::*};

use super::draft::Keeper;
use crate::storage::Store;

/// Holds the tab's name while no page of it is alive: a browser copies the session's storage into a duplicate, which
/// must not find it there.
const KEY: &str = "flowdeck.tab";

thread_local! {
    static THIS: OnceCell<Keeper> = const { OnceCell::new() };
}

/// The tab that this page is in.
pub(crate) fn this_tab() -> Keeper {
    THIS.with(|this| this.get_or_init(take_name).clone())
}

/// Listens as long as the page is open, whatever it shows.
fn take_name() -> Keeper {
    let known = Store::Session.read(KEY);
    let keeper = known
        .and_then(|name| Keeper::parse(&name))
        .unwrap_or_else(|| Keeper::new(random()));
    Store::Session.remove(KEY);
    let name = keeper.as_str().to_owned();
    let _ = window_event_listener(ev::pagehide, move |_| {
        Store::Session.write(KEY, &name);
    });
    // The browser may keep a page that was left and show it again as it was.
    let _ = window_event_listener(ev::pageshow, |_| Store::Session.remove(KEY));
    keeper
}

/// Tells tabs apart and guards nothing.
fn random() -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number from 0 to 2^32"
    )]
    let half = || (js_sys::Math::random() * 4_294_967_296.0) as u64;
    half() << 32 | half()
}
