//! Installs a requirements file, as `pip install -r` would.

use std::path::{Path, PathBuf};

use flowdeck_flow::normalised_name;
use tokio::process::Command;

use super::{base, environment, failure, inventory, layout::Layout, output, tools::Tools};
use crate::{
    engine::{DryRunStart, EngineError, EnvironmentId, Heard, PhaseNote, Requirements},
    feeds::{self, Forwarder, Prepared},
    id,
    log::LogFile,
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
/// pip looks for the best version in all indexes; uv by itself stops at the first that has the package.
pub(crate) const EVERY_INDEX: &str = "unsafe-best-match";
/// With this alone uv says that an index refused to answer, instead of that it does not have the package.
pub(crate) const FIRST_INDEX: &str = "first-index";

/// Where an install takes place, and with what.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) tools: &'a Tools,
    pub(crate) forwarder: &'a Forwarder,
}

/// Installs into an environment.
pub(crate) async fn install(
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
    let mut command = place.command(&folder, environment, requirements, &prepared, EVERY_INDEX);
    command.arg("--compile-bytecode");
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
pub(crate) async fn dry_run(
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
        let session = self.layout.session(&environment.session);
        let folder = session.join(format!("feeds-{}", id::token()));
        feeds::prepare(self.forwarder, requirements, &folder).await
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
pub(crate) fn shown(
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
    words.extend(["-r".to_owned(), requirements.file.clone()]);
    words
        .iter()
        .map(|word| quoted(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether an install would change nothing. uv is not let onto the network: what it had to fetch is not there.
pub(crate) async fn satisfies(
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
    Ok(output.status.success()
        && output
            .lines
            .iter()
            .any(|line| line.contains("make no changes")))
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

/// How much was installed, in uv's words.
pub(crate) fn note(lines: &[String]) -> PhaseNote {
    let said = |start: &str| lines.iter().find(|line| line.starts_with(start)).cloned();
    said("Installed ").or_else(|| {
        said("Audited ")
            .or_else(|| said("Checked "))
            .map(|_| "everything is installed already".to_owned())
    })
}

pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The packages of an environment, by name.
pub(crate) fn packages(environment: &Path) -> std::io::Result<Vec<(String, String)>> {
    let folders = package_folders(environment)?.into_iter();
    Ok(folders.map(|(name, version, _)| (name, version)).collect())
}

/// The packages of an environment, by name, each with its metadata folder.
pub(crate) fn package_folders(
    environment: &Path,
) -> std::io::Result<Vec<(String, String, PathBuf)>> {
    let mut found = Vec::new();
    for python in std::fs::read_dir(environment.join("lib"))? {
        for entry in std::fs::read_dir(python?.path().join("site-packages"))? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let known = name.and_then(|name| name.strip_suffix(".dist-info"));
            if let Some((name, version)) = known.and_then(|name| name.rsplit_once('-')) {
                found.push((normalised_name(name), version.to_owned(), path));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_file_name_stays_one_word() {
        assert_eq!(quoted("requirements.txt"), "requirements.txt");
        assert_eq!(quoted("a b; rm -rf 'x'"), r"'a b; rm -rf '\''x'\'''");
    }
}
