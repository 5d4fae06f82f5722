//! Tests that this machine can't run: `cargo xtask test` counts them as skipped, by their names, not as passed.

#![allow(clippy::unwrap_used, reason = "for tests alone")]

use std::{fs::OpenOptions, io::Write as _};

/// Names the file that takes the names of skipped tests, a line each with the reason.
const FILE: &str = "FLOWDECK_TEST_SKIPPED";

/// Tells that the test of this thread is skipped, and why.
pub(crate) fn skipped(why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    eprintln!("skipped: {test}: {why}");
    let Some(file) = std::env::var_os(FILE) else {
        return;
    };
    let line = format!("{test}\t{}\n", why.replace('\n', " "));
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)
        .unwrap();
    file.write_all(line.as_bytes()).unwrap();
}
