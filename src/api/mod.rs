//! One typed client of the server. Knows the contract's paths and types; knows no view.

mod ahead;
mod calls;
mod client;
mod connections;
mod conversations;
mod error;
mod files;
pub mod json;
mod key;
mod managing;
mod moving_files;
mod packages;
mod pictures;
mod playground;
mod remote;
mod sessions;
mod settings;

pub use calls::Anew;
pub(crate) use client::AbortOnDrop;
pub use client::{Api, base_path};
pub use error::ApiError;
pub(crate) use files::{Disk, FlowFiles, Precondition, Removed, Written};
pub(crate) use playground::piece;
pub use remote::{Load, Remote};
