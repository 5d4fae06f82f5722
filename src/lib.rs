//! The browser app, client-side rendered.
//!
//! Talks to the server by the types and paths of `flowdeck-contract` and reads flows with `flowdeck-flow`; it may not
//! know how the server does what it asks for.
//!
//! - `api`: one typed client; every failure becomes one displayable error.
//! - `live`: server-sent events turned into signals.
//! - `ui`: generic widgets that know nothing of the product.
//! - `pages`: one folder per page, a folder inside it per part.
//! - `lazy`: what loads when it is first shown.
//! - `raw`, `files`: raw file mode and the tree of a flow's files.

#![expect(
    unreachable_pub,
    reason = "what the macros of leptos and stylance generate is public whatever it stands in"
)]

pub mod api;
mod app;
pub mod files;
mod lazy;
pub mod live;
pub mod nav;
pub mod pages;
pub mod raw;
pub mod routes;
mod shell;
mod shortcuts;
mod sign_in_link;
#[cfg(all(test, target_arch = "wasm32"))]
mod testing;
mod theme;
pub mod ui;

/// Mounts the app on the document's body.
pub fn mount() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
