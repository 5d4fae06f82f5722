//! An engine in memory: it keeps count of what exists, and takes time, fails or hangs where a test or a flow's
//! `fake.json` tells it to. Tests stand on it, and so does `flowdeck serve --engine fake`.

mod controls;
mod engine;
mod environments;
mod executor;
mod model;
mod packages;
mod phase;
mod scenario;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use flowdeck_contract::{
    ids::SessionId,
    pull::Pull,
    session::{InstalledPackage, SessionImage},
};
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};
use tokio::{sync::Notify, time::Instant};

use crate::engine::{DefaultImage, EngineError, EnvironmentId, Runtime, Share, WorkFolders};

/// A call to the engine that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// [`Engine::allocate`](crate::engine::Engine::allocate).
    Allocate,
    /// [`Engine::prepare_base`](crate::engine::Engine::prepare_base).
    PrepareBase,
    /// [`Environments::create_environment`](crate::engine::Environments::create_environment).
    CreateEnvironment,
    /// [`Environments::install`](crate::engine::Environments::install).
    Install,
    /// [`Environments::dry_run`](crate::engine::Environments::dry_run); no step of a start.
    DryRun,
    /// [`Engine::start_runtime`](crate::engine::Engine::start_runtime).
    StartRuntime,
    /// [`Engine::check`](crate::engine::Engine::check).
    Check,
    /// [`Engine::remove`](crate::engine::Engine::remove).
    Remove,
    /// An execution through [`Engine::request`](crate::engine::Engine::request); one that hangs can be cancelled.
    Execute,
}

impl Step {
    /// The steps of a start, in order.
    pub const START: [Step; 6] = [
        Step::Allocate,
        Step::PrepareBase,
        Step::CreateEnvironment,
        Step::Install,
        Step::StartRuntime,
        Step::Check,
    ];
}

/// How a step goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trouble {
    Fail(EngineError),
    Hang,
}

/// Sessions made of nothing. They outlive a `Compute`, as real ones do.
#[derive(Debug, Default)]
pub struct FakeEngine {
    world: Mutex<World>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct World {
    trouble: BTreeMap<Step, Trouble>,
    environments: BTreeMap<SessionId, BTreeSet<u32>>,
    runtimes: BTreeMap<u32, SessionId>,
    /// When runtimes end by themselves, and of what.
    deaths: BTreeMap<u32, (Instant, EngineError)>,
    limits: BTreeMap<SessionId, Share>,
    places: BTreeMap<SessionId, WorkFolders>,
    for_one_flow: bool,
    started: u32,
    base_is_made: bool,
    runs_images: bool,
    image: Option<SessionImage>,
    default_image: Option<DefaultImage>,
    pull: Option<Pull>,
    pulled_anew: u32,
    kept_image: Option<String>,
    satisfied: bool,
    /// What an install brought into each environment.
    brought: BTreeMap<EnvironmentId, Vec<InstalledPackage>>,
    canceled: BTreeSet<String>,
    is_blind: bool,
    base: Option<Vec<InstalledPackage>>,
}

impl FakeEngine {
    fn lives(&self, runtime: &Runtime) -> bool {
        let number = number(runtime);
        number.is_some_and(|number| self.world().runtimes.contains_key(&number))
    }

    fn end(&self, runtime: &Runtime) {
        if let Some(number) = number(runtime) {
            self.world().runtimes.remove(&number);
        }
        self.changed.notify_waiters();
    }

    /// A runtime that the flow lets end by itself does so some time after its check.
    fn foresee_death(&self, runtime: &Runtime) -> Result<(), EngineError> {
        let scenario = self.scenario_of(&runtime.session)?;
        if let (Some(death), Some(number)) = (scenario.dies, number(runtime)) {
            let end = (Instant::now() + death.after, death.reason.error());
            self.world().deaths.insert(number, end);
            self.changed.notify_waiters();
        }
        Ok(())
    }

    fn base(&self) -> Vec<InstalledPackage> {
        let base = self.world().base.clone();
        base.unwrap_or_else(packages::usual_base)
    }

    fn brought(&self, environment: &EnvironmentId) -> Vec<InstalledPackage> {
        self.world()
            .brought
            .get(environment)
            .cloned()
            .unwrap_or_default()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock()
    }

    async fn step(&self, step: Step) -> Result<(), EngineError> {
        loop {
            let changed = self.changed.notified();
            match self.world().trouble.get(&step) {
                None => return Ok(()),
                Some(Trouble::Fail(error)) => return Err(error.clone()),
                Some(Trouble::Hang) => {}
            }
            changed.await;
        }
    }
}

/// What the fake knows a runtime by.
#[derive(Serialize, Deserialize)]
struct Number {
    process: u32,
}

fn number(runtime: &Runtime) -> Option<u32> {
    let Number { process } = runtime.handle.read()?;
    Some(process)
}
