//! The native crates: formatting, lints, dependencies, tests.

use std::{env, thread};

use super::{
    Run, audit,
    commands::{cargo, passes, path_with},
    counts::Counts,
    daemon, licences, lints, runner, shipped,
    skipped::SkippedTests,
    sources,
};
use crate::{build, clippy, process, setup::RegistryServer};

/// How many tests of a program run at a time.
const THREADS: &str = "RUST_TEST_THREADS";

/// Most of a session's time is waiting, for processes, packages and containers: with more tests than cores, the cores
/// have something to do.
fn threads() -> usize {
    2 * thread::available_parallelism().map_or(1, usize::from)
}

pub(super) fn formatting(run: &Run<'_>) {
    run.check("formatting", |step| {
        passes(
            run,
            step,
            "test-format",
            cargo(run).args(["fmt", "--all", "--check"]),
        )
    });
}

/// What Clippy found when it compiled the tests: compiles nothing.
pub(super) fn lints(run: &Run<'_>) {
    run.check("lints of the native crates", |step| {
        clippy::require()?;
        let mut build = build::native_tests(run.project)?;
        lints::find_nothing(run, step, "test-lints", &mut build)
    });
}

/// Compiles nothing.
pub(super) fn dependencies(run: &Run<'_>) {
    run.check("licences of npm packages", |step| {
        let count = licences::check(run.project)?;
        step.says(&format!("{count} packages"));
        Ok(())
    });
    run.check("sources of dependencies", |step| {
        let count = sources::check(run.project)?;
        step.says(&format!("{count} packages"));
        Ok(())
    });
    run.check("features of the shipped server", |_| shipped::check(run));
    audit::crates(run);
    audit::npm(run);
}

/// Compiles all tests, and with them the server that the end-to-end tests start.
pub(super) fn build(run: &Run<'_>) -> bool {
    let mut is_built = false;
    run.check("build the native tests", |step| {
        let mut build = build::native_tests(run.project)?;
        build.arg("--no-run");
        process::run(run.project, step, "build-native-tests", &mut build)?.success()?;
        is_built = true;
        Ok(())
    });
    is_built
}

/// Only the server of the tests.
pub(super) fn build_server(run: &Run<'_>) -> bool {
    build::fake_server(run.project)
        .map_err(|error| run.fail(&error))
        .is_ok()
}

pub(super) fn tests(run: &Run<'_>, is_built: bool) {
    const TITLE: &str = "tests of the native crates and of the app's logic";
    if !is_built {
        run.skip(TITLE, "because they were not built");
        return;
    }
    let registry = RegistryServer::new(run.project);
    if let Some(why) = registry.lacks() {
        run.skip("tests with a real registry of images", &why);
    }
    let daemon = daemon::start(run, "test-rust-dockerd");
    run.step(TITLE, |step| {
        let mut test = build::native_tests(run.project)?;
        test.arg("--no-fail-fast");
        if env::var_os(THREADS).is_none() {
            test.env(THREADS, threads().to_string());
        }
        test.env("PATH", path_with(&registry)?);
        if let Some(daemon) = &daemon {
            daemon.tell(&mut test);
        }
        let skipped = SkippedTests::new(run.project)?;
        skipped.tell(&mut test);
        skipped.counted(runner::printed(
            run.project,
            step,
            "test-rust",
            &mut test,
            Counts::from_libtest,
        ))
    });
}
