//! Wire types of the API: what the browser app and the server say to each other.
//!
//! Knows nothing of HTTP, storage or the screen. Types of the public prompt flow service contract keep its names and
//! shapes and live in [`azure`]; the other modules are flowdeck's own and use the same style (camelCase, ids as strings,
//! points in time as [`Millis`]).

pub mod address;
pub mod azure;
pub mod capability;
pub mod codes;
pub mod connections;
pub mod conversations;
pub mod error;
pub mod events;
mod exact;
pub mod feeds;
pub mod files;
pub mod flows;
pub mod help;
pub mod ids;
pub mod image;
pub mod importing;
pub mod managing;
pub mod moving_files;
pub mod packages;
pub mod paths;
pub mod phase;
pub mod pictures;
pub mod playground;
pub mod prices;
pub mod pull;
pub mod resources;
pub mod runs;
pub mod session;
pub mod sessions;
pub mod settings;
pub mod shown;
pub mod sign_ins;
pub mod timeline;
mod unread;

use serde::{Deserialize, Serialize};

pub use self::{
    exact::{Exact, Values},
    unread::Unread,
};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// Milliseconds from `earlier` to `self`; zero when `earlier` is the later one.
    #[must_use]
    pub fn since(self, earlier: Millis) -> u64 {
        u64::try_from(self.0 - earlier.0).unwrap_or(0)
    }
}
