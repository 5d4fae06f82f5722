//! Everything CI runs, and one line that sums it up.

mod app;
mod audit;
mod budgets;
mod commands;
mod counts;
mod daemon;
mod dependencies;
mod end_to_end;
#[cfg(test)]
mod folder;
mod lanes;
mod licences;
mod lints;
mod native;
mod programs;
mod runner;
mod shipped;
mod skipped;
mod sources;

use anyhow::Result;
use clap::{Args, ValueEnum};
use std::{
    process::ExitCode,
    sync::{Mutex, MutexGuard, PoisonError},
};

#[cfg(test)]
pub(crate) use folder::temporary_folder;

use crate::{
    progress::{self, Step, step},
    project::Project,
    setup::{self, Scope, Tools},
};
use counts::Counts;
use lanes::Wanted;

#[derive(Args)]
pub(crate) struct TestArgs {
    /// Run only these parts
    parts: Vec<Part>,
    /// What to hand on to Playwright: `cargo xtask test e2e -- story --headed`
    #[arg(last = true)]
    playwright: Vec<String>,
}

/// What can be asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting, lints, licences, advisories and tests of the native crates
    Rust,
    /// Lints and tests of the browser app and the code editor, byte budgets of what is built
    App,
    /// The whole product in a browser
    E2e,
}

/// How many steps are named at the end.
const SLOWEST: usize = 10;

/// What the steps of one run share.
struct Run<'a> {
    project: &'a Project,
    tools: Tools,
    total: Mutex<Counts>,
}

/// Runs what was asked for, or all; every step runs, whatever failed before it.
pub(crate) fn run(project: &Project, args: &TestArgs) -> Result<ExitCode> {
    let tools = setup::run(project, Scope::Test)?;
    let run = Run {
        project,
        tools,
        total: Mutex::default(),
    };
    let wanted = Wanted {
        parts: &args.parts,
        arguments: &args.playwright,
    };
    lanes::run(&run, &wanted);
    let total = *run.total();
    say_slowest();
    println!("{total}");
    Ok(if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Where the time went: what is to be cut next.
fn say_slowest() {
    eprintln!("\nThe slowest steps:");
    for (title, time) in progress::slowest(SLOWEST) {
        eprintln!("{:>12}  {title}", progress::elapsed(time));
    }
}

impl Run<'_> {
    fn total(&self) -> MutexGuard<'_, Counts> {
        self.total.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does one step and adds what it counted. A step that could not count is one failure.
    fn step(&self, title: &str, work: impl FnOnce(&Step) -> Result<Counts>) {
        let result = step(title, |step| {
            let counts = work(step)?;
            step.note(counts.to_string());
            Ok(counts)
        });
        match result {
            Ok(counts) => *self.total() += counts,
            Err(error) => self.fail(&error),
        }
    }

    fn fail(&self, error: &anyhow::Error) {
        eprintln!("{error:#}\n");
        *self.total() += Counts::one_failure_of(error);
    }

    /// A step that is one check: it passes or fails.
    fn check(&self, title: &str, work: impl FnOnce(&Step) -> Result<()>) {
        self.step(title, |step| work(step).map(|()| Counts::PASS));
    }

    fn skip(&self, title: &str, reason: &str) {
        eprintln!("- {title}: skipped, {reason}");
        *self.total() += Counts::SKIP;
    }
}
