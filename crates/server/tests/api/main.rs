//! The server through its real router, without a network: one module per area.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where something is not as it should be"
)]

mod assets;
mod auth;
mod connections;
mod contract;
mod contract_whole;
mod conversations;
mod deeper_flows;
mod diagnostics;
mod errors;
mod events;
mod feeds;
mod file_downloads;
mod files;
mod flow_sessions;
mod flows;
mod hostile;
mod importing;
mod managing;
mod model_calls;
mod moving_files;
mod openapi;
mod packages;
mod pictures;
mod resources;
mod runs;
mod session_list;
mod sessions;
mod settings;
#[path = "../../../../tests/skipped.rs"]
mod skipped;
mod stream;
mod swagger;
mod timeline;
mod too_large;
mod world;
