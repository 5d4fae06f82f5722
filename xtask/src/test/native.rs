//! The native crates: formatting, lints, dependencies, tests.

use anyhow::Result;
use std::{env, process::Command, thread};

use super::{
    Run, audit,
    commands::{cargo, passes, path_with},
    counts::Counts,
    daemon, licences, lints,
    programs::Programs,
    runner, shipped,
    skipped::SkippedTests,
    sources,
};
use crate::{build, clippy, docker::Daemon, process, progress::Step, setup::RegistryServer};

const WHY_NOT: &str = "because they were not built";

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

/// Sessions of real parts. Gives the daemon that they have used.
pub(super) fn real_tests(run: &Run<'_>, is_built: bool) -> Option<Daemon> {
    const TITLE: &str = "tests of real sessions";
    if !is_built {
        run.skip(TITLE, WHY_NOT);
        return None;
    }
    if let Some(why) = RegistryServer::new(run.project).lacks() {
        run.skip("tests with a real registry of images", &why);
    }
    let daemon = daemon::start(run);
    run.step(TITLE, |step| {
        let mut test = build::native_tests(run.project)?;
        if env::var_os(THREADS).is_none() {
            test.env(THREADS, threads().to_string());
        }
        if let Some(daemon) = &daemon {
            daemon.tell(&mut test);
        }
        tests(run, step, Programs::Real, &mut test)
    });
    daemon
}

/// What is native and needs no daemon, the app's logic too.
pub(super) fn other_tests(run: &Run<'_>, is_built: bool) {
    const TITLE: &str = "tests of the native crates and of the app's logic";
    if !is_built {
        run.skip(TITLE, WHY_NOT);
        return;
    }
    run.step(TITLE, |step| {
        let mut test = build::native_tests(run.project)?;
        tests(run, step, Programs::Others, &mut test)
    });
    // There may be none.
    run.check("examples in the documentation", |step| {
        let mut test = build::native_tests(run.project)?;
        passes(run, step, "test-examples", test.arg("--doc"))
    });
}

fn tests(run: &Run<'_>, step: &Step, programs: Programs, test: &mut Command) -> Result<Counts> {
    let registry = RegistryServer::new(run.project);
    let name = match programs {
        Programs::Real => "test-real",
        Programs::Others => "test-rust",
    };
    test.args(programs.arguments(run)?)
        .arg("--no-fail-fast")
        .env("PATH", path_with(&registry)?);
    let skipped = SkippedTests::new(run.project, name)?;
    skipped.tell(test);
    skipped.counted(runner::printed(
        run.project,
        step,
        name,
        test,
        Counts::from_libtest,
    ))
}
