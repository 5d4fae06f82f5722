//! Set-up: what building and testing need and is missing.
//!
//! Each part knows whether it is ready without using the network, and how to install itself such that being killed in the
//! middle leaves it not ready. Parts that belong to the machine or the user are installed once for all checkouts.

mod browser;
mod cargo_tool;
mod debian;
mod docker;
mod npm;
mod prerequisites;
mod registry_server;
mod wasm_target;

use anyhow::{Context, Result};
use std::{
    env,
    ffi::{OsStr, OsString},
    panic::resume_unwind,
    path::PathBuf,
    process::Command,
    thread,
};

pub(crate) use browser::Browser;
pub(crate) use cargo_tool::CargoTool;
pub(crate) use docker::Docker;
pub(crate) use registry_server::RegistryServer;

use crate::{
    lock, process,
    progress::{Step, step},
    project::Project,
    wasm::WasmToolchain,
};
use npm::NpmFolder;
use wasm_target::WasmTarget;

/// What the caller is about to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Compile for wasm32.
    Check,
    /// Build the product.
    Build,
    /// Build it and run every test.
    Test,
}

trait Part: Sync {
    fn title(&self) -> String;
    fn is_ready(&self) -> bool;
    fn install(&self, project: &Project, step: &Step) -> Result<()>;
}

/// The tools, ready to be called.
pub(crate) struct Tools {
    pub(crate) wasm: WasmToolchain,
    /// Folders that go in front of `PATH`.
    folders: Vec<PathBuf>,
}

impl Tools {
    /// A command that finds the tools on its `PATH` and, when it is cargo or calls cargo, compiles for wasm32.
    pub(crate) fn wasm_command(
        &self,
        project: &Project,
        program: impl AsRef<OsStr>,
    ) -> Result<Command> {
        let mut command = process::command(program);
        command
            .current_dir(&project.root)
            .envs(self.environment(project)?);
        // trunk and npm tools print backtraces of their own with each failure, which hide what the compiler said.
        command.env_remove("RUST_BACKTRACE");
        Ok(command)
    }

    pub(crate) fn environment(&self, project: &Project) -> Result<Vec<(&'static str, OsString)>> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = self.folders.iter().cloned().chain(env::split_paths(&path));
        let mut variables = self.wasm.environment(project);
        variables.push((
            "PATH",
            env::join_paths(folders).context("PATH cannot be extended")?,
        ));
        // Where the toolchain differs, trunk's hooks must not compile xtask with it.
        let xtask = env::current_exe().context("cannot find the running xtask")?;
        variables.push(("FLOWDECK_XTASK", xtask.into_os_string()));
        Ok(variables)
    }
}

/// Looks for what nobody but the user can install.
pub(crate) fn check() -> Result<()> {
    prerequisites::check()
}

/// Installs what is missing for `scope`; without anything missing it takes a fraction of a second.
pub(crate) fn run(project: &Project, scope: Scope) -> Result<Tools> {
    prerequisites::check()?;
    let trunk = CargoTool::trunk(project);
    let wasm_bindgen = CargoTool::wasm_bindgen(project)?;
    let folders = vec![
        // Before the real wasm-bindgen, for which it stands.
        project.path("xtask/tools/bin"),
        trunk.folder(),
        wasm_bindgen.folder(),
        project.path("xtask/tools/node_modules/.bin"),
    ];
    let mut compiled: Vec<Box<dyn Part>> = vec![Box::new(WasmTarget)];
    let mut fetched: Vec<Box<dyn Part>> = Vec::new();
    if scope != Scope::Check {
        compiled.extend::<[Box<dyn Part>; 3]>([
            Box::new(wasm_bindgen),
            Box::new(CargoTool::wasm_split(project)),
            Box::new(trunk),
        ]);
        fetched.extend::<[Box<dyn Part>; 3]>([
            Box::new(NpmFolder::new(project, "xtask/tools")),
            Box::new(NpmFolder::new(project, "web/editor")),
            Box::new(NpmFolder::new(project, "web/font")),
        ]);
    }
    if scope == Scope::Test {
        compiled.push(Box::new(CargoTool::cargo_deny(project)));
        compiled.push(Box::new(Browser));
        compiled.push(Box::new(Docker));
        compiled.push(Box::new(RegistryServer::new(project)));
        fetched.push(Box::new(NpmFolder::new(project, "tests/e2e")));
    }
    install_missing(project, &[compiled, fetched])?;
    let wasm = WasmToolchain::detect()?
        .context("the wasm32 target vanished while it was set up: run the command again")?;
    Ok(Tools { wasm, folders })
}

/// Installs what is missing: each lane beside the others, its parts one after another. What is only fetched needn't wait for
/// what is compiled.
fn install_missing(project: &Project, lanes: &[Vec<Box<dyn Part>>]) -> Result<()> {
    if lanes.iter().flatten().all(|part| part.is_ready()) {
        return Ok(());
    }
    let _lock = lock::acquire(&project.cache.join("setup.lock"), "its set-up")?;
    thread::scope(|scope| {
        let lanes: Vec<_> = lanes
            .iter()
            .map(|lane| scope.spawn(|| install_each(project, lane)))
            .collect();
        let ends: Vec<Result<()>> = lanes
            .into_iter()
            .map(|lane| match lane.join() {
                Ok(end) => end,
                Err(panic) => resume_unwind(panic),
            })
            .collect();
        ends.into_iter().collect::<Result<()>>()
    })?;
    cargo_tool::forget_builds(project)
}

fn install_each(project: &Project, parts: &[Box<dyn Part>]) -> Result<()> {
    for part in parts {
        // Asked again under the lock: another process may have installed it meanwhile.
        if !part.is_ready() {
            step(&format!("set up {}", part.title()), |step| {
                part.install(project, step)
            })?;
        }
    }
    Ok(())
}
