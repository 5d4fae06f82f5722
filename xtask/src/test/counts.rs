//! How many tests passed, failed and were skipped, read from what the runners print.

use serde::Deserialize;
use std::{error::Error, fmt, ops::AddAssign};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Counts {
    pub(super) const PASS: Self = Self::new(1, 0, 0);
    pub(super) const SKIP: Self = Self::new(0, 0, 1);

    pub(super) const fn new(passed: u64, failed: u64, skipped: u64) -> Self {
        Self {
            passed,
            failed,
            skipped,
        }
    }

    /// What a step that ended with `error` counts: what its runner counted, and at least one failure.
    pub(super) fn one_failure_of(error: &anyhow::Error) -> Self {
        let mut counts = error
            .downcast_ref::<Failures>()
            .map_or(Self::default(), |failures| failures.counts);
        counts.failed = counts.failed.max(1);
        counts
    }

    /// From libtest's `test result:` lines, one for each test program.
    pub(super) fn from_libtest(output: &str) -> Self {
        let mut counts = Self::default();
        for line in output
            .lines()
            .filter_map(|line| line.trim().strip_prefix("test result: "))
        {
            counts += Self::new(
                number_before(line, " passed"),
                number_before(line, " failed"),
                number_before(line, " ignored"),
            );
        }
        counts
    }

    /// From the closing lines of Node.js's test runner: `# pass 3` or `ℹ pass 3`.
    pub(super) fn from_node(output: &str) -> Self {
        let number = |word: &str| -> u64 {
            output
                .lines()
                .filter_map(|line| line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")))
                .filter_map(|line| line.strip_prefix(word)?.trim().parse::<u64>().ok())
                .sum()
        };
        Self::new(
            number("pass "),
            number("fail "),
            number("skipped ") + number("todo "),
        )
    }

    /// From Playwright's JSON report. A flaky test has failed once too often.
    pub(super) fn from_playwright(report: &str) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Report {
            stats: Stats,
        }
        #[derive(Deserialize)]
        struct Stats {
            expected: u64,
            unexpected: u64,
            flaky: u64,
            skipped: u64,
        }
        let Report { stats } = serde_json::from_str(report)?;
        Ok(Self::new(
            stats.expected,
            stats.unexpected + stats.flaky,
            stats.skipped,
        ))
    }
}

fn number_before(line: &str, word: &str) -> u64 {
    line.split(word)
        .next()
        .and_then(|before| before.split(|c: char| !c.is_ascii_digit()).next_back())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// A runner that counted, and did not succeed.
#[derive(Debug)]
pub(super) struct Failures {
    pub(super) counts: Counts,
    pub(super) report: String,
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.report, self.counts)
    }
}

impl Error for Failures {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_all_libtest_programs_are_added() {
        let output = "running 2 tests\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.01s\n";
        assert_eq!(Counts::from_libtest(output), Counts::new(15, 2, 1));
        assert_eq!(
            Counts::from_libtest("error: could not compile"),
            Counts::default()
        );
    }

    #[test]
    fn both_reporters_of_node_are_read() {
        assert_eq!(
            Counts::from_node("ok 1\n# pass 3\n# fail 1\n# skipped 2\n# todo 0\n"),
            Counts::new(3, 1, 2)
        );
        assert_eq!(
            Counts::from_node("✔ x\nℹ pass 3\nℹ fail 0\nℹ skipped 0\n"),
            Counts::new(3, 0, 0)
        );
    }

    #[test]
    fn a_flaky_browser_test_is_a_failure() {
        let report = r#"{"stats": {"expected": 9, "unexpected": 1, "flaky": 1, "skipped": 3, "duration": 1.5}}"#;
        assert_eq!(
            Counts::from_playwright(report).unwrap(),
            Counts::new(9, 2, 3)
        );
        assert!(Counts::from_playwright("{}").is_err());
    }

    #[test]
    fn a_step_that_ended_before_counting_is_one_failure() {
        assert_eq!(
            Counts::one_failure_of(&anyhow::anyhow!("no compiler")),
            Counts::new(0, 1, 0)
        );
        let failures = Failures {
            counts: Counts::new(5, 2, 0),
            report: String::new(),
        };
        assert_eq!(
            Counts::one_failure_of(&failures.into()),
            Counts::new(5, 2, 0)
        );
    }

    #[test]
    fn the_sum_reads_as_ci_expects_it() {
        assert_eq!(
            Counts::new(3, 0, 1).to_string(),
            "3 passed, 0 failed, 1 skipped"
        );
    }
}
