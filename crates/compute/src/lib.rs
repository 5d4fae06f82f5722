//! Compute sessions: their states, the engines that make them, installs, idleness and runs. Knows nothing of the
//! HTTP API; speaks to the outside in the types of `flowdeck_contract`.

mod clock;
mod compute;
pub mod engine;
mod error;
#[cfg(feature = "fake")]
pub mod fake;
mod id;
mod log;
pub mod process;

pub use clock::{Clock, SystemClock};
pub use compute::{Compute, ComputeConfig, StartSession, UpdateSession};
pub use error::{ComputeError, ComputeErrorKind};
pub use log::LogFile;
