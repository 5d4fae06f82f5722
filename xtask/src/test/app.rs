//! The browser app and the code editor.

use anyhow::Result;
use std::process::Command;

use super::{
    Run, budgets,
    commands::{cargo, npm, passes},
    counts::Counts,
    lints, runner,
};
use crate::{
    build::{self, Profile, sizes::Sizes},
    clippy,
    setup::Browser,
    wasm::TARGET,
};

/// Builds what is shipped. The build reports its own steps; only its failure is one of the run's.
pub(super) fn build(run: &Run<'_>) -> bool {
    build::app(run.project, Profile::Release)
        .map_err(|error| run.fail(&error))
        .is_ok()
}

/// What the app may weigh; where it was not built there is nothing to weigh.
pub(super) fn budgets(run: &Run<'_>, is_built: bool) {
    if is_built {
        run.check("byte budgets", |_| {
            budgets::check(&Sizes::of(&run.project.dist())?)
        });
    } else {
        run.skip("byte budgets", "because the browser app was not built");
    }
}

/// Compiles the tests of components.
pub(super) fn lints(run: &Run<'_>) {
    run.check("lints of the browser app (wasm32)", |step| {
        lints::find_nothing(run, step, "test-app-lints", &mut wasm_tests(run)?)
    });
}

/// The app's logic alone; a whole run has it among the native tests, which share what they are made of.
pub(super) fn logic(run: &Run<'_>) {
    run.step("tests of the browser app's logic", |step| {
        let mut test = cargo(run);
        test.args(["test", "--locked", "--package", "flowdeck-app"]);
        runner::printed(
            run.project,
            step,
            "test-app",
            &mut test,
            Counts::from_libtest,
        )
    });
}

/// The tests that run in a browser, compiled by Clippy where the wasm32 toolchain has it.
fn wasm_tests(run: &Run<'_>) -> Result<Command> {
    let mut cargo = run.tools.wasm_command(run.project, "cargo")?;
    cargo
        .args(["test", "--locked", "--package", "flowdeck-app"])
        .args(["--target", TARGET]);
    if run.tools.wasm.has_clippy() {
        clippy::compile_with(&mut cargo)?;
    }
    Ok(cargo)
}

/// What needs a document: in Chromium, through wasm-bindgen's test runner.
pub(super) fn components(run: &Run<'_>) {
    run.step("tests of the browser app's components", |step| {
        let mut test = wasm_tests(run)?;
        test.env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            "wasm-bindgen-test-runner",
        )
        .env("CHROMEDRIVER", Browser::driver()?)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
        runner::printed(
            run.project,
            step,
            "test-components",
            &mut test,
            Counts::from_libtest,
        )
    });
}

pub(super) fn editor(run: &Run<'_>) {
    run.check("types of the code editor", |step| {
        passes(
            run,
            step,
            "test-editor-types",
            &mut npm(run, "web/editor", &["run", "check"]),
        )
    });
    run.step("tests of the code editor", |step| {
        let mut test = npm(run, "web/editor", &["test"]);
        runner::printed(
            run.project,
            step,
            "test-editor",
            &mut test,
            Counts::from_node,
        )
    });
}
