//! Live events: what happens to a flow or a project, kept for a while so that a stream can be resumed.

mod hub;
mod lists;
mod pump;
mod reader;
mod watch;

pub(crate) use hub::{FlowHub, Sent};
pub(crate) use lists::{LiveList, ProjectLists};
pub(crate) use pump::pump;
pub(crate) use reader::FlowReader;
pub(crate) use watch::{Changes, Listeners, watch_flows};
