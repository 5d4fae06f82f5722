//! Sessions: what is remembered of them, and the tasks that make, end and watch them.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod ask;
mod book;
mod fail;
mod feeds;
mod install;
mod installer;
mod instances;
mod kept;
mod list;
mod live;
mod logs;
mod nobody;
mod out_of_date;
mod packages;
mod recover;
mod shared;
mod start;
mod stop;
mod swap;
mod timeline;
mod watch;

mod record;

pub(crate) use self::{
    ask::Asks,
    book::Book,
    fail::Failures,
    feeds::FlowRequirements,
    install::Installs,
    installer::Installer,
    instances::InstanceStops,
    kept::KeptEnvironments,
    live::Live,
    logs::SessionLogs,
    nobody::OwnEnvironments,
    out_of_date::OutOfDate,
    packages::Packages,
    record::{Previous, Record},
    recover::{Recovery, RecoveryParts},
    shared::Shared,
    start::{StartParts, Starts},
    stop::Stops,
    swap::Swaps,
    watch::{Watcher, may_live},
};
pub use self::{
    ask::{Ask, Begun},
    nobody::OwnEnvironment,
    packages::required_names,
};
