//! Installs a requirements file in a container of the session's image, as the process engine does on this machine.

use std::path::{Path, PathBuf};

use flowdeck_contract::session::SessionSize;

use super::{
    containers::{Containers, Spec},
    helper::{self, Output, Told},
    indexes::Indexes,
    places::{Facts, Places},
    relay,
};
use crate::{
    engine::{DryRunStart, EngineError, EnvironmentId, Heard, PhaseNote, Requirements},
    environment::inventory,
    feeds::{self, Door, Forwarder, Prepared},
    install::{EVERY_INDEX, FIRST_INDEX, changes_nothing, downloads_option, failure, note, typed},
    log::LogFile,
    paths::Passing,
};

/// What is at hand to install with.
pub(super) struct Installer<'a> {
    pub(super) containers: &'a Containers,
    pub(super) places: &'a Places,
    pub(super) uv: &'a Path,
    pub(super) indexes: &'a Indexes,
    pub(super) forwarder: &'a Forwarder,
    pub(super) environment: &'a EnvironmentId,
    pub(super) facts: Facts,
    pub(super) size: Option<SessionSize>,
}

/// An environment that a container of uv's is given.
#[derive(Clone, Copy)]
struct Target<'a> {
    folder: &'a Path,
    /// Whether it may be changed.
    writable: bool,
    /// Where uv keeps what it fetches; `None` for where it keeps what all of the user fetch.
    downloads: Option<&'a Path>,
}

impl Installer<'_> {
    /// Installs into the environment.
    pub(super) async fn install(
        &self,
        requirements: &Requirements,
        log: &LogFile,
        heard: Heard<'_>,
    ) -> Result<PhaseNote, EngineError> {
        let folder = self.places.environment(self.environment);
        let prepared = self.prepare(requirements).await?;
        if let Some(note) = prepared.note() {
            log.line(note);
        }
        let downloads = self.downloads(requirements);
        let _passing = Passing::for_downloads(downloads.clone())?;
        let command = self.install_command(requirements, prepared.file());
        let target = Target {
            folder: &folder,
            writable: true,
            downloads: downloads.as_deref(),
        };
        let told = Told {
            log: Some(log),
            heard,
            shown: &|line| prepared.shown(line),
        };
        let output = self
            .run(target, command, requirements, &prepared, told)
            .await?;
        if let Some(error) = prepared.refused() {
            return Err(error);
        }
        if !output.succeeded() {
            let failure = self.failure(&folder, requirements, &prepared, &output);
            return Err(failure.await);
        }
        inventory::take_snapshot(&folder)
            .map_err(|error| EngineError::io("Noting what was installed", &error))?;
        Ok(note(&output.lines))
    }

    /// What an install would print; the start stays as it is.
    pub(super) async fn dry_run(
        &self,
        start: DryRunStart,
        requirements: &Requirements,
    ) -> Result<Vec<String>, EngineError> {
        let folder = match start {
            DryRunStart::Base => self.places.base(&self.facts.image()?.id),
            DryRunStart::Environment => self.places.environment(self.environment),
        };
        let prepared = self.prepare(requirements).await?;
        let output = self
            .try_out(
                &folder,
                EVERY_INDEX,
                &["--dry-run"],
                requirements,
                &prepared,
            )
            .await?;
        if let Some(error) = prepared.refused() {
            return Err(error);
        }
        match output.succeeded() {
            true => Ok(output.lines),
            false => {
                let failure = self.failure(&folder, requirements, &prepared, &output);
                Err(failure.await)
            }
        }
    }

    /// Whether an install would change nothing. uv is not let onto the network: what it had to fetch is not there.
    pub(super) async fn satisfies(&self, requirements: &Requirements) -> Result<bool, EngineError> {
        let folder = self.places.environment(self.environment);
        let prepared = Prepared::as_it_is(requirements);
        let extra = ["--offline", "--dry-run"];
        let output = self
            .try_out(&folder, EVERY_INDEX, &extra, requirements, &prepared)
            .await?;
        Ok(output.succeeded() && changes_nothing(&output.lines))
    }

    /// The command as a person would type it in the container.
    pub(super) fn shown(&self, requirements: &Requirements) -> String {
        typed(&self.install_command(requirements, &requirements.file))
    }

    fn install_command(&self, requirements: &Requirements, file: &str) -> Vec<String> {
        let folder = self.places.environment(self.environment);
        let downloads = self.downloads(requirements);
        let option: Vec<String> = downloads_option(downloads.as_deref()).collect();
        let extra: Vec<&str> = ["--compile-bytecode"]
            .into_iter()
            .chain(option.iter().map(String::as_str))
            .collect();
        self.command(&folder, EVERY_INDEX, &extra, file)
    }

    fn downloads(&self, requirements: &Requirements) -> Option<PathBuf> {
        let session = &self.environment.session;
        self.places
            .folders()
            .downloads(session, requirements.downloads)
    }

    async fn prepare(&self, requirements: &Requirements) -> Result<Prepared, EngineError> {
        let folder = self.places.folders().feeds(&self.environment.session);
        feeds::prepare(self.forwarder, requirements, Door::Socket, folder).await
    }

    /// Why an install failed, from what it printed and what the feeds said; also that an index refused access, if that is
    /// why a package was not found.
    async fn failure(
        &self,
        folder: &Path,
        requirements: &Requirements,
        prepared: &Prepared,
        output: &Output,
    ) -> EngineError {
        if output.out_of_memory
            && let Some(size) = &self.size
        {
            return super::runtime::excess(size);
        }
        if let Some(error) = prepared.unanswered() {
            return error;
        }
        let error = failure::of_install(&output.lines);
        if error.code != "RequirementNotFound" {
            return error;
        }
        let tried = self.try_out(folder, FIRST_INDEX, &["--dry-run"], requirements, prepared);
        let Ok(output) = tried.await else {
            return error;
        };
        match failure::of_machine(&output.lines) {
            Some(refused) if refused.code == "IndexRefused" => refused.about(error.about),
            _ => error,
        }
    }

    /// Runs uv over an environment that stays as it is.
    async fn try_out(
        &self,
        folder: &Path,
        strategy: &str,
        extra: &[&str],
        requirements: &Requirements,
        prepared: &Prepared,
    ) -> Result<Output, EngineError> {
        let command = self.command(folder, strategy, extra, prepared.file());
        let target = Target {
            folder,
            writable: false,
            downloads: None,
        };
        let told = Told {
            shown: &|line| prepared.shown(line),
            ..Told::nobody()
        };
        self.run(target, command, requirements, prepared, told)
            .await
    }

    fn command(&self, folder: &Path, strategy: &str, extra: &[&str], file: &str) -> Vec<String> {
        let uv = self.uv.display().to_string();
        let (settings, python) = (
            self.settings().display().to_string(),
            folder.join("bin/python").display().to_string(),
        );
        let begin = [
            &*uv,
            "pip",
            "install",
            "--config-file",
            &settings,
            "--color",
            "never",
            "--no-progress",
            "--index-strategy",
            strategy,
            "--python",
            &python,
        ];
        let words = begin.iter().chain(extra).copied().chain(["-r", file]);
        words.map(str::to_owned).collect()
    }

    fn settings(&self) -> PathBuf {
        self.places
            .session(&self.environment.session)
            .join("uv.toml")
    }

    async fn run(
        &self,
        target: Target<'_>,
        command: Vec<String>,
        requirements: &Requirements,
        prepared: &Prepared,
        told: Told<'_>,
    ) -> Result<Output, EngineError> {
        let user = self.facts.user;
        let of_user = || self.places.cache(user);
        let cache = target.downloads.map_or_else(of_user, Path::to_owned);
        let copies = prepared.folder();
        let prepare = || {
            std::fs::create_dir_all(&cache)?;
            user.own(&cache)?;
            self.indexes.write_settings(&self.settings(), user)?;
            copies.map_or(Ok(()), |folder| user.own_all(folder))
        };
        prepare().map_err(|error| EngineError::io("Preparing the install", &error))?;
        let mut variables = self.indexes.variables();
        variables.insert("HOME".to_owned(), "/tmp".to_owned());
        variables.insert("UV_CACHE_DIR".to_owned(), cache.display().to_string());
        variables.extend(prepared.variables(&variables));
        let mut writable: Vec<PathBuf> = self.facts.folders().cloned().collect();
        writable.push(cache);
        let mut readable: Vec<PathBuf> = self.indexes.files().collect();
        readable.extend([self.uv.to_owned(), self.settings()]);
        readable.extend(copies.map(Path::to_owned));
        match target.writable {
            true => writable.push(target.folder.to_owned()),
            false => readable.push(target.folder.to_owned()),
        }
        let python = target.folder.join("bin/python");
        let command = match copies.zip(prepared.address()) {
            Some((folder, address)) => relay::before(command, &python, folder, address),
            None => command,
        };
        let spec = Spec {
            session: &self.environment.session,
            image: &self.facts.image()?.id,
            user,
            command,
            variables,
            folder: &requirements.folder,
            writable,
            readable,
            size: self.size.clone(),
        };
        helper::run(self.containers, &spec, told).await
    }
}
