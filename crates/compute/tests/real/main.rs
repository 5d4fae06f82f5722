//! Sessions of real parts: processes, promptflow, uv, package indexes, private feeds, containers. One program, because each is
//! linked, and so that what waits in one test leaves the machine to another.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "for tests alone"
)]

mod docker;
mod docker_faults;
mod docker_images;
mod engines;
mod feeds;
mod fidelity;
mod kept;
mod kill_rounds;
mod limits;
mod process_base;
mod process_connections;
mod process_crash;
mod process_ends;
mod process_flows;
mod process_install;
mod process_kinds;
mod process_limits;
mod process_many;
mod process_model_calls;
mod process_stop;
mod process_story;
mod process_values;
mod run_ends;
mod shared_instance;
mod standby;

#[allow(dead_code, reason = "its other kinds are for the tests of registries")]
#[path = "../registries/real.rs"]
mod registry;
#[path = "../support/mod.rs"]
mod support;
