//! An engine in memory: it keeps count of what exists, and takes time, fails or hangs where a test or a flow's
//! `fake.json` tells it to. Tests stand on it, and so does `flowdeck serve --engine fake`.

mod environments;
mod executor;
mod packages;
mod phase;
mod scenario;
mod values;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use async_trait::async_trait;
use flowdeck_contract::{
    codes,
    ids::SessionId,
    image::ImageReference,
    pull::Pull,
    session::{InstalledPackage, SessionImage},
};
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use crate::{
    engine::{
        Abilities, Address, Base, BaseState, DefaultImage, Engine, EngineError, EnvironmentId,
        ExecutorReply, ExecutorRequest, Handle, PhaseNote, Runtime, RuntimeInfo, Share,
        StandsByFor, WantedBase, WorkFolders,
    },
    log::LogFile,
};

/// A call to the engine that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// [`Engine::allocate`].
    Allocate,
    /// [`Engine::prepare_base`].
    PrepareBase,
    /// [`Environments::create_environment`](crate::engine::Environments::create_environment).
    CreateEnvironment,
    /// [`Environments::install`](crate::engine::Environments::install).
    Install,
    /// [`Environments::dry_run`](crate::engine::Environments::dry_run); no step of a start.
    DryRun,
    /// [`Engine::start_runtime`].
    StartRuntime,
    /// [`Engine::check`].
    Check,
    /// [`Engine::remove`].
    Remove,
    /// An execution through [`Engine::request`]; one that hangs can be cancelled.
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
    /// From now on `step` fails with `error`.
    pub fn fail(&self, step: Step, error: EngineError) {
        self.world().trouble.insert(step, Trouble::Fail(error));
    }

    /// From now on `step` never ends.
    pub fn hang(&self, step: Step) {
        self.world().trouble.insert(step, Trouble::Hang);
    }

    /// Nothing goes wrong any more; what hangs goes on.
    pub fn recover(&self) {
        self.world().trouble.clear();
        self.changed.notify_waiters();
    }

    /// The engine of `flowdeck serve --engine fake`: a warm runtime waits for the flow that was started last, so that a
    /// first start shows every phase, and the base has packages that requirements can disagree with.
    #[must_use]
    pub fn for_looking() -> Self {
        let engine = Self::default();
        engine.stand_by_for_one_flow();
        engine.set_base(&packages::BASE_FOR_LOOKING);
        engine
    }

    /// Whether nobody can see if runtimes live, as when the server has no file descriptor left.
    pub fn set_blind(&self, is_blind: bool) {
        self.world().is_blind = is_blind;
    }

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

    /// From now on the base has these packages, each as `name==version`.
    pub fn set_base(&self, packages: &[&str]) {
        let packages = packages.iter().filter_map(|text| {
            let (name, version) = text.split_once("==")?;
            Some(InstalledPackage {
                name: name.to_owned(),
                version: version.to_owned(),
            })
        });
        self.world().base = Some(packages.collect());
    }

    fn base(&self) -> Vec<InstalledPackage> {
        let base = self.world().base.clone();
        base.unwrap_or_else(packages::usual_base)
    }

    /// Whether environments satisfy every requirements file as they are; they do not at first.
    pub fn set_satisfied(&self, satisfied: bool) {
        self.world().satisfied = satisfied;
    }

    /// From now on a standby runtime is for one flow, whose folder it has.
    pub fn stand_by_for_one_flow(&self) {
        self.world().for_one_flow = true;
    }

    /// From now on it is an engine that runs images.
    pub fn run_images(&self) {
        self.world().runs_images = true;
    }

    /// From now on it is one that runs images, and has this one for whatever is asked.
    pub fn set_image(&self, image: SessionImage) {
        let mut world = self.world();
        (world.runs_images, world.image) = (true, Some(image));
    }

    /// From now on this is the image of sessions that ask for none.
    pub fn set_default_image(&self, image: DefaultImage) {
        self.world().default_image = Some(image);
    }

    /// From now on the base is pulled when a session is made, and this is how far that is.
    pub fn set_pull(&self, pull: Pull) {
        self.world().pull = Some(pull);
    }

    /// For how many sessions it was asked to pull an image that it may have.
    #[must_use]
    pub fn pulled_anew(&self) -> u32 {
        self.world().pulled_anew
    }

    /// The digest that the base of the last session was asked to keep to.
    #[must_use]
    pub fn kept_image(&self) -> Option<String> {
        self.world().kept_image.clone()
    }

    /// Every runtime dies.
    pub fn kill_runtimes(&self) {
        self.world().runtimes.clear();
        self.changed.notify_waiters();
    }

    /// How many runtimes live.
    #[must_use]
    pub fn runtimes(&self) -> usize {
        self.world().runtimes.len()
    }

    /// The environments that exist.
    #[must_use]
    pub fn environments(&self) -> Vec<EnvironmentId> {
        let world = self.world();
        let all = world
            .environments
            .iter()
            .flat_map(|(session, generations)| {
                generations.iter().map(|generation| EnvironmentId {
                    session: session.clone(),
                    generation: *generation,
                })
            });
        all.collect()
    }

    /// What a session is bounded to, when it is.
    #[must_use]
    pub fn limit_of(&self, session: &SessionId) -> Option<Share> {
        self.world().limits.get(session).cloned()
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

#[async_trait]
impl Engine for FakeEngine {
    fn abilities(&self) -> Abilities {
        let world = self.world();
        let none = "This engine is made of nothing, and runs no images.";
        Abilities {
            images_unavailable: (!world.runs_images).then(|| none.to_owned()),
            has_own_network: world.runs_images,
            default_image: world.default_image.clone(),
            platform: None,
            stands_by_for: match world.for_one_flow {
                true => StandsByFor::OneFlow,
                false => StandsByFor::Anyone,
            },
        }
    }

    async fn image_here(
        &self,
        image: &ImageReference,
    ) -> Result<Option<SessionImage>, EngineError> {
        let here = self.world().image.clone();
        Ok(here.filter(|here| here.reference == image.as_str()))
    }

    async fn fits(
        &self,
        session: &SessionId,
        place: &WorkFolders,
        wanted: &WantedBase<'_>,
        _: Option<&Share>,
    ) -> Result<bool, EngineError> {
        Ok(!wanted.anew && self.world().places.get(session) == Some(place))
    }

    async fn allocate(
        &self,
        session: &SessionId,
        place: &WorkFolders,
    ) -> Result<PhaseNote, EngineError> {
        {
            let mut world = self.world();
            world.environments.entry(session.clone()).or_default();
            world.places.insert(session.clone(), place.clone());
        }
        self.pass(Step::Allocate, session, &|_| ()).await?;
        Ok(None)
    }

    async fn limit(&self, session: &SessionId, share: &Share) -> Result<PhaseNote, EngineError> {
        self.world().limits.insert(session.clone(), share.clone());
        Ok(None)
    }

    async fn prepare_base(
        &self,
        session: &SessionId,
        wanted: &WantedBase<'_>,
        log: &LogFile,
    ) -> Result<Base, EngineError> {
        let pull = {
            let mut world = self.world();
            world.pulled_anew += u32::from(wanted.anew);
            world.kept_image = wanted.keep.map(|image| image.digest.clone());
            world.pull.clone()
        };
        if let (Some(pull), Some(told)) = (pull, wanted.told) {
            told(pull);
        }
        self.pass_with_pull(
            Step::PrepareBase,
            session,
            &|line| log.line(line),
            wanted.told,
        )
        .await?;
        let made = std::mem::replace(&mut self.world().base_is_made, true);
        if !made {
            log.line("making the base");
        }
        let state = match made {
            true => BaseState::Ready,
            false => BaseState::Made("made the base".to_owned()),
        };
        let image = self.world().image.clone();
        Ok(Base { state, image })
    }

    async fn start_runtime(
        &self,
        environment: &EnvironmentId,
        log: &LogFile,
    ) -> Result<Runtime, EngineError> {
        let process = {
            let mut world = self.world();
            world.started += 1;
            let process = world.started;
            world.runtimes.insert(process, environment.session.clone());
            process
        };
        log.line("the runtime starts");
        self.pass(Step::StartRuntime, &environment.session, &|line| {
            log.line(line);
        })
        .await?;
        Ok(Runtime {
            session: environment.session.clone(),
            handle: Handle::of(&Number { process })?,
            address: Address::Unix(PathBuf::new()),
        })
    }

    async fn check(&self, runtime: &Runtime, log: &LogFile) -> Result<RuntimeInfo, EngineError> {
        self.pass(Step::Check, &runtime.session, &|line| log.line(line))
            .await?;
        if !self.lives(runtime) {
            return Err(EngineError::new("RuntimeDied", "The runtime ended."));
        }
        self.foresee_death(runtime)?;
        Ok(RuntimeInfo {
            version: "fake".to_owned(),
        })
    }

    async fn is_alive(&self, runtime: &Runtime) -> Result<bool, EngineError> {
        if self.world().is_blind {
            return Err(EngineError::new(
                "StorageFailed",
                "Too many files are open.",
            ));
        }
        Ok(self.lives(runtime))
    }

    async fn died(&self, runtime: &Runtime) -> EngineError {
        loop {
            let changed = self.changed.notified();
            let death =
                number(runtime).and_then(|number| self.world().deaths.get(&number).cloned());
            if !self.lives(runtime) {
                let ended = || EngineError::new("RuntimeDied", "The runtime ended.");
                return death.map_or_else(ended, |(_, reason)| reason);
            }
            match death {
                None => changed.await,
                Some((at, _)) => tokio::select! {
                    () = changed => {}
                    () = sleep_until(at) => self.end(runtime),
                },
            }
        }
    }

    async fn end_runtime(&self, runtime: &Runtime) -> Result<(), EngineError> {
        self.end(runtime);
        Ok(())
    }

    async fn tidy(&self, runtime: &Runtime, generations: &[u32]) -> Result<(), EngineError> {
        let mut world = self.world();
        world.runtimes.retain(|process, session| {
            *session != runtime.session || Some(*process) == number(runtime)
        });
        if let Some(existing) = world.environments.get_mut(&runtime.session) {
            existing.retain(|generation| generations.contains(generation));
        }
        Ok(())
    }

    async fn request(
        &self,
        runtime: &Runtime,
        request: ExecutorRequest,
    ) -> Result<ExecutorReply, EngineError> {
        if !self.lives(runtime) {
            return Err(EngineError::new(
                codes::RUNTIME_UNREACHABLE,
                "The runtime doesn’t answer.",
            ));
        }
        tokio::select! {
            reply = self.answer(runtime, request) => reply,
            _ = self.died(runtime) => Err(EngineError::new(codes::RUNTIME_UNREACHABLE, "The runtime doesn’t answer.")),
        }
    }

    async fn remove(&self, session: &SessionId) -> Result<(), EngineError> {
        self.pass(Step::Remove, session, &|_| ()).await?;
        {
            let mut world = self.world();
            world.places.remove(session);
            world.environments.remove(session);
            world.limits.remove(session);
            world.runtimes.retain(|_, other| other != session);
        }
        self.changed.notify_waiters();
        Ok(())
    }

    async fn sessions(&self) -> Result<Vec<SessionId>, EngineError> {
        let world = self.world();
        let all: BTreeSet<&SessionId> = world
            .environments
            .keys()
            .chain(world.runtimes.values())
            .collect();
        Ok(all.into_iter().cloned().collect())
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
