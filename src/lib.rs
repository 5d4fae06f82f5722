//! The browser app, client-side rendered.
//!
//! Talks to the server by the types and paths of `flowdeck-contract` and reads flows with `flowdeck-flow`; it may not
//! know how the server does what it asks for.
//!
//! Each part knows only those above it in this list; `layers` keeps it so.
//!
//! - `storage`, `routes`: what the browser keeps, and what addresses mean.
//! - `api`: one typed client; every failure becomes one displayable error.
//! - `live`: server-sent events turned into signals.
//! - `nav`, `ui`: links, and generic widgets that know nothing of the product.
//! - `pages::parts`: what several pages share and knows the product.
//! - `pages`: one folder per page, a folder inside it per part.
//! - `app`, `shell` and what stands beside them: what every page stands in.
//!
//! `lazy` is beside the list: a page names the parts of itself that load when they are first shown, and they are made there.

#![expect(
    unreachable_pub,
    reason = "what the macros of leptos and stylance generate is public whatever it stands in"
)]
#![cfg_attr(
    not(target_arch = "wasm32"),
    allow(
        clippy::large_enum_variant,
        clippy::result_large_err,
        reason = "a type's size is what it is in the browser, where a word has 32 bits"
    )
)]

pub mod api;
mod app;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod layers;
mod lazy;
pub mod live;
pub mod nav;
pub mod pages;
mod rail;
pub mod routes;
mod shell;
mod shortcuts;
mod sign_in_link;
mod storage;
#[cfg(all(test, target_arch = "wasm32"))]
mod testing;
mod theme;
pub mod ui;

/// Mounts the app on the document's body.
pub fn mount() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
