//! What sessions are made of: engines, which make environments, install packages and keep runtimes. Knows nothing of
//! the states of flows, of runs or of the store.

mod cgroup;
pub mod docker;
pub mod engine;
mod environment;
pub mod executor;
#[cfg(feature = "fake")]
pub mod fake;
pub mod install;
pub mod log;
pub mod packages;
pub mod process;
mod user;
