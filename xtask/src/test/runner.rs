//! Calls a test runner and turns what it left into counts.

use anyhow::{Context, Result, bail};
use std::{fs, path::Path, process::Command};

use super::counts::{Counts, Failures};
use crate::{
    process::{self, Finished},
    progress::Step,
    project::Project,
};

/// How much of a failed run is shown; the log has all of it.
const LINES_SHOWN: usize = 300;

/// Runs a runner whose printed output holds the counts.
pub(super) fn printed(
    project: &Project,
    step: &Step,
    log_name: &str,
    command: &mut Command,
    read: fn(&str) -> Counts,
) -> Result<Counts> {
    let finished = process::run(project, step, log_name, command)?;
    let output = finished.output()?;
    verdict(&finished, read(&output), &output)
}

/// Runs Playwright, which writes its counts to `report`.
pub(super) fn playwright(
    project: &Project,
    step: &Step,
    log_name: &str,
    command: &mut Command,
    report: &Path,
) -> Result<Counts> {
    // A report of an earlier run must not speak for this one.
    if report.exists() {
        fs::remove_file(report).with_context(|| format!("cannot remove {}", report.display()))?;
    }
    let finished = process::run(project, step, log_name, command)?;
    let output = finished.output()?;
    let counts = match fs::read_to_string(report) {
        Ok(report) => {
            Counts::from_playwright(&report).context("Playwright's report cannot be read")?
        }
        Err(_) => Counts::default(),
    };
    verdict(&finished, counts, &output)
}

fn verdict(finished: &Finished, counts: Counts, output: &str) -> Result<Counts> {
    if !finished.status.success() || counts.failed > 0 {
        let report = format!(
            "{}\nThe whole log: {}",
            what_matters(output),
            finished.log.display()
        );
        return Err(Failures { counts, report }.into());
    }
    if counts == Counts::default() {
        bail!("no test ran, see {}", finished.log.display());
    }
    Ok(counts)
}

/// The output without what went well.
fn what_matters(output: &str) -> String {
    let lines: Vec<&str> = output.lines().filter(|line| !went_well(line)).collect();
    lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n")
}

fn went_well(line: &str) -> bool {
    let line = line.trim_start();
    (line.starts_with("test ") && (line.ends_with("... ok") || line.ends_with("... ignored")))
        || line.starts_with("test result: ok")
        || line.starts_with("Compiling ")
        || line.starts_with("running 0 tests")
        || line.starts_with('✓')
        || line.starts_with('✔')
        || line.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_leaves_out_what_went_well_and_is_bounded() {
        let output =
            "   Compiling a v1\ntest good ... ok\ntest bad ... FAILED\n\n  ✓  1 fine\nfailures:\n";
        assert_eq!(what_matters(output), "test bad ... FAILED\nfailures:");
        let long = "x\n".repeat(LINES_SHOWN * 2);
        assert_eq!(what_matters(&long).lines().count(), LINES_SHOWN);
    }
}
