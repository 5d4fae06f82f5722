//! Private package indexes, called feeds: the token of the session's identity opens them, and stays in this process.
//!
//! What installs packages runs other people's code (build backends), and its arguments, its environment and its files
//! can be read by that code. So the token is given to none of them: the install gets an address of ours in place of the
//! feed's, and what is asked for there is fetched from the feed with the token. The address opens nothing once the
//! install is over.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod access;
mod client;
mod endpoint;
mod forwarder;
mod html;
mod indexes;
mod look_up;
mod named;
mod opened;
mod page;
mod probe;
mod serve;

pub use access::{FeedAccess, FeedCredential};
pub use client::{Client, Reach};
pub use endpoint::{FeedEndpoint, SOCKET};
pub use forwarder::{Forwarder, Ticket};
pub use indexes::Indexes;
pub use look_up::{Asker, LookUps};
pub use named::{Named, private_feeds};
pub use opened::Opened;
pub use probe::{Found, probe, require_readable};
