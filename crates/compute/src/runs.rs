//! Runs of a flow or of one of its nodes through a session's executor, and their history.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod begin;
mod cancel;
mod carry_out;
mod ending;
mod history;
mod inputs;
mod live;

pub(crate) use live::LiveRuns;
