//! Compute sessions: their states, the engines that make them, installs, idleness and runs. Knows nothing of the
//! HTTP API; speaks to the outside in the types of `flowdeck_contract`.

mod clock;
mod compute;
pub mod engine;
mod error;
mod executor;
#[cfg(feature = "fake")]
pub mod fake;
mod flow;
mod id;
mod idle;
mod log;
mod owner;
mod paths;
pub mod process;
mod runs;
mod sessions;
mod standby;
mod state;
mod store;

pub use clock::{Clock, SystemClock};
pub use compute::{Compute, ComputeConfig, StartSession, UpdateSession};
pub use error::{ComputeError, ComputeErrorKind};
pub use log::LogFile;
pub use owner::Owner;
pub use sessions::OwnEnvironment;
