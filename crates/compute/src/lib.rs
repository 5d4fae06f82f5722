//! Compute sessions: their states, the engines that make them, installs, idleness and runs. Knows nothing of the
//! HTTP API; speaks to the outside in the types of `flowdeck_contract`.

mod catalog;
mod cgroup;
mod clock;
mod compute;
pub mod docker;
pub mod engine;
mod environment;
mod error;
mod executor;
#[cfg(feature = "fake")]
pub mod fake;
mod feeds;
mod flow;
mod flows_folder;
pub mod folder;
mod host;
mod id;
pub mod identity;
mod idle;
mod install;
mod instances;
mod log;
mod operations;
mod options;
mod owner;
mod packages;
mod paths;
mod preflight;
pub mod process;
pub mod registry;
mod runs;
mod sessions;
mod sign_ins;
mod standby;
mod state;
mod store;
mod timeline;
mod user;
mod web;

pub use catalog::{Catalog, ComputeInstance, OldRuntime, Quota, VmSize, gib};
pub use clock::{Clock, SystemClock};
pub use compute::{Compute, ComputeConfig, StartSession};
pub use error::{ComputeError, ComputeErrorKind};
pub use feeds::FeedAccess;
pub use flow::{CheckedRequirements, check_flow_requirements, check_requirements};
pub use flows_folder::{DEFINITION_NAMES, FlowsFolder, FlowsFolderError};
pub use host::Host;
pub use identity::{Identities, Identity, Secret};
pub use install::given::VariableName;
pub use log::LogFile;
pub use owner::Owner;
pub use sessions::{Anew, Ask, Begun, OwnEnvironment, required_names};
pub use sign_ins::SignInStore;
pub use timeline::asked_by;
