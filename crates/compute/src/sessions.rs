//! Sessions: what is remembered of them, and the tasks that make, end and watch them.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod ask;
mod book;
mod core;
mod ended_logs;
mod fail;
mod feeds;
mod install;
mod instances;
mod kept;
mod list;
mod live;
mod look_up;
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

pub use self::{
    ask::{Ask, Begun},
    look_up::required_names,
    nobody::OwnEnvironment,
};
pub(crate) use self::{
    book::Book,
    core::Core,
    live::Live,
    record::{Previous, Record},
    watch::may_live,
};
