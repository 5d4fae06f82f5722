//! The Docker engine: a session is a container of its image.
//!
//! Its processes see the flow folder and nothing else of this machine. The daemon runs on the same machine, or on one that has the same folders at the same paths.

mod base;
mod containers;
mod daemon;
mod helper;
mod image;
mod indexes;
mod install;
mod instances;
mod places;
mod pull;
mod relay;
mod runtime;
mod user;
mod uv;

use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use flowdeck_contract::{
    ids::SessionId,
    image::ImageReference,
    session::{InstalledPackage, SessionImage, SessionSize},
    settings::EnvironmentCache,
};
use tokio::sync::OnceCell;

use self::{
    base::Maker,
    containers::Containers,
    image::Image,
    indexes::Indexes,
    install::Installer,
    instances::{Instance, Instances},
    places::{Facts, Places},
};
use crate::{
    engine::{
        Base, BaseState, DryRunStart, Engine, EngineError, EnvironmentId, ExecutorReply,
        ExecutorRequest, Heard, Inventory, KeptEnvironment, PhaseNote, Place, Requirements,
        Runtime, RuntimeInfo, Share, StandsByFor, WantedBase,
    },
    environment::{
        base::remove_unfinished,
        inventory,
        kept::Kept,
        reuse::{How, Reuse},
    },
    executor::{death, health, http},
    feeds::Forwarder,
    log::LogFile,
    paths::{private_folder, remove_all},
    registry::Platform,
};

/// What sessions are made from when nobody asks for anything else; `cargo xtask image` builds it.
pub const DEFAULT_IMAGE: &str = concat!("flowdeck/base:", env!("CARGO_PKG_VERSION"));

/// How the Docker engine is to work.
#[derive(Clone, Debug, Default)]
pub struct DockerOptions {
    /// Where the daemon listens, as `DOCKER_HOST` says it; its usual socket when left out.
    pub host: Option<String>,
    /// The image of sessions that ask for none; [`DEFAULT_IMAGE`] when left out.
    pub image: Option<String>,
    /// Where the bases of images are kept, which servers may share; below the data folder when left out.
    pub bases: Option<PathBuf>,
    /// How many bytes the environments may take that are kept for later starts; nothing is kept when it is 0.
    pub kept_bytes: u64,
}

/// Sessions in containers.
#[derive(Debug)]
pub struct DockerEngine {
    containers: Containers,
    places: Places,
    default_image: String,
    /// Of the daemon's machine, which may not be ours.
    platform: Option<Platform>,
    indexes: Indexes,
    forwarder: Forwarder,
    kept: Kept,
    uv: OnceCell<PathBuf>,
    instances: Instances,
    /// What the sessions may use that are bounded.
    bounded: Mutex<HashMap<SessionId, Bounded>>,
}

/// What a session may use, and how it is kept to that.
#[derive(Clone, Debug)]
struct Bounded {
    share: Share,
    /// The compute instance whose size it shares, where that could be made.
    instance: Option<Instance>,
}

impl DockerEngine {
    /// An engine that keeps its sessions below `data`.
    ///
    /// # Errors
    /// When the daemon cannot be reached, or the data folder cannot be made or written.
    pub async fn new(data: &Path, options: DockerOptions) -> Result<Self, EngineError> {
        let docker = daemon::connect(options.host.as_deref()).await?;
        let what = format!("Preparing the data folder {}", data.display());
        let failed = |error: io::Error| EngineError::io(&what, &error);
        fs::create_dir_all(data).map_err(failed)?;
        let places = Places::new(data.canonicalize().map_err(failed)?, options.bases);
        private_folder(&places.sessions()).map_err(failed)?;
        fs::create_dir_all(places.passage()).map_err(failed)?;
        let about = docker.info().await.map_err(|error| {
            daemon::failed("Asking the Docker daemon about its machine", &error)
        })?;
        daemon::require_own_users(about.security_options.as_deref().unwrap_or_default())?;
        let cpus = about
            .ncpu
            .and_then(|cpus| u32::try_from(cpus).ok())
            .unwrap_or(1);
        let driver = about.cgroup_driver.map(|driver| driver.to_string());
        let engine = Self {
            containers: Containers::new(docker, places.mark(), cpus, places.passage()),
            forwarder: Forwarder::new(places.folders().data()),
            kept: Kept::new(places.folders().kept(), options.kept_bytes),
            instances: Instances::new(driver.as_deref(), places.mark()),
            places,
            default_image: options.image.unwrap_or_else(|| DEFAULT_IMAGE.to_owned()),
            platform: about.architecture.as_deref().map(image::platform_of),
            indexes: Indexes::of_machine(),
            uv: OnceCell::new(),
            bounded: Mutex::default(),
        };
        engine.instances.sweep();
        remove_unfinished(engine.places.bases())
            .and_then(|()| engine.kept.remove_unfinished())
            .map_err(failed)?;
        Ok(engine)
    }

    async fn uv(&self, log: &LogFile) -> Result<&Path, EngineError> {
        let find = || uv::find(self.places.folders(), log);
        self.uv.get_or_try_init(find).await.map(PathBuf::as_path)
    }

    fn bounded(&self) -> MutexGuard<'_, HashMap<SessionId, Bounded>> {
        self.bounded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bounds(&self, session: &SessionId) -> Option<Bounded> {
        self.bounded().get(session).cloned()
    }

    fn size(&self, session: &SessionId) -> Option<SessionSize> {
        Some(self.bounds(session)?.share.size)
    }

    /// Says so when a session's container is not where the size of its compute instance is shared.
    fn verify_instance(&self, runtime: &Runtime, log: &LogFile) {
        let bounded = self.bounds(&runtime.session);
        let instance = bounded
            .as_ref()
            .and_then(|bounded| bounded.instance.as_ref());
        if let (Some(instance), Some(container)) = (instance, runtime.container())
            && !instance.holds(container)
        {
            let what = "The session has the size of its compute instance for itself: the Docker daemon has not put it into the instance’s control group.";
            tracing::warn!(container, parent = instance.parent, "{what}");
            log.line(what);
        }
    }

    async fn installer<'a>(
        &'a self,
        environment: &'a EnvironmentId,
        log: &LogFile,
    ) -> Result<Installer<'a>, EngineError> {
        Ok(Installer {
            containers: &self.containers,
            places: &self.places,
            uv: self.uv(log).await?,
            indexes: &self.indexes,
            forwarder: &self.forwarder,
            facts: self.places.facts(&environment.session)?,
            size: self.size(&environment.session),
            environment,
        })
    }

    async fn quiet_installer<'a>(
        &'a self,
        environment: &'a EnvironmentId,
    ) -> Result<Installer<'a>, EngineError> {
        self.installer(environment, &LogFile::at("/dev/null")).await
    }

    fn reuse<'a>(
        &'a self,
        facts: &Facts,
        base: &'a Path,
        requirements: &'a Requirements,
    ) -> Reuse<'a> {
        Reuse {
            kept: &self.kept,
            folders: self.places.folders(),
            base,
            variables: self.indexes.all(),
            // What one user's installs left another's sessions do not trust.
            user: Some(facts.user.uid()),
            requirements,
        }
    }

    async fn use_kept(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        how: How,
        log: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        let facts = self.places.facts(&environment.session)?;
        let (base, to) = (
            self.places.base(&facts.image()?.id),
            self.places.environment(environment),
        );
        let reuse = self.reuse(&facts, &base, requirements);
        let Some(kept) = reuse.reuse(environment, how, log).await? else {
            return Ok(None);
        };
        let owned = self
            .places
            .folders()
            .work(&environment.session, move || facts.user.own_folders(&to));
        owned
            .await
            .map_err(|error| EngineError::io("Making the session's environment", &error))?;
        Ok(Some(kept))
    }

    fn said(&self, environment: &EnvironmentId) -> Result<(Image, base::Said), EngineError> {
        let facts = self.places.facts(&environment.session)?;
        let image = facts.image()?.clone();
        let said = base::said(&self.places, &image)?;
        Ok((image, said))
    }
}

fn asked<'a>(wanted: &WantedBase<'a>) -> Option<&'a str> {
    wanted.image.filter(|image| !image.is_empty())
}

#[async_trait]
impl Engine for DockerEngine {
    fn images_unavailable(&self) -> Option<String> {
        None
    }

    fn default_image(&self) -> Option<&str> {
        Some(&self.default_image)
    }

    fn platform(&self) -> Option<Platform> {
        self.platform.clone()
    }

    async fn image_here(
        &self,
        image: &ImageReference,
    ) -> Result<Option<SessionImage>, EngineError> {
        let found = image::find(&self.containers.docker, image).await?;
        Ok(found.map(|image| image.shown()))
    }

    /// A container sees the flow folder that it was made for, and no other.
    fn stands_by_for(&self) -> StandsByFor {
        StandsByFor::OneFlow
    }

    async fn fits(
        &self,
        session: &SessionId,
        place: &Place,
        wanted: &WantedBase<'_>,
        share: Option<&Share>,
    ) -> Result<bool, EngineError> {
        // A container is put into the group of a compute instance when it is made.
        if share.is_some_and(|share| share.instance.is_some()) {
            return Ok(false);
        }
        let facts = self.places.facts(session)?;
        let is_here = facts
            .are_of(place)
            .map_err(|error| EngineError::io("Looking at the flow folder", &error))?;
        let reference = asked(wanted).unwrap_or(&self.default_image);
        let Ok(reference) = ImageReference::try_from(reference) else {
            return Ok(false);
        };
        let image = image::find_wanted(&self.containers.docker, &reference, wanted).await?;
        Ok(is_here && image.is_some() && image == facts.image)
    }

    async fn allocate(&self, session: &SessionId, place: &Place) -> Result<PhaseNote, EngineError> {
        let make = || {
            private_folder(&self.places.session(session))?;
            private_folder(&self.places.runtime(session))?;
            Facts::new(place)
        };
        let facts =
            make().map_err(|error| EngineError::io("Making the session's folder", &error))?;
        let user = facts.user;
        let admitted = facts.folders().try_for_each(|folder| user.admit(folder));
        admitted.map_err(|error| {
            EngineError::io("Letting the session into the flow folder", &error).with_remedy(
                "A session is not root: give the flow folder to another user (chown), or keep it on a disk with access \
                 control lists.",
            )
        })?;
        self.places.remember(session, &facts)?;
        Ok(Some(format!(
            "a container on this machine, as user {}",
            user.uid()
        )))
    }

    async fn limit(&self, session: &SessionId, share: &Share) -> Result<PhaseNote, EngineError> {
        let mut note = share.to_string();
        let instance = match &share.instance {
            None => None,
            Some(name) => match self.instances.make(name, &share.size) {
                Ok(instance) => Some(instance),
                Err(why) => {
                    note = format!(
                        "{}; each session on ‘{name}’ has that for itself, as {why}",
                        share.alone()
                    );
                    None
                }
            },
        };
        let parent = instance.as_ref().map(|instance| instance.parent.clone());
        self.containers.set_parent(session, parent);
        let share = share.clone();
        self.containers.bound(session, &share.size).await?;
        self.bounded()
            .insert(session.clone(), Bounded { share, instance });
        Ok(Some(note))
    }

    async fn prepare_base(
        &self,
        session: &SessionId,
        wanted: &WantedBase<'_>,
        log: &LogFile,
    ) -> Result<Base, EngineError> {
        let mut facts = self.places.facts(session)?;
        if let Some(image) = &facts.image {
            let (state, image) = (BaseState::Ready, Some(image.shown()));
            return Ok(Base { state, image });
        }
        let asked = asked(wanted);
        let reference = asked.unwrap_or(&self.default_image);
        let docker = &self.containers.docker;
        let found = image::find_or_pull(docker, reference, wanted, log).await;
        let (image, pulled) = found.map_err(|error| match asked {
            Some(_) => error,
            None => error.with_remedy(
                "It is the default base image: build flowdeck’s own with cargo xtask image, or name another one with \
                 --docker-image.",
            ),
        })?;
        let maker = Maker {
            containers: &self.containers,
            places: &self.places,
            uv: self.uv(log).await?,
            indexes: &self.indexes,
            session,
        };
        let made = maker.prepare(&image, log).await?;
        let notes = pulled
            .then(|| format!("pulled {}", image.reference))
            .into_iter()
            .chain(made);
        let notes: Vec<String> = notes.collect();
        let state = match notes.is_empty() {
            true => BaseState::Ready,
            false => BaseState::Made(notes.join("; ")),
        };
        let shown = image.shown();
        facts.image = Some(image);
        self.places.remember(session, &facts)?;
        Ok(Base {
            state,
            image: Some(shown),
        })
    }

    async fn create_environment(
        &self,
        environment: &EnvironmentId,
    ) -> Result<PhaseNote, EngineError> {
        let facts = self.places.facts(&environment.session)?;
        let image = facts.image()?;
        let said = base::said(&self.places, image)?;
        let (base, folder, user) = (
            self.places.base(&image.id),
            self.places.environment(environment),
            facts.user,
        );
        let made = self.places.folders().work(&environment.session, move || {
            base::clone_for(&base, &folder, user)
        });
        made.await
            .map_err(|error| EngineError::io("Making the session's environment", &error))?;
        Ok(Some(format!(
            "Python {} of the image",
            said.markers.python_full_version()
        )))
    }

    async fn install_command(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<String, EngineError> {
        Ok(self.quiet_installer(environment).await?.shown(requirements))
    }

    async fn install(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        log: &LogFile,
        heard: Heard<'_>,
    ) -> Result<PhaseNote, EngineError> {
        let installer = self.installer(environment, log).await?;
        installer.install(requirements, log, heard).await
    }

    async fn dry_run(
        &self,
        environment: &EnvironmentId,
        start: DryRunStart,
        requirements: &Requirements,
    ) -> Result<Vec<String>, EngineError> {
        let installer = self.quiet_installer(environment).await?;
        installer.dry_run(start, requirements).await
    }

    async fn satisfies(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<bool, EngineError> {
        let facts = self.places.facts(&environment.session)?;
        let base = self.places.base(&facts.image()?.id);
        // To ask uv takes a container and a second: what is kept for the same lines is there sooner.
        if self.reuse(&facts, &base, requirements).exists().await? {
            return Ok(false);
        }
        let installer = self.quiet_installer(environment).await?;
        installer.satisfies(requirements).await
    }

    async fn reuse_environment(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        log: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        self.use_kept(environment, requirements, How::Make, log)
            .await
    }

    async fn can_add_kept(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<bool, EngineError> {
        let facts = self.places.facts(&environment.session)?;
        let base = self.places.base(&facts.image()?.id);
        self.reuse(&facts, &base, requirements).can_add().await
    }

    async fn add_kept(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        log: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        self.use_kept(environment, requirements, How::Add, log)
            .await
    }

    async fn keep_environment(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        took: Duration,
    ) -> Result<PhaseNote, EngineError> {
        let facts = self.places.facts(&environment.session)?;
        let base = self.places.base(&facts.image()?.id);
        let reuse = self.reuse(&facts, &base, requirements);
        reuse.keep(environment, took).await
    }

    fn kept_environments(&self) -> Option<EnvironmentCache> {
        self.kept.counted()
    }

    async fn remove_environment(&self, environment: &EnvironmentId) -> Result<(), EngineError> {
        self.places.folders().remove_environment(environment).await
    }

    async fn start_runtime(
        &self,
        environment: &EnvironmentId,
        log: &LogFile,
    ) -> Result<Runtime, EngineError> {
        let facts = self.places.facts(&environment.session)?;
        let size = self.size(&environment.session);
        let runtime = runtime::start(
            &self.containers,
            &self.places,
            environment,
            &facts,
            size,
            log,
        );
        let runtime = runtime.await?;
        self.verify_instance(&runtime, log);
        Ok(runtime)
    }

    async fn check(&self, runtime: &Runtime, log: &LogFile) -> Result<RuntimeInfo, EngineError> {
        tokio::select! {
            info = health::check(&runtime.socket) => info,
            death = self.died(runtime) => Err(death::with_last_lines(death, log)),
        }
    }

    async fn is_alive(&self, runtime: &Runtime) -> bool {
        runtime::is_alive(&self.containers, runtime).await
    }

    async fn died(&self, runtime: &Runtime) -> EngineError {
        let bounded = self.bounds(&runtime.session);
        runtime::died(&self.containers, runtime, bounded.as_ref()).await
    }

    async fn end_runtime(&self, runtime: &Runtime) -> Result<(), EngineError> {
        if let Some(container) = runtime.container() {
            self.containers.remove(container).await?;
        }
        remove_all(vec![runtime.socket.clone()], "Removing a runtime's socket").await
    }

    async fn tidy(&self, runtime: &Runtime, generations: &[u32]) -> Result<(), EngineError> {
        for container in self.containers.of(&runtime.session).await? {
            if runtime.container() != Some(&*container) {
                self.containers.remove(&container).await?;
            }
        }
        self.places.folders().tidy(runtime, generations).await
    }

    async fn request(
        &self,
        runtime: &Runtime,
        request: ExecutorRequest,
    ) -> Result<ExecutorReply, EngineError> {
        http::send(&runtime.socket, request).await
    }

    async fn packages(
        &self,
        environment: &EnvironmentId,
    ) -> Result<Vec<InstalledPackage>, EngineError> {
        let (_, said) = self.said(environment)?;
        base::packages(&self.places.environment(environment), &said)
            .map_err(|error| EngineError::io("Reading the session's packages", &error))
    }

    async fn inventory(&self, environment: &EnvironmentId) -> Result<Inventory, EngineError> {
        let (image, said) = self.said(environment)?;
        let folder = self.places.environment(environment);
        let packages = inventory::of(&folder, &said.packages)
            .map_err(|error| EngineError::io("Reading the session's packages", &error))?;
        Ok(Inventory {
            base_name: image.reference,
            base: said.packages,
            packages,
            markers: said.markers,
        })
    }

    async fn remove(&self, session: &SessionId) -> Result<(), EngineError> {
        for container in self.containers.of(session).await? {
            self.containers.remove(&container).await?;
        }
        self.containers.set_parent(session, None);
        if let Some(name) = self
            .bounded()
            .remove(session)
            .and_then(|bounded| bounded.share.instance)
        {
            self.instances.remove(&name);
        }
        let short = self.places.short_runtime(session);
        self.places.folders().remove_session(session).await?;
        if let Some(parent) = short.as_deref().and_then(Path::parent) {
            // Goes with the last of them.
            let _ = fs::remove_dir(parent);
        }
        let others = !self.bounded().is_empty();
        match others {
            true => Ok(()),
            false => self.containers.remove_network().await,
        }
    }

    async fn sessions(&self) -> Result<Vec<SessionId>, EngineError> {
        let mut found: BTreeSet<SessionId> = self.containers.sessions().await?;
        found.extend(self.places.folders().all_sessions()?);
        Ok(found.into_iter().collect())
    }
}
