//! The base of the sessions of an image: an environment with promptflow's runtime on the image's own Python, made once.
//! An image that holds such an environment gives it; into any other with a fit Python the runtime is installed, beside
//! the image's own packages, which stay visible.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};

use flowdeck_access::disk::remove;
use flowdeck_contract::{ids::SessionId, session::InstalledPackage};
use pep508_rs::MarkerEnvironment;
use serde::{Deserialize, Serialize};

use super::{
    DockerEngine,
    containers::{Containers, Network, Spec},
    helper,
    image::Image,
    indexes::Indexes,
};
use crate::{
    engine::{EngineError, Follow, Output, Pace},
    environment::{
        base::{self, LOCK, READY},
        bytecode, clone,
        folders::Folders,
        inventory::MARKERS,
    },
    install::{failure, preparation_of},
    log::LogFile,
    user::User,
};

/// The versions that the locked base packages are for, as uv takes them.
const PYTHON: &str = ">=3.9,<3.13";
/// Adds to what conditions are evaluated against what the image's own Python has, where its packages are visible.
const PACKAGES: &str = "
import importlib.metadata
found = {}
for distribution in importlib.metadata.distributions():
    name = distribution.metadata['Name']
    if name and name not in found:
        found[name] = distribution.version
print(json.dumps([{'name': name, 'version': version} for name, version in found.items()]))";

/// What Python says of the base.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Said {
    pub(super) markers: MarkerEnvironment,
    /// Everything that can be imported, by normalised name.
    pub(super) packages: Vec<InstalledPackage>,
}

/// What the making of a base works with.
pub(super) struct Maker<'a> {
    pub(super) containers: &'a Containers,
    pub(super) folders: &'a Folders,
    pub(super) engine: &'a DockerEngine,
    pub(super) indexes: &'a Indexes,
}

/// What Python said when the base of an image was made.
pub(super) fn said(folders: &Folders, image: &Image) -> Result<Said, EngineError> {
    let text = fs::read(folders.base([&*image.id]).join(READY))
        .map_err(|error| EngineError::io("Reading the image’s base", &error))?;
    serde_json::from_slice(&text)
        .map_err(|error| EngineError::new("Internal", format!("the base’s {READY}: {error}.")))
}

impl Maker<'_> {
    /// Makes the base unless it is there. Gives what was done.
    pub(super) async fn prepare(
        &self,
        image: &Image,
        log: &LogFile,
    ) -> Result<Option<String>, EngineError> {
        let folder = self.folders.base([&*image.id]);
        if base::is_ready(&folder) {
            return Ok(None);
        }
        let _lock = base::lock(self.folders.bases(), &folder).await?;
        if base::is_ready(&folder) {
            return Ok(None);
        }
        let began = Instant::now();
        // A start that was canceled does not wait for the end of its container.
        self.containers.remove_of(&maker_of(image)?).await?;
        let user = User::of_keeper();
        let cache = self.folders.cache(user);
        let anew = || {
            remove(&folder)?;
            fs::create_dir_all(&folder)?;
            user.own(&folder)?;
            fs::create_dir_all(&cache)?;
            user.own(&cache)
        };
        anew().map_err(|error| EngineError::io("Making the image’s base", &error))?;
        let (note, said) = match &image.environment {
            Some(environment) => (
                "copied the runtime from the image",
                self.copy(image, user, environment, &folder).await?,
            ),
            None => (
                "installed the runtime, which the image doesn’t include",
                self.install(image, user, &folder, log).await?,
            ),
        };
        let count = said.packages.len();
        write_ready(&folder, &said)
            .map_err(|error| EngineError::io("Finishing the image’s base", &error))?;
        Ok(Some(format!(
            "{note} ({count} packages, {:.0} s, once for this image)",
            began.elapsed().as_secs_f32()
        )))
    }

    /// Copies an environment out of an image; its links stay links.
    async fn copy(
        &self,
        image: &Image,
        user: User,
        environment: &str,
        folder: &Path,
    ) -> Result<Said, EngineError> {
        let from = Path::new(environment);
        let said = self.compile_and_ask(image, user, from, folder).await?;
        clone::relocate_scripts(from, folder)
            .map_err(|error| EngineError::io("Copying the image’s environment", &error))?;
        Ok(said)
    }

    /// Compiles what a runtime loads of the environment at `from`, which becomes the one at `folder`, and asks its Python
    /// what it has. Sessions cannot write into the base: each of them would compile what it loads.
    async fn compile_and_ask(
        &self,
        image: &Image,
        user: User,
        from: &Path,
        folder: &Path,
    ) -> Result<Said, EngineError> {
        let arguments = bytecode::loaded(from, folder)
            .map_err(|error| EngineError::io("Writing the list of modules", &error))?;
        let python = |environment: &Path| environment.join("bin/python").display().to_string();
        let question = format!("{MARKERS}{PACKAGES}");
        let command = [python(from)].into_iter().chain(arguments);
        let asks = [&*python(folder), "-I", "-c", &question].map(str::to_owned);
        let command: Vec<String> = command.chain(asks).collect();
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        let output = self
            .run(image, user, folder, &command, (None, Pace::Awaited))
            .await?;
        said_in(&output.lines)
            .filter(|_| output.succeeded())
            .ok_or_else(|| unfit(image, &output.lines))
    }

    /// Compiles what no runtime loads, unless that is done.
    pub(super) async fn complete(&self, image: &Image, pace: Pace) -> Result<(), EngineError> {
        let folder = self.folders.base([&*image.id]);
        if bytecode::is_complete(&folder) {
            return Ok(());
        }
        let _lock = base::lock(self.folders.bases(), &folder).await?;
        if bytecode::is_complete(&folder) || !base::is_ready(&folder) {
            return Ok(());
        }
        self.containers.remove_of(&maker_of(image)?).await?;
        let python = folder.join("bin/python").display().to_string();
        let arguments = bytecode::all(&folder, pace);
        let command: Vec<&str> = [&*python]
            .into_iter()
            .chain(arguments.iter().map(String::as_str))
            .collect();
        let user = User::of_keeper();
        let output = self
            .run(image, user, &folder, &command, (None, pace))
            .await?;
        if output.succeeded() {
            bytecode::completed(&folder)
                .map_err(|error| EngineError::io("Finishing the image’s base", &error))?;
        }
        Ok(())
    }

    async fn install(
        &self,
        image: &Image,
        user: User,
        folder: &Path,
        log: &LogFile,
    ) -> Result<Said, EngineError> {
        log.line("The image doesn’t include promptflow’s runtime. It’s installed into the session’s base, once.");
        let uv = self.engine.uv(Some(log)).await?.display().to_string();
        let place = folder.display().to_string();
        let venv = [
            &*uv,
            "venv",
            "--no-project",
            "--no-config",
            "--color",
            "never",
            "--system-site-packages",
            "--allow-existing",
            "--no-python-downloads",
            "--python-preference",
            "only-system",
            "--python",
            PYTHON,
            &place,
        ];
        let output = self
            .run(image, user, folder, &venv, (Some(log), Pace::Awaited))
            .await?;
        if !output.succeeded() {
            return Err(
                failure::of_machine(&output.lines).unwrap_or_else(|| unfit(image, &output.lines))
            );
        }
        let lock = folder.join("base.lock");
        fs::write(&lock, LOCK).map_err(|error| EngineError::io("Writing the base lock", &error))?;
        let (python, lock) = (format!("{place}/bin/python"), lock.display().to_string());
        let sync = [
            &*uv,
            "pip",
            "install",
            "--color",
            "never",
            "--no-progress",
            "--no-deps",
            "--require-hashes",
            "--python",
            &python,
            "-r",
            &lock,
        ];
        let output = self
            .run(image, user, folder, &sync, (Some(log), Pace::Awaited))
            .await?;
        if !output.succeeded() {
            return Err(failure::of_install(&output.lines));
        }
        self.compile_and_ask(image, user, folder, folder).await
    }

    async fn run(
        &self,
        image: &Image,
        user: User,
        folder: &Path,
        command: &[&str],
        (log, pace): (Option<&LogFile>, Pace),
    ) -> Result<Output, EngineError> {
        let cache = self.folders.cache(user);
        let mut variables = self.indexes.variables();
        variables.insert("HOME".to_owned(), "/tmp".to_owned());
        variables.insert("UV_CACHE_DIR".to_owned(), cache.display().to_string());
        let is_uv = |program: &PathBuf| program.starts_with(self.folders.tools());
        let uv = command.first().map(PathBuf::from).filter(is_uv);
        let network = match uv {
            Some(_) => Network::Outside,
            None => Network::Nothing,
        };
        let spec = Spec {
            session: &maker_of(image)?,
            image: &image.id,
            user,
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            variables,
            folder,
            writable: vec![folder.to_owned(), cache],
            readable: self.indexes.files().chain(uv).collect(),
            size: None,
            network,
            pace,
        };
        let follow = Follow {
            log,
            ..Follow::nobody()
        };
        let mut running = helper::begin(self.containers, &spec).await?;
        follow.to_end(&mut running).await
    }
}

/// What Python has answered, in the last lines that it printed.
fn said_in(lines: &[String]) -> Option<Said> {
    let [.., markers, packages] = lines else {
        return None;
    };
    let mut packages: Vec<InstalledPackage> = serde_json::from_str(packages).ok()?;
    for package in &mut packages {
        package.name = flowdeck_flow::normalised_name(&package.name);
    }
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    let markers = serde_json::from_str(markers).ok()?;
    Some(Said { markers, packages })
}

/// The name of the containers that make the base of an image.
fn maker_of(image: &Image) -> Result<SessionId, EngineError> {
    const LENGTH: usize = 12;
    let hash = image.id.rsplit(':').next().unwrap_or_default();
    preparation_of(&hash.chars().take(LENGTH).collect::<String>())
}

fn write_ready(folder: &Path, said: &Said) -> io::Result<()> {
    let new = folder.join(".ready.new");
    fs::write(&new, serde_json::to_vec(said)?)?;
    // Says what Python found, and that the base is whole.
    fs::rename(new, folder.join(READY))
}

/// What an image must be like, and why this one is not.
fn unfit(image: &Image, lines: &[String]) -> EngineError {
    let said = lines
        .iter()
        .rev()
        .map(|line| line.trim())
        .find(|line| !line.is_empty());
    let said = said
        .map(|said| format!(" It said: {said}"))
        .unwrap_or_default();
    EngineError::new(
        "ImageWithoutPython",
        format!("The image ‘{}’ has no Python 3.9 to 3.12 on its PATH, which a session needs.{said}", image.reference),
    )
    .with_remedy("Choose an image with one, such as python:3.11-slim, or build one FROM flowdeck’s base image.")
}
