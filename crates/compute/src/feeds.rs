//! Private package indexes, called feeds: the token of the session's identity opens them, and stays in this process.
//!
//! What installs packages runs other people's code (build backends), and its arguments, its environment and its files can
//! be read by that code. So the token is given to none of them: the install is told an address of ours in place of the
//! feed's, and what is asked for there is fetched from the feed with the token. The address opens nothing once the install
//! is over.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod access;
mod client;
mod endpoint;
mod forwarder;
mod html;
mod indexes;
mod look_up;
mod named;
mod near;
mod opened;
mod page;
mod prepared;
mod probe;
mod serve;

pub use access::FeedAccess;
pub(crate) use client::{Client, Reach};
pub(crate) use endpoint::{FeedEndpoint, SOCKET};
pub(crate) use forwarder::Forwarder;
pub(crate) use indexes::Indexes;
pub(crate) use look_up::{Asker, LookUps};
pub(crate) use prepared::{Prepared, prepare};
pub(crate) use probe::{probe, require_readable};
