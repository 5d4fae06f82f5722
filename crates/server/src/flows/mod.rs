//! The flows of a project: one folder each below the flows folder. Knows nothing of HTTP.

mod activity;
mod arrange;
mod definition;
mod entry;
mod error;
mod folder_time;
pub mod import;
mod limits;
pub mod manage;
mod order;
pub mod presets;
mod required;
mod search;
mod store;

pub use activity::{Activities, Activity};
#[cfg(test)]
use definition::flow_type;
pub(crate) use definition::paths as definition_paths;
pub use error::FlowError;
pub use manage::ManageError;
pub(crate) use search::{Found, search_below};
pub use store::Flows;
