//! Compute sessions: their states, installs, idleness and runs. Knows nothing of the HTTP API; speaks to the outside in the types of `flowdeck_contract`.

mod allotter;
mod catalog;
mod clock;
mod compute;
mod conversations;
mod error;
mod events;
mod flow;
mod flows_folder;
mod host;
mod idle;
mod images;
mod operations;
mod owner;
mod owner_folders;
mod paths;
mod pictures;
mod preflight;
mod runs;
mod sessions;
mod standby;
mod state;
mod store;
mod tags;
mod tasks;
mod timeline;

pub use allotter::Anew;
pub use catalog::{Catalog, ComputeInstance, LegacyRuntime, Quota};
pub use clock::{Clock, SystemClock};
pub use compute::{Compute, ComputeConfig, ConnectionOptions, Lacking, SignInStore, StartSession};
pub use error::{ComputeError, ComputeErrorKind};
pub use flow::{CheckedRequirements, check_flow_requirements, check_requirements};
pub use flowdeck_contract::session::VmSize;
pub use flows_folder::{DEFINITION_NAMES, FlowsFolder, FlowsFolderError, definition_names};
pub use host::Host;
pub use owner::Owner;
pub use sessions::{Ask, Begun, OwnEnvironment, required_names};
pub use timeline::{asked_by, asker};

// What a server needs besides to make an engine and to name identities.
pub use flowdeck_access::{
    feeds::FeedAccess,
    folder,
    identity::{self, Identities, Identity, Secret},
    registry,
};
#[cfg(feature = "fake")]
pub use flowdeck_engines::fake;
pub use flowdeck_engines::{
    docker,
    engine::{self, gib},
    install::given::VariableName,
    log::LogFile,
    process,
};
