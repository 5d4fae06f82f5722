//! What a test tells the engine, and asks it.

use flowdeck_contract::{
    ids::SessionId,
    pull::Pull,
    session::{InstalledPackage, SessionImage},
};

use super::{FakeEngine, Step, Trouble, packages};
use crate::engine::{DefaultImage, EngineError, EnvironmentId, Share};

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
}
