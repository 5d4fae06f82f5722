//! The steps of a test run, part by part.

use anyhow::Result;
use std::{env, ffi::OsString, fs, process::Command};
use walkdir::WalkDir;

use super::{
    Run, audit, budgets, counts::Counts, licences, runner, skipped::SkippedTests, sources,
};
use crate::{
    build::{self, NATIVE_FOR_TESTS, Profile, sizes::Sizes},
    docker::Daemon,
    process,
    progress::{Step, step},
    setup::{Browser, Docker, RegistryServer},
    wasm::TARGET,
};

const PRODUCT: &str = "end-to-end tests in Chromium";
const DOCKER: &str = "end-to-end tests of the Docker engine in Chromium";

pub(super) fn rust(run: &Run<'_>) {
    run.check("formatting", |step| {
        passes(
            run,
            step,
            "test-format",
            cargo(run).args(["fmt", "--all", "--check"]),
        )
    });
    run.check("lints of the native crates", |step| {
        let mut clippy = cargo(run);
        clippy
            .arg("clippy")
            .args(NATIVE_FOR_TESTS)
            .args(["--all-targets", "--", "-D", "warnings"]);
        passes(run, step, "test-clippy", &mut clippy)
    });
    run.check("licences", |step| {
        let count = licences::check(run.project)?;
        step.says(&format!("{count} packages"));
        Ok(())
    });
    run.check("sources of dependencies", |step| {
        let count = sources::check(run.project)?;
        step.says(&format!("{count} packages"));
        Ok(())
    });
    audit::crates(run);
    audit::npm(run);
    let registry = RegistryServer::new(run.project);
    if let Some(why) = registry.lacks() {
        run.skip("tests with a real registry of images", &why);
    }
    let daemon = docker_daemon(run, "test-rust-dockerd");
    run.step("tests of the native crates", |step| {
        let mut test = cargo(run);
        test.arg("test")
            .args(NATIVE_FOR_TESTS)
            .arg("--no-fail-fast");
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

/// Where programs are: that of a registry after all others, so that one that is installed comes first.
fn path_with(registry: &RegistryServer) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([registry.folder()]);
    Ok(env::join_paths(folders)?)
}

/// A daemon with the product's base image; where there can be none its tests are skipped, with the reason.
fn docker_for_browsers(run: &Run<'_>) -> Option<Daemon> {
    if let Some(why) = RegistryServer::new(run.project).lacks() {
        run.skip(DOCKER, &why);
        return None;
    }
    let daemon = docker_daemon(run, "test-e2e-dockerd")?;
    let made = step("a base image for tests", |step| {
        daemon.make_base_image(run.project, step)
    });
    made.map_err(|error| run.fail(&error)).ok()?;
    Some(daemon)
}

/// The daemon for tests; where there can be none they are skipped, with the reason.
fn docker_daemon(run: &Run<'_>, log_name: &str) -> Option<Daemon> {
    let started = match Docker::unavailable() {
        Some(reason) => Err(reason),
        None => step("a Docker daemon for tests", |step| {
            Daemon::start(run.project, step, log_name)
        })
        .map_err(|error| format!("{error:#}")),
    };
    started
        .inspect_err(|reason| run.skip("tests of the Docker engine", reason))
        .ok()
}

pub(super) fn app(run: &Run<'_>) {
    run.check("lints of the browser app (wasm32)", |step| {
        let mut check = build::check_command(run.project, &run.tools)?;
        passes(run, step, "test-app-lints", &mut check)
    });
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
    components(run);
    editor(run);
    if built(run) {
        run.check("byte budgets", |_| {
            budgets::check(&Sizes::of(&run.project.dist())?)
        });
    } else {
        run.skip("byte budgets", "because the browser app was not built");
    }
}

/// What needs a document: in Chromium, through wasm-bindgen's test runner.
fn components(run: &Run<'_>) {
    let title = "tests of the browser app's components";
    if !has_component_tests(run) {
        run.skip(title, "because there is none yet");
        return;
    }
    run.step(title, |step| {
        let mut test = run.tools.wasm_command(run.project, "cargo")?;
        test.args([
            "test",
            "--locked",
            "--package",
            "flowdeck-app",
            "--target",
            TARGET,
        ])
        .env(
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

fn has_component_tests(run: &Run<'_>) -> bool {
    WalkDir::new(run.project.path("src"))
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "rs")
        })
        .any(|entry| {
            fs::read_to_string(entry.path()).is_ok_and(|text| text.contains("#[wasm_bindgen_test]"))
        })
}

fn editor(run: &Run<'_>) {
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

pub(super) fn end_to_end(run: &Run<'_>, arguments: &[String]) {
    run.check("types of the end-to-end tests", |step| {
        passes(
            run,
            step,
            "test-e2e-types",
            &mut npm(run, "tests/e2e", &["run", "check"]),
        )
    });
    if !(built(run) && served(run)) {
        run.skip(PRODUCT, "because the product was not built");
        return;
    }
    run.step(PRODUCT, |step| {
        playwright(run, step, "product", None, arguments)
    });
    if let Some(daemon) = docker_for_browsers(run) {
        run.step(DOCKER, |step| {
            playwright(run, step, "docker", Some(&daemon), arguments)
        });
    }
}

/// Runs a project of Playwright's configuration.
fn playwright(
    run: &Run<'_>,
    step: &Step,
    name: &str,
    daemon: Option<&Daemon>,
    arguments: &[String],
) -> Result<Counts> {
    let report = run.project.work().join(format!("e2e-{name}.json"));
    let mut test = npm(
        run,
        "tests/e2e",
        &["exec", "--", "playwright", "test", "--reporter=list,json"],
    );
    test.arg(format!("--project={name}"))
        .args(arguments)
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("FLOWDECK_BIN", run.project.path("target/release/flowdeck"))
        .env("FLOWDECK_ASSETS", run.project.dist())
        .env("FLOWDECK_CHROMIUM", Browser::program()?)
        .env("PATH", path_with(&RegistryServer::new(run.project))?);
    if !arguments.is_empty() {
        // What was asked for may all be in the other project.
        test.arg("--pass-with-no-tests");
    }
    if let Some(daemon) = daemon {
        daemon.tell(&mut test);
    }
    runner::playwright(
        run.project,
        step,
        &format!("test-e2e-{name}"),
        &mut test,
        &report,
    )
}

fn built(run: &Run<'_>) -> bool {
    counted(run, build::app(run.project, Profile::Release))
}

fn served(run: &Run<'_>) -> bool {
    counted(run, build::server(run.project, Profile::Release).map(drop))
}

/// The build reports its own steps; only its failure is one of the run's.
fn counted(run: &Run<'_>, result: Result<()>) -> bool {
    result.map_err(|error| run.fail(&error)).is_ok()
}

fn passes(run: &Run<'_>, step: &Step, log_name: &str, command: &mut Command) -> Result<()> {
    process::run(run.project, step, log_name, command)?
        .success()
        .map(drop)
}

fn cargo(run: &Run<'_>) -> Command {
    let mut cargo = process::command("cargo");
    cargo.current_dir(&run.project.root);
    cargo
}

fn npm(run: &Run<'_>, folder: &str, arguments: &[&str]) -> Command {
    let mut npm = process::command("npm");
    npm.args(arguments).current_dir(run.project.path(folder));
    npm
}
