//! Packages, as pure functions: what a requirements file asks for, why something is installed, what an install would
//! change, how far one is, and whether it brought what was asked for.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod asked;
mod dry_run;
mod fault;
mod known;
mod lock;
mod needs;
mod origin;
mod plan;
mod progress;
mod runtime;
mod verify;
mod warnings;

pub use self::{
    asked::{Asked, Lines},
    dry_run::{PackageMove, steps},
    fault::{blamed, fault},
    known::known_names,
    lock::lock,
    needs::new_troubles,
    origin::{origins, without_lines},
    plan::{changes, differences},
    progress::{Progress, give_up},
    runtime::{RuntimePackages, does_not_start},
    verify::{unhashed, unsatisfied},
    warnings::warnings,
};

#[cfg(test)]
mod samples;
