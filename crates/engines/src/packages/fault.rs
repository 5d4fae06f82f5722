//! What is to blame for a failed install.

use flowdeck_contract::codes;
use flowdeck_contract::packages::{AskedBy, InstallCause, InstallFault};
use flowdeck_flow::normalised_name;

use super::{Asked, Lines};
use crate::engine::EngineError;

/// The kind of cause and the line that an engine's error comes from.
pub fn fault(error: &EngineError, lines: &Lines) -> InstallFault {
    let place = error.line.as_deref().cloned();
    let asked_by = place.or_else(|| match error.failure.code.as_ref() {
        codes::REQUIREMENT_INVALID => lines.invalid.first().cloned(),
        codes::REQUIREMENT_FILE_MISSING => {
            error.about.first().and_then(|file| line_with(lines, file))
        }
        _ => error.about.iter().find_map(|name| line_for(lines, name)),
    });
    InstallFault {
        cause: cause(error),
        requirement: error.about.first().cloned(),
        asked_by,
    }
}

/// What is to blame for a failure, when it comes from the requirements.
pub fn blamed(error: &EngineError) -> Option<InstallFault> {
    let fault = fault(error, &Lines::default());
    let is_known = fault.asked_by.is_some() || fault.cause == InstallCause::FileMissing;
    is_known.then_some(fault)
}

/// The same error with the line that it comes from.
pub(super) fn placed(error: EngineError, lines: &Lines) -> EngineError {
    let line = fault(&error, lines).asked_by;
    error.at(line)
}

fn cause(error: &EngineError) -> InstallCause {
    match error.failure.code.as_ref() {
        codes::REQUIREMENT_NOT_FOUND | codes::VERSION_NOT_FOUND => InstallCause::NotFound,
        codes::REQUIREMENTS_CONFLICT | codes::PYTHON_VERSION_CONFLICT => {
            InstallCause::Conflict(error.about.clone())
        }
        codes::BUILD_FAILED => InstallCause::BuildFailed,
        codes::INDEX_REFUSED
        | codes::FEED_REFUSED
        | codes::FEED_IDENTITY_MISSING
        | codes::IDENTITY_CREDENTIAL_MISSING
        | codes::IDENTITY_NOT_FOR_HOST
        | codes::IDENTITY_REFUSED
        | codes::MANAGED_IDENTITY_UNAVAILABLE => InstallCause::FeedRefused,
        codes::DISK_FULL => InstallCause::DiskFull,
        codes::NETWORK_UNREACHABLE => InstallCause::NoNetwork,
        codes::REQUIREMENT_FILE_MISSING if is_ours(error) => InstallCause::FileMissing,
        codes::REQUIREMENT_FILE_MISSING => InstallCause::Unreadable,
        super::runtime::PINNED => InstallCause::RuntimePackage,
        codes::REQUIREMENT_INVALID
        | codes::REQUIREMENT_HASH_MISSING
        | codes::REQUIREMENTS_UNREADABLE
        | codes::REQUIREMENTS_TOO_LARGE
        | codes::REQUIREMENTS_OUTSIDE_FLOW => InstallCause::Unreadable,
        codes::REQUIREMENT_NOT_SATISFIED | codes::HASH_MISMATCH => InstallCause::NotSatisfied,
        codes::INTERRUPTED => InstallCause::Interrupted,
        code if code.starts_with("Runtime") => InstallCause::RuntimeFailed,
        _ => InstallCause::Other,
    }
}

/// Whether what is missing is a file of the flow folder's, by a path that can be made there.
fn is_ours(error: &EngineError) -> bool {
    let is_beneath = |name: &String| !name.starts_with('/') && !name.contains(':');
    error.about.first().is_some_and(is_beneath)
}

/// The line that asks for a requirement, as uv names it: `fdalpha==3.0`.
fn line_for(lines: &Lines, requirement: &str) -> Option<AskedBy> {
    let name = package_name(requirement);
    line_of(&lines.asked, &name).cloned()
}

/// The line to look at for a package: one that gives it a version before one that only mentions it.
pub(super) fn line_of<'a>(asked: &'a [Asked], name: &str) -> Option<&'a AskedBy> {
    let mut of_package = asked
        .iter()
        .filter(|asked| asked.name.as_deref() == Some(name));
    let first = of_package.clone().next();
    let is_versioned = |asked: &&Asked| {
        let requirement = asked.requirement.as_ref();
        requirement.is_some_and(|requirement| requirement.version_or_url.is_some())
    };
    of_package
        .find(is_versioned)
        .or(first)
        .map(|asked| &asked.asked_by)
}

fn line_with(lines: &Lines, file: &str) -> Option<AskedBy> {
    let file = file.rsplit('/').next().unwrap_or(file);
    let texts = lines.asked.iter().map(|asked| &asked.asked_by);
    texts
        .into_iter()
        .find(|line| line.text.contains(file))
        .cloned()
}

/// The name that a requirement begins with, normalised.
pub(super) fn package_name(requirement: &str) -> String {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let end = requirement
        .find(|c| !is_name(c))
        .unwrap_or(requirement.len());
    normalised_name(&requirement[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_version_comes_before_one_that_only_mentions_the_package() {
        let lines = Lines::of("humanize\nhumanize==99.0\n");
        let error = EngineError::new("VersionNotFound", "x").about(["humanize==99.0"]);
        assert_eq!(
            fault(&error, &lines).asked_by.map(|line| line.line),
            Some(2)
        );
        let lines = Lines::of("humanize\nhumanize[x]\n");
        assert_eq!(
            line_of(&lines.asked, "humanize").map(|line| line.line),
            Some(1)
        );
    }

    #[test]
    fn the_line_at_fault_is_found() {
        let lines = Lines::of("fine\nFd_Alpha>=9\n./w/none-1.0.whl\n!!!\n");
        let line = |error: EngineError| fault(&error, &lines).asked_by.map(|line| line.line);
        let error = |code| EngineError::new(code, "x");
        assert_eq!(
            line(error("VersionNotFound").about(["fd-alpha>=9"])),
            Some(2)
        );
        assert_eq!(line(error("BuildFailed").about(["other==1"])), None);
        assert_eq!(
            line(error("RequirementFileMissing").about(["file:///f/w/none-1.0.whl"])),
            Some(3)
        );
        assert_eq!(line(error("RequirementInvalid")), Some(4));
        let conflict = error("RequirementsConflict").about(["a<1", "fine"]);
        let found = fault(&conflict, &lines);
        assert_eq!(
            found.cause,
            InstallCause::Conflict(vec!["a<1".into(), "fine".into()])
        );
        assert_eq!(found.asked_by.map(|line| line.line), Some(1));
    }
}
