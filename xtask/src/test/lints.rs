//! What Clippy has found in our own crates, which it compiles for the tests.

use anyhow::Result;
use std::process::Command;

use super::Run;
use crate::{clippy, process, progress::Step};

/// Builds the tests, unless they are built, and fails where anything was found in them.
pub(super) fn find_nothing(
    run: &Run<'_>,
    step: &Step,
    log_name: &str,
    tests: &mut Command,
) -> Result<()> {
    tests.args(["--no-run", "--color", "never"]);
    let finished = process::run(run.project, step, log_name, tests)?.success()?;
    clippy::require_nothing_found(&finished.output()?)
}
