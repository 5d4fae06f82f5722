//! Installs a requirements file, as `pip install -r` would.

use std::path::Path;

use tokio::process::Command;

use super::{environment, failure, layout::Layout, output, tools::Tools};
use crate::{
    engine::{EngineError, EnvironmentId, PhaseNote, Requirements},
    log::LogFile,
};

/// pip looks for the best version in all indexes; uv by itself stops at the first that has the package.
const ARGUMENTS: [&str; 8] = [
    "pip",
    "install",
    "--no-config",
    "--color",
    "never",
    "--no-progress",
    "--index-strategy",
    "unsafe-best-match",
];

/// Installs into an environment.
pub(super) async fn install(
    layout: &Layout,
    tools: &Tools,
    environment: &EnvironmentId,
    requirements: &Requirements,
    log: &LogFile,
) -> Result<PhaseNote, EngineError> {
    let mut command = command(layout, tools, environment, requirements);
    command.arg("--compile-bytecode").args(file(requirements));
    let output = output::run(command, "Starting uv", Some(log)).await?;
    if output.status.success() {
        Ok(note(&output.lines))
    } else {
        Err(failure::of_install(&output.lines))
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
    let mut command = command(layout, tools, environment, requirements);
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
    environment: &EnvironmentId,
    requirements: &Requirements,
) -> Command {
    let mut command = environment::command(layout, &tools.uv, &environment.session);
    command
        .args(ARGUMENTS)
        .arg("--python")
        .arg(layout.environment(environment).join("bin/python"))
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

/// The packages of an environment, read from their metadata folders: asking Python would cost a second.
pub(super) fn packages(environment: &Path) -> std::io::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for python in std::fs::read_dir(environment.join("lib"))? {
        for entry in std::fs::read_dir(python?.path().join("site-packages"))? {
            let name = entry?.file_name();
            let known = name
                .to_str()
                .and_then(|name| name.strip_suffix(".dist-info"));
            found.extend(
                known
                    .and_then(|name| name.rsplit_once('-'))
                    .map(|(name, version)| {
                        (
                            name.replace(['_', '.'], "-").to_lowercase(),
                            version.to_owned(),
                        )
                    }),
            );
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
