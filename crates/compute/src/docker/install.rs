//! Installs a requirements file in a container of the session's image, as the process engine does on this machine.

use std::path::{Path, PathBuf};

use flowdeck_contract::session::SessionSize;

use super::{
    containers::{Containers, Spec},
    helper::{self, Output},
    indexes::Indexes,
    places::{Facts, Places},
};
use crate::{
    engine::{DryRunStart, EngineError, EnvironmentId, Heard, PhaseNote, Requirements},
    environment::inventory,
    install::{EVERY_INDEX, FIRST_INDEX, changes_nothing, failure, note, typed},
    log::LogFile,
};

/// What is at hand to install with.
pub(super) struct Installer<'a> {
    pub(super) containers: &'a Containers,
    pub(super) places: &'a Places,
    pub(super) uv: &'a Path,
    pub(super) indexes: &'a Indexes,
    pub(super) environment: &'a EnvironmentId,
    pub(super) facts: Facts,
    pub(super) size: Option<SessionSize>,
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
        let extra = ["--compile-bytecode"];
        let command = self.command(&folder, EVERY_INDEX, &extra, requirements);
        let output = self
            .run(&folder, true, command, requirements, Some(log), heard)
            .await?;
        if !output.succeeded() {
            return Err(self.failure(&folder, requirements, &output).await);
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
        let command = self.command(&folder, EVERY_INDEX, &["--dry-run"], requirements);
        let output = self
            .run(&folder, false, command, requirements, None, &|_| {})
            .await?;
        match output.succeeded() {
            true => Ok(output.lines),
            false => Err(self.failure(&folder, requirements, &output).await),
        }
    }

    /// Whether an install would change nothing. uv is not let onto the network: what it had to fetch is not there.
    pub(super) async fn satisfies(&self, requirements: &Requirements) -> Result<bool, EngineError> {
        let folder = self.places.environment(self.environment);
        let command = self.command(
            &folder,
            EVERY_INDEX,
            &["--offline", "--dry-run"],
            requirements,
        );
        let output = self
            .run(&folder, false, command, requirements, None, &|_| {})
            .await?;
        Ok(output.succeeded() && changes_nothing(&output.lines))
    }

    /// The command as a person would type it in the container.
    pub(super) fn shown(&self, requirements: &Requirements) -> String {
        let folder = self.places.environment(self.environment);
        typed(&self.command(&folder, EVERY_INDEX, &["--compile-bytecode"], requirements))
    }

    /// Why an install failed, also that an index refused access, if that is why a package was not found.
    async fn failure(
        &self,
        folder: &Path,
        requirements: &Requirements,
        output: &Output,
    ) -> EngineError {
        if output.out_of_memory
            && let Some(size) = &self.size
        {
            return super::runtime::excess(size);
        }
        let error = failure::of_install(&output.lines);
        if error.code != "RequirementNotFound" {
            return error;
        }
        let command = self.command(folder, FIRST_INDEX, &["--dry-run"], requirements);
        let Ok(output) = self
            .run(folder, false, command, requirements, None, &|_| {})
            .await
        else {
            return error;
        };
        match failure::of_machine(&output.lines) {
            Some(refused) if refused.code == "IndexRefused" => refused.about(error.about),
            _ => error,
        }
    }

    fn command(
        &self,
        folder: &Path,
        strategy: &str,
        extra: &[&str],
        requirements: &Requirements,
    ) -> Vec<String> {
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
        let words = begin
            .iter()
            .chain(extra)
            .copied()
            .chain(["-r", &*requirements.file]);
        words.map(str::to_owned).collect()
    }

    fn settings(&self) -> PathBuf {
        self.places
            .session(&self.environment.session)
            .join("uv.toml")
    }

    async fn run(
        &self,
        folder: &Path,
        writes: bool,
        command: Vec<String>,
        requirements: &Requirements,
        log: Option<&LogFile>,
        heard: Heard<'_>,
    ) -> Result<Output, EngineError> {
        refuse_private_feeds(requirements)?;
        let user = self.facts.user;
        let cache = self.places.cache(user);
        let prepared = std::fs::create_dir_all(&cache)
            .and_then(|()| user.own(&cache))
            .and_then(|()| self.indexes.write_settings(&self.settings(), user));
        prepared.map_err(|error| EngineError::io("Preparing the install", &error))?;
        let mut variables = self.indexes.variables();
        variables.insert("HOME".to_owned(), "/tmp".to_owned());
        variables.insert("UV_CACHE_DIR".to_owned(), cache.display().to_string());
        let mut writable: Vec<PathBuf> = self.facts.folders().cloned().collect();
        writable.push(cache);
        let mut readable: Vec<PathBuf> = self.indexes.files().collect();
        readable.extend([self.uv.to_owned(), self.settings()]);
        match writes {
            true => writable.push(folder.to_owned()),
            false => readable.push(folder.to_owned()),
        }
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
        helper::run(self.containers, &spec, log, heard).await
    }
}

/// A private feed is opened on this machine's loopback, which no container reaches.
fn refuse_private_feeds(requirements: &Requirements) -> Result<(), EngineError> {
    let path = requirements.folder.join(&requirements.file);
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let asks = |line: &str| !line.trim_start().starts_with('#') && line.contains("{private}");
    if !text.lines().any(asks) {
        return Ok(());
    }
    Err(EngineError::new(
        "PrivateFeedUnavailable",
        format!(
            "{} names a private feed, which the Docker engine cannot open.",
            requirements.file
        ),
    )
    .with_remedy("Build the packages into a base image, or use the process engine."))
}
