//! Sessions: what is remembered of them, and the tasks that make, end and watch them.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod allot;
mod ask;
mod book;
mod core;
mod ended_logs;
mod fail;
mod feeds;
mod install;
mod kept;
mod list;
mod live;
mod look_up;
mod moved_tag;
mod nobody;
mod out_of_date;
mod packages;
mod recover;
mod restore;
mod start;
mod stop;
mod swap;
mod timeline;
mod watch;

mod record;

pub(crate) use self::{
    allot::Allotment,
    book::Book,
    core::Core,
    live::Live,
    record::{Previous, Record},
};
pub use self::{
    allot::Anew,
    ask::{Ask, Begun},
    look_up::required_names,
    nobody::OwnEnvironment,
};
