//! Sessions over the engine in memory: quick, and without anything of the machine's. One program, because each is linked.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "for tests alone"
)]

mod asks;
mod conversations;
mod idleness;
mod model_calls;
mod nobody;
mod packages;
mod pulls;
mod recovery;
mod restarts;
mod run_races;
mod runs;
mod sessions;
mod settings;
mod states;
mod stopping;
mod timeline;

#[path = "../support/mod.rs"]
mod support;
