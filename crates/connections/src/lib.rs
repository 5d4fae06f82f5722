//! Connections: kept in a store of their own with their secrets sealed, checked against what a flow asks for, and given to
//! runs. Knows nothing of sessions, HTTP or the browser.

mod connections;
mod error;
mod export;
mod import;
mod key;
mod masks;
mod needs;
mod record;
mod run;
mod seal;
mod signatures;
mod store;

pub use connections::{Condition, Connections};
pub use error::{ConnectionError, ErrorKind};
pub use export::to_yaml;
pub use import::{Found, read as read_import, read_local_store};
pub use masks::{MASK, Masks};
pub use needs::{line_of_variable, models, need_of_variable, needs, tools_that_may_ask};
pub use record::Stored;
pub use run::{Checker, RunConnections, RunVariable, Variables};
pub use signatures::ToolSignatures;
