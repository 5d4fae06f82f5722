//! Live events of the server as signals. Knows the contract's events; knows no view.

mod flow;
mod log;
mod project;
mod runs;
mod sessions;
mod sse;
mod stream;

pub use flow::{FilesNews, FlowLive, is_as_of};
pub use log::LogBuffer;
pub use project::ProjectLive;
pub use sessions::{SessionLive, SessionsLive};
pub use stream::{Connection, Streams};
