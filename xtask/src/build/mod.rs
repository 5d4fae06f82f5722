//! Builds the browser app into `dist/` and the `flowdeck` binary.

mod compress;
pub(crate) mod css;
pub(crate) mod editor;
pub(crate) mod font;
mod language;
pub(crate) mod licences;
mod minify;
mod page;
pub(crate) mod parts;
pub(crate) mod sizes;

use anyhow::{Context, Result, bail};
use std::{env, path::PathBuf, process::Command, thread};

use crate::{
    clippy,
    digest::tree_hash,
    lock, process,
    progress::step,
    project::Project,
    setup::{self, Scope, Tools},
    stamp::Stamp,
    wasm::TARGET,
};

/// What the browser app is made of; `dist/` is built again when one of these changes.
const APP_INPUTS: [&str; 17] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "build.rs",
    "index.html",
    "crates/contract",
    "crates/flow",
    "crates/language",
    "crates/language-worker",
    "src",
    "style",
    "web/editor",
    "web/font",
    "xtask/src/build",
    "xtask/tools/bin",
    "xtask/tools/package-lock.json",
];

/// How much lower the server's build has its priority than the app's, as `nice` counts.
const AFTER_THE_APP: i32 = 10;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Compiles fast.
    Dev,
    /// What `cargo xtask serve` runs.
    Release,
    /// What is shipped: one binary with the browser app inside.
    Dist,
}

impl Profile {
    fn cargo_name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
            Self::Dist => "dist",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
            Self::Dist => "dist",
        }
    }
}

/// Builds `dist/`, unless it was built from these very inputs.
pub(crate) fn app(project: &Project, profile: Profile) -> Result<()> {
    let tools = setup::run(project, Scope::Build)?;
    let _lock = lock::acquire(&project.work().join("build.lock"), "its build")?;
    let inputs = format!(
        "{} {}",
        profile.cargo_name(),
        tree_hash(&project.root, &APP_INPUTS)?
    );
    // In dist/ itself: whoever calls trunk by hand replaces the folder, and the stamp with it.
    let stamp = Stamp::new(project.dist().join(".stamp"), inputs);
    if stamp.is_current() && project.dist().join("index.html").is_file() {
        eprintln!("✓ the browser app is up to date");
        return Ok(());
    }
    stamp.clear()?;
    trunk(project, &tools, profile)?;
    if profile != Profile::Dev {
        step("compress the browser app", |step| {
            compress::folder(project)?;
            step.note(sizes::Sizes::of(&project.dist())?.to_string());
            Ok(())
        })?;
    }
    stamp.write()
}

fn trunk(project: &Project, tools: &Tools, profile: Profile) -> Result<()> {
    step("build the browser app (wasm32)", |step| {
        let mut command = tools.wasm_command(project, "trunk")?;
        command.args(["--color", "never", "build"]);
        if profile != Profile::Dev {
            command.arg("--release");
        }
        process::run(project, step, "build-app", &mut command)?.success()?;
        Ok(())
    })
}

/// Where trunk's hooks find the app that is being built.
fn staging() -> Result<PathBuf> {
    env::var_os("TRUNK_STAGING_DIR")
        .map(PathBuf::from)
        .context("this is one of trunk's post-build hooks: run `cargo xtask build`")
}

/// Builds the app and the server beside each other, and returns the server's binary: linking the one leaves cores to the
/// other. The app needs its tools first and takes longer, so the server gets what it leaves.
pub(crate) fn product(
    project: &Project,
    profile: Profile,
    server: impl FnOnce() -> Result<PathBuf> + Send,
) -> Result<PathBuf> {
    // What is missing is said before minutes of compiling.
    setup::check()?;
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            process::step_back(AFTER_THE_APP);
            server()
        });
        app(project, profile)?;
        match server.join() {
            Ok(binary) => binary,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Builds the server and returns the binary's path.
pub(crate) fn server(project: &Project, profile: Profile) -> Result<PathBuf> {
    step("build the server", |step| {
        let mut cargo = process::command("cargo");
        cargo
            .args([
                "build",
                "--locked",
                "--package",
                "flowdeck-server",
                "--bin",
                "flowdeck",
            ])
            .args(["--profile", profile.cargo_name()])
            .current_dir(&project.root);
        if profile == Profile::Dist {
            cargo.args(["--features", "embed"]);
        }
        process::run(project, step, "build-server", &mut cargo)?.success()?;
        Ok(project
            .path("target")
            .join(profile.folder())
            .join("flowdeck"))
    })
}

/// The tests of all packages that are native or can be, built in one way by all who build them: with the fake engine, so
/// that what the native tests have compiled need not be compiled again for those in a browser, with the app's logic, so
/// that its crates are compiled once, and with Clippy as the compiler of our own, so that lints compile nothing.
pub(crate) fn native_tests(project: &Project) -> Result<Command> {
    let mut cargo = process::command("cargo");
    cargo
        .args(["test", "--locked", "--workspace"])
        .args(["--features", "flowdeck-server/fake-engine"])
        .current_dir(&project.root);
    clippy::compile_with(&mut cargo)?;
    Ok(cargo)
}

/// Builds the server that has the fake engine, for tests and for looking, and returns the binary's path. Cargo makes the
/// programs of a package for its integration tests; the same call that the native tests are built by finds all of it
/// compiled.
pub(crate) fn fake_server(project: &Project) -> Result<PathBuf> {
    step("build the server with the fake engine", |step| {
        let mut cargo = native_tests(project)?;
        cargo.args(["--test", "command", "--no-run"]);
        process::run(project, step, "build-fake-server", &mut cargo)?.success()?;
        Ok(server_for_tests(project))
    })
}

/// Where the native tests put the server that they start.
pub(crate) fn server_for_tests(project: &Project) -> PathBuf {
    project.path("target/debug/flowdeck")
}

/// Builds the binary that is shipped.
pub(crate) fn dist(project: &Project) -> Result<()> {
    app(project, Profile::Release)?;
    let binary = server(project, Profile::Dist)?;
    println!("{}", binary.display());
    Ok(())
}

/// Checks the browser app with every warning an error; what the compiler says goes to the terminal.
pub(crate) fn check(project: &Project) -> Result<()> {
    let tools = setup::run(project, Scope::Check)?;
    let mut cargo = tools.wasm_command(project, "cargo")?;
    // The toolchain may have no Clippy.
    let mode: &[&str] = if tools.wasm.has_clippy() {
        &["clippy", "--all-targets"]
    } else {
        // `-- -D warnings` can go to one target only; the library holds all but `main`.
        &["rustc", "--profile", "check", "--lib"]
    };
    cargo
        .args(mode)
        .args(["--locked", "--package", "flowdeck-app", "--target", TARGET])
        .args(["--", "-D", "warnings"]);
    if !cargo.status()?.success() {
        bail!("the browser app does not pass");
    }
    Ok(())
}
