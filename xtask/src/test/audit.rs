//! What is known against dependencies: cargo-deny for crates, npm's own audit for its lock files. What cannot be asked here
//! is skipped by its name, with the reason.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::process::Command;

use super::{Run, dependencies::NPM_FOLDERS};
use crate::{process, progress::Step, setup::CargoTool};

const ADVISORIES: &str = "advisories about crates";
const DENY: &str = "bans, licences and sources of crates by cargo-deny";

pub(super) fn crates(run: &Run<'_>) {
    run.check(DENY, |step| {
        deny(run, step, &["check", "bans", "licenses", "sources"])
    });
    match process::capture(cargo_deny(run).args(["fetch", "db"])) {
        Ok(_) => run.check(ADVISORIES, |step| deny(run, step, &["check", "advisories"])),
        Err(error) => advisories_of_last_time(run, &error),
    }
}

/// The database of the last time says less, and the step's name says so; without one there is nothing to ask.
fn advisories_of_last_time(run: &Run<'_>, error: &anyhow::Error) {
    let old = cargo_deny(run)
        .args(["--offline", "check", "advisories"])
        .output();
    match old {
        Ok(old) if old.status.success() => {
            let title = "advisories about crates, by the database of the last time";
            run.check(title, |_| Ok(()));
        }
        Ok(old) if String::from_utf8_lossy(&old.stderr).contains("error[") => {
            let text = String::from_utf8_lossy(&old.stderr).into_owned();
            run.check(ADVISORIES, |_| bail!("{text}"));
        }
        _ => run.skip(
            ADVISORIES,
            &format!("because their database cannot be fetched: {error:#}"),
        ),
    }
}

fn cargo_deny(run: &Run<'_>) -> Command {
    let mut command = process::command(CargoTool::cargo_deny(run.project).program());
    command.arg("--all-features").current_dir(&run.project.root);
    command
}

fn deny(run: &Run<'_>, step: &Step, arguments: &[&str]) -> Result<()> {
    let mut command = cargo_deny(run);
    command.args(arguments);
    let name = format!("test-deny-{}", arguments.last().unwrap_or(&"check"));
    process::run(run.project, step, &name, &mut command)?
        .success()
        .map(drop)
}

/// Asks the registry about every npm lock file.
pub(super) fn npm(run: &Run<'_>) {
    for folder in NPM_FOLDERS {
        let title = format!("advisories about npm packages of {folder}");
        let mut npm = process::command("npm");
        npm.args(["audit", "--json", "--package-lock-only"])
            .current_dir(run.project.path(folder));
        let answer = npm.output().context("cannot run npm");
        let answer = answer.and_then(|output| verdict(&output.stdout));
        match answer {
            Ok(Verdict::Found(found)) if found.is_empty() => run.check(&title, |_| Ok(())),
            Ok(Verdict::Found(found)) => run.check(&title, |_| bail!("{}", found.join("\n"))),
            Ok(Verdict::NotAnswered(why)) => {
                run.skip(
                    &title,
                    &format!("because the registry answers no audit: {why}"),
                );
            }
            Err(error) => run.check(&title, |_| Err(error)),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// The packages that something is known against, each with how bad it is.
    Found(Vec<String>),
    NotAnswered(String),
}

/// What `npm audit --json` says.
fn verdict(output: &[u8]) -> Result<Verdict> {
    let answer: Value = serde_json::from_slice(output).context("npm audit gave no JSON")?;
    if let Some(found) = answer.get("vulnerabilities").and_then(Value::as_object) {
        let words = found.iter().map(|(name, what)| {
            let severity = what.get("severity").and_then(Value::as_str);
            format!("{name}: {}", severity.unwrap_or("unknown"))
        });
        return Ok(Verdict::Found(words.collect()));
    }
    let status = answer
        .get("statusCode")
        .map(|status| format!("status {status}"));
    let summary = answer.pointer("/error/summary").and_then(Value::as_str);
    let message = answer.get("message").and_then(Value::as_str);
    let why = summary.filter(|text| !text.is_empty()).or(message);
    match status.or(why.map(str::to_owned)) {
        Some(why) => Ok(Verdict::NotAnswered(why)),
        None => bail!("npm audit gave neither a verdict nor an error: {answer}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Verdict {
        verdict(text.as_bytes()).unwrap()
    }

    #[test]
    fn an_audit_finds_something_or_nothing_or_is_not_answered() {
        assert_eq!(
            of(r#"{"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {}}"#),
            Verdict::Found(Vec::new())
        );
        assert_eq!(
            of(r#"{"vulnerabilities": {"lodash": {"severity": "high"}}}"#),
            Verdict::Found(vec!["lodash: high".to_owned()])
        );
        let refused =
            r#"{"message": "405 Method Not Allowed", "statusCode": 405, "error": {"summary": ""}}"#;
        assert_eq!(of(refused), Verdict::NotAnswered("status 405".to_owned()));
        let offline = r#"{"error": {"code": "ENOTFOUND", "summary": "no such host"}}"#;
        assert_eq!(of(offline), Verdict::NotAnswered("no such host".to_owned()));
        assert!(verdict(b"{}").is_err() && verdict(b"").is_err());
    }
}
