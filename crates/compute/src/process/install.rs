//! Installs a requirements file, as `pip install -r` would.

use std::path::Path;

use tokio::process::Command;

use super::{base, environment, layout::Layout, tools::Tools};
use crate::{
    engine::{DryRunStart, EngineError, EnvironmentId, Heard, PhaseNote, Requirements},
    environment::inventory,
    feeds::{self, Door, Forwarder, Prepared},
    install::{
        EVERY_INDEX, FIRST_INDEX, changes_nothing, downloads_option, failure, note, output, typed,
    },
    log::LogFile,
    paths::Passing,
};

const ARGUMENTS: [&str; 7] = [
    "pip",
    "install",
    "--no-config",
    "--color",
    "never",
    "--no-progress",
    "--index-strategy",
];

/// Where an install takes place, and with what.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) layout: &'a Layout,
    pub(super) tools: &'a Tools,
    pub(super) forwarder: &'a Forwarder,
}

/// Installs into an environment.
pub(super) async fn install(
    place: &Place<'_>,
    environment: &EnvironmentId,
    requirements: &Requirements,
    log: &LogFile,
    heard: Heard<'_>,
) -> Result<PhaseNote, EngineError> {
    let folder = place.layout.environment(environment);
    let prepared = place.prepare(environment, requirements).await?;
    if let Some(note) = prepared.note() {
        log.line(note);
    }
    let downloads = place
        .layout
        .downloads(&environment.session, requirements.downloads);
    let _passing = Passing::for_downloads(downloads.clone())?;
    let mut command = place.command(&folder, environment, requirements, &prepared, EVERY_INDEX);
    command
        .arg("--compile-bytecode")
        .args(downloads_option(downloads.as_deref()));
    let shown = |line: &str| prepared.shown(line);
    let output = output::run_heard(command, "Starting uv", Some(log), heard, &shown).await?;
    if let Some(error) = prepared.refused() {
        return Err(error);
    }
    if !output.status.success() {
        let error = place.failure(environment, requirements, &prepared, &output.lines);
        return Err(error.await);
    }
    inventory::take_snapshot(&folder)
        .map_err(|error| EngineError::io("Noting what was installed", &error))?;
    Ok(note(&output.lines))
}

/// What an install would print; the start stays as it is.
pub(super) async fn dry_run(
    place: &Place<'_>,
    environment: &EnvironmentId,
    start: DryRunStart,
    requirements: &Requirements,
) -> Result<Vec<String>, EngineError> {
    let folder = match start {
        DryRunStart::Base => base::folder(place.layout, place.tools),
        DryRunStart::Environment => place.layout.environment(environment),
    };
    let prepared = place.prepare(environment, requirements).await?;
    let mut command = place.command(&folder, environment, requirements, &prepared, EVERY_INDEX);
    command.arg("--dry-run");
    let shown = |line: &str| prepared.shown(line);
    let output = output::run_heard(command, "Starting uv", None, &|_| {}, &shown).await?;
    if let Some(error) = prepared.refused() {
        return Err(error);
    }
    if output.status.success() {
        return Ok(output.lines);
    }
    let error = place.failure(environment, requirements, &prepared, &output.lines);
    Err(error.await)
}

impl Place<'_> {
    async fn prepare(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<Prepared, EngineError> {
        let folder = self.layout.feeds(&environment.session);
        feeds::prepare(self.forwarder, requirements, Door::Loopback, folder).await
    }

    fn command(
        &self,
        folder: &Path,
        environment: &EnvironmentId,
        requirements: &Requirements,
        prepared: &Prepared,
        index_strategy: &str,
    ) -> Command {
        let mut command = command(
            self.layout,
            self.tools,
            folder,
            environment,
            requirements,
            index_strategy,
        );
        command.envs(prepared.variables(&std::env::vars().collect()));
        // A file name that begins with a dash is no option.
        command.args(["-r", prepared.file()]);
        command
    }

    /// Why an install failed, from what it printed and what the feeds said.
    async fn failure(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        prepared: &Prepared,
        lines: &[String],
    ) -> EngineError {
        if let Some(error) = prepared.unanswered() {
            return error;
        }
        let error = failure::of_install(lines);
        self.refused(environment, requirements, prepared, error)
            .await
    }

    /// The same failure, or that an index refused access, if that is why a package was not found.
    async fn refused(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        prepared: &Prepared,
        error: EngineError,
    ) -> EngineError {
        if error.code != "RequirementNotFound" {
            return error;
        }
        let folder = base::folder(self.layout, self.tools);
        let mut command = self.command(&folder, environment, requirements, prepared, FIRST_INDEX);
        command.arg("--dry-run");
        let shown = |line: &str| prepared.shown(line);
        let ran = output::run_heard(command, "Starting uv", None, &|_| {}, &shown);
        let Ok(output) = ran.await else {
            return error;
        };
        match failure::of_machine(&output.lines) {
            Some(refused) if refused.code == "IndexRefused" => refused.about(error.about),
            _ => error,
        }
    }
}

/// The command as a person would type it.
pub(super) fn shown(
    layout: &Layout,
    tools: &Tools,
    environment: &EnvironmentId,
    requirements: &Requirements,
) -> String {
    let python = layout.environment(environment).join("bin/python");
    let mut words = vec![tools.uv.display().to_string()];
    words.extend(ARGUMENTS.map(str::to_owned));
    words.extend([
        EVERY_INDEX.to_owned(),
        "--python".to_owned(),
        python.display().to_string(),
        "--compile-bytecode".to_owned(),
    ]);
    let downloads = layout.downloads(&environment.session, requirements.downloads);
    words.extend(downloads_option(downloads.as_deref()));
    words.extend(["-r".to_owned(), requirements.file.clone()]);
    typed(&words)
}

/// Whether an install would change nothing. uv is not let onto the network: what it had to fetch is not there.
pub(super) async fn satisfies(
    layout: &Layout,
    tools: &Tools,
    environment: &EnvironmentId,
    requirements: &Requirements,
) -> Result<bool, EngineError> {
    let folder = layout.environment(environment);
    let mut command = command(
        layout,
        tools,
        &folder,
        environment,
        requirements,
        EVERY_INDEX,
    );
    command
        .args(["--offline", "--dry-run", "-r"])
        .arg(&requirements.file);
    let output = output::run(command, "Starting uv", None).await?;
    Ok(output.status.success() && changes_nothing(&output.lines))
}

fn command(
    layout: &Layout,
    tools: &Tools,
    folder: &Path,
    environment: &EnvironmentId,
    requirements: &Requirements,
    index_strategy: &str,
) -> Command {
    let mut command = environment::command(layout, &tools.uv, &environment.session);
    command
        .args(ARGUMENTS)
        .arg(index_strategy)
        .arg("--python")
        .arg(folder.join("bin/python"))
        .current_dir(&requirements.folder)
        .envs(&tools.variables);
    command
}
