//! Installs a requirements file, as `pip install -r` would.

use std::path::{Path, PathBuf};

use flowdeck_flow::normalised_name;
use tokio::process::Command;

use super::{base, environment, failure, inventory, layout::Layout, output, tools::Tools};
use crate::{
    engine::{DryRunStart, EngineError, EnvironmentId, Heard, PhaseNote, Requirements},
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
const EVERY_INDEX: &str = "unsafe-best-match";
/// With this alone uv says that an index refused to answer, instead of that it does not have the package.
const FIRST_INDEX: &str = "first-index";

/// Installs into an environment.
pub(super) async fn install(
    layout: &Layout,
    tools: &Tools,
    environment: &EnvironmentId,
    requirements: &Requirements,
    log: &LogFile,
    heard: Heard<'_>,
) -> Result<PhaseNote, EngineError> {
    let folder = layout.environment(environment);
    let mut command = command(
        layout,
        tools,
        &folder,
        environment,
        requirements,
        EVERY_INDEX,
    );
    command.arg("--compile-bytecode").args(file(requirements));
    let output = output::run_heard(command, "Starting uv", Some(log), heard).await?;
    if !output.status.success() {
        let error = failure::of_install(&output.lines);
        return Err(refused(layout, tools, environment, requirements, error).await);
    }
    inventory::take_snapshot(&folder)
        .map_err(|error| EngineError::io("Noting what was installed", &error))?;
    Ok(note(&output.lines))
}

/// What an install would print; the start stays as it is.
pub(super) async fn dry_run(
    layout: &Layout,
    tools: &Tools,
    environment: &EnvironmentId,
    start: DryRunStart,
    requirements: &Requirements,
) -> Result<Vec<String>, EngineError> {
    let folder = match start {
        DryRunStart::Base => base::folder(layout, tools),
        DryRunStart::Environment => layout.environment(environment),
    };
    let mut command = command(
        layout,
        tools,
        &folder,
        environment,
        requirements,
        EVERY_INDEX,
    );
    command.arg("--dry-run").args(file(requirements));
    let output = output::run(command, "Starting uv", None).await?;
    if output.status.success() {
        return Ok(output.lines);
    }
    let error = failure::of_install(&output.lines);
    Err(refused(layout, tools, environment, requirements, error).await)
}

/// The same failure, or that an index refused access, if that is why a package was not found.
async fn refused(
    layout: &Layout,
    tools: &Tools,
    environment: &EnvironmentId,
    requirements: &Requirements,
    error: EngineError,
) -> EngineError {
    if error.code != "RequirementNotFound" {
        return error;
    }
    let folder = base::folder(layout, tools);
    let mut command = command(
        layout,
        tools,
        &folder,
        environment,
        requirements,
        FIRST_INDEX,
    );
    command.arg("--dry-run").args(file(requirements));
    let Ok(output) = output::run(command, "Starting uv", None).await else {
        return error;
    };
    match failure::of_machine(&output.lines) {
        Some(refused) if refused.code == "IndexRefused" => refused.about(error.about),
        _ => error,
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
    words.extend(file(requirements).map(str::to_owned));
    words
        .iter()
        .map(|word| quoted(word))
        .collect::<Vec<_>>()
        .join(" ")
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
        .args(["--offline", "--dry-run"])
        .args(file(requirements));
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

/// A file name that begins with a dash is no option.
fn file(requirements: &Requirements) -> [&str; 2] {
    ["-r", &requirements.file]
}

/// How much was installed, in uv's words.
fn note(lines: &[String]) -> PhaseNote {
    let said = |start: &str| lines.iter().find(|line| line.starts_with(start)).cloned();
    said("Installed ").or_else(|| {
        said("Audited ")
            .or_else(|| said("Checked "))
            .map(|_| "everything is installed already".to_owned())
    })
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The packages of an environment, by name.
pub(super) fn packages(environment: &Path) -> std::io::Result<Vec<(String, String)>> {
    let folders = package_folders(environment)?.into_iter();
    Ok(folders.map(|(name, version, _)| (name, version)).collect())
}

/// The packages of an environment, by name, each with its metadata folder.
pub(super) fn package_folders(
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
