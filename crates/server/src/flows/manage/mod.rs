//! Flows that come and go: made, copied, packed, deleted into a bin and restored.
//!
//! Whatever becomes a flow is made whole in a hidden folder beside the flows and renamed then, so that it's there whole or
//! not at all, whenever the server is killed.

mod bin;
mod copy;
mod error;
mod new;
mod pack;
mod place;
mod rename;
mod stage;
mod templates;

pub use error::ManageError;
pub use templates::templates;
pub(super) use {place::Shape, stage::Stage};
