//! Installs a requirements file with uv, as `pip install -r` would.

use std::path::{Path, PathBuf};

use flowdeck_access::disk::TemporaryFolder;

use flowdeck_contract::codes;

use crate::{
    engine::{
        Command, Commands, DryRunStart, End, EngineError, EnvironmentId, Follow, Output,
        OutputSink, PhaseNote, Requirements, Workspace,
    },
    environment::inventory,
    install::{
        EVERY_INDEX, FIRST_INDEX, changes_nothing, downloads_option, failure, note,
        prepared::{Prepared, prepare},
        typed,
    },
    log::LogFile,
};

/// What an install into an environment works with.
pub(super) struct Installer<'a, E: ?Sized> {
    pub(super) engine: &'a E,
    pub(super) environment: &'a EnvironmentId,
    pub(super) requirements: &'a Requirements,
    pub(super) workspace: Workspace,
}

/// A uv that changes nothing.
#[derive(Clone, Copy)]
struct Trial<'a> {
    /// The environment that it looks at.
    folder: &'a Path,
    strategy: &'a str,
    options: &'a [&'a str],
}

impl<E: Commands + ?Sized> Installer<'_, E> {
    /// Installs into the environment.
    pub(super) async fn install(
        &self,
        log: &LogFile,
        sink: OutputSink<'_>,
    ) -> Result<PhaseNote, EngineError> {
        let folder = self.folder();
        let prepared = self.prepare().await?;
        if let Some(note) = prepared.note() {
            log.line(note);
        }
        let downloads = self.downloads();
        let _passing = TemporaryFolder::for_downloads(downloads.clone())?;
        let command = Command {
            session: &self.environment.session,
            words: self.install_words(prepared.file()),
            folder: &self.requirements.folder,
            environment: &folder,
            writes: true,
            downloads: downloads.as_deref(),
            prepared: &prepared,
        };
        let follow = Follow {
            log: Some(log),
            sink,
            shown: &|line| prepared.shown(line),
        };
        let output = self.engine.run(&command, follow).await?;
        self.require_success(&output, &prepared).await?;
        inventory::take_snapshot(&folder)
            .map_err(|error| EngineError::io("Noting what was installed", &error))?;
        Ok(note(&output.lines))
    }

    /// What an install would print; the start stays as it is.
    pub(super) async fn dry_run(&self, start: DryRunStart) -> Result<Vec<String>, EngineError> {
        let of_environment = self.folder();
        let prepared = self.prepare().await?;
        let trial = Trial {
            folder: match start {
                DryRunStart::Base => &self.workspace.base,
                DryRunStart::Environment => &of_environment,
            },
            strategy: EVERY_INDEX,
            options: &["--dry-run"],
        };
        let output = self.attempt(trial, &prepared).await?;
        self.require_success(&output, &prepared).await?;
        Ok(output.lines)
    }

    /// Whether an install would change nothing. uv is not let onto the network: what it had to fetch is not there.
    pub(super) async fn satisfies(&self) -> Result<bool, EngineError> {
        let trial = Trial {
            folder: &self.folder(),
            strategy: EVERY_INDEX,
            options: &["--offline", "--dry-run"],
        };
        let prepared = Prepared::as_it_is(self.requirements);
        let output = self.attempt(trial, &prepared).await?;
        Ok(output.succeeded() && changes_nothing(&output.lines))
    }

    /// The command as a person would type it.
    pub(super) fn shown(&self) -> String {
        typed(&self.install_words(&self.requirements.file))
    }

    fn folder(&self) -> PathBuf {
        self.engine.shelf().folders.environment(self.environment)
    }

    fn downloads(&self) -> Option<PathBuf> {
        let folders = &self.engine.shelf().folders;
        folders.downloads(&self.environment.session, self.requirements.downloads)
    }

    async fn prepare(&self) -> Result<Prepared, EngineError> {
        let shelf = self.engine.shelf();
        let folder = shelf.folders.feeds(&self.environment.session);
        prepare(
            &shelf.forwarder,
            self.requirements,
            self.workspace.endpoint,
            folder,
        )
        .await
    }

    fn install_words(&self, file: &str) -> Vec<String> {
        let downloads = self.downloads();
        let option: Vec<String> = downloads_option(downloads.as_deref()).collect();
        let options = ["--compile-bytecode"]
            .into_iter()
            .chain(option.iter().map(String::as_str));
        self.words(
            &self.folder(),
            EVERY_INDEX,
            &options.collect::<Vec<_>>(),
            file,
        )
    }

    fn words(&self, folder: &Path, strategy: &str, options: &[&str], file: &str) -> Vec<String> {
        let (uv, python) = (
            self.workspace.uv.display().to_string(),
            folder.join("bin/python").display().to_string(),
        );
        let configuration = self.workspace.configuration.iter().map(String::as_str);
        let quiet = ["--color", "never", "--no-progress"];
        let target = ["--index-strategy", strategy, "--python", &*python];
        [&*uv, "pip", "install"]
            .into_iter()
            .chain(configuration)
            .chain(quiet)
            .chain(target)
            .chain(options.iter().copied())
            // A file name that begins with a dash isn't an option.
            .chain(["-r", file])
            .map(str::to_owned)
            .collect()
    }

    async fn attempt(&self, trial: Trial<'_>, prepared: &Prepared) -> Result<Output, EngineError> {
        let words = self.words(trial.folder, trial.strategy, trial.options, prepared.file());
        let command = Command {
            session: &self.environment.session,
            words,
            folder: &self.requirements.folder,
            environment: trial.folder,
            writes: false,
            downloads: None,
            prepared,
        };
        let follow = Follow {
            shown: &|line| prepared.shown(line),
            ..Follow::nobody()
        };
        self.engine.run(&command, follow).await
    }

    /// Why an install failed, from how it ended, what it printed and what the feeds said.
    async fn require_success(
        &self,
        output: &Output,
        prepared: &Prepared,
    ) -> Result<(), EngineError> {
        if let End::Ended(why) = &output.end {
            return Err(why.clone());
        }
        if let Some(error) = prepared.refused() {
            return Err(error);
        }
        if output.succeeded() {
            return Ok(());
        }
        if let Some(error) = prepared.unanswered() {
            return Err(error);
        }
        let error = failure::of_install(&output.lines);
        Err(self.or_refused(error, prepared).await)
    }

    /// The same failure, or that an index refused access, if that is why a package was not found.
    async fn or_refused(&self, error: EngineError, prepared: &Prepared) -> EngineError {
        if error.failure.code != codes::REQUIREMENT_NOT_FOUND {
            return error;
        }
        let trial = Trial {
            folder: &self.workspace.base,
            strategy: FIRST_INDEX,
            options: &["--dry-run"],
        };
        let Ok(output) = self.attempt(trial, prepared).await else {
            return error;
        };
        match failure::of_machine(&output.lines) {
            Some(refused) if refused.failure.code == codes::INDEX_REFUSED => {
                refused.about(error.about)
            }
            _ => error,
        }
    }
}
