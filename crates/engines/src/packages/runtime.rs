//! The packages that prompt flow's runtime is made of. An install leaves them as the base has them: another version is
//! one that the runtime may not start with, which shows only when it is too late.

use std::{collections::BTreeMap, str::FromStr as _};

use flowdeck_access::requirements::RequirementSet;
use flowdeck_contract::codes;
use flowdeck_contract::session::InstalledPackage;
use flowdeck_flow::{LineKind, RUNTIME_PACKAGES};
use pep508_rs::{MarkerEnvironment, Requirement, VerbatimUrl, VersionOrUrl, pep440_rs::Version};

use super::{Lines, PackageMove, fault, verify};
use crate::engine::{EngineError, Inventory};

/// The code of a line that asks for another version of the runtime than the base's.
pub(crate) const PINNED: &str = "RuntimePackagePinned";

/// The package whose release decides that of the others.
const CORE: &str = "promptflow-core";

/// The packages of the runtime with their versions, by normalised names: those of prompt flow that were released
/// together.
#[derive(Debug, Default)]
pub struct RuntimePackages<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> RuntimePackages<'a> {
    /// Those of a base.
    pub fn of(base: &'a [InstalledPackage]) -> Self {
        Self::among(
            base.iter()
                .map(|package| (&*package.name, &*package.version)),
        )
    }

    /// Those of flowdeck's own base.
    pub fn locked() -> RuntimePackages<'static> {
        RuntimePackages::among(RUNTIME_PACKAGES.iter().copied())
    }

    fn among(packages: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let all: BTreeMap<&str, &str> = packages
            .filter(|(name, _)| *name == "promptflow" || name.starts_with("promptflow-"))
            .collect();
        let Some(release) = all.get(CORE).copied() else {
            return Self::default();
        };
        let together = all.into_iter().filter(|(_, version)| *version == release);
        Self(together.collect())
    }

    /// The first line that asks for another version. `markers` decide which lines count; where they are not known,
    /// those without a condition.
    pub fn pinned(
        &self,
        set: &RequirementSet,
        markers: Option<&MarkerEnvironment>,
    ) -> Option<EngineError> {
        set.lines().find_map(|(file, line)| {
            let LineKind::Named { name } = &line.kind else {
                return None;
            };
            let version = self.0.get(name.as_str())?;
            let bare = line.text.split(" --").next().unwrap_or_default();
            let requirement = Requirement::<VerbatimUrl>::from_str(bare).ok()?;
            let counts = match markers {
                Some(markers) => requirement.evaluate_markers(markers, &[]),
                None => requirement.marker.is_true(),
            };
            if !counts || is_met(&requirement, version) {
                return None;
            }
            let asked_by = file.asked_by(line.line);
            let message = format!(
                "{}, line {}: ‘{}’ replaces {name} {version} of the base packages, which the runtime needs.",
                asked_by.file, asked_by.line, asked_by.text
            );
            let error = EngineError::new(PINNED, message)
                .with_remedy("Remove the version, or keep the base’s version.");
            Some(error.about([name.clone()]).at(Some(asked_by)))
        })
    }

    /// The first package that a plan changes.
    pub fn changed_by(&self, steps: &[PackageMove], lines: &Lines) -> Option<EngineError> {
        let coming = |name: &str| steps.iter().find(|step| step.comes && step.name == name);
        self.0.iter().find_map(|(name, version)| {
            let goes = steps.iter().any(|step| !step.comes && step.name == *name);
            match coming(name) {
                Some(step) if step.version != *version => {
                    Some(changed(name, version, Some(&step.version), lines))
                }
                None if goes => Some(changed(name, version, None, lines)),
                _ => None,
            }
        })
    }

    /// The first package that an environment has at another version, or lacks.
    pub fn changed_in(&self, inventory: &Inventory, lines: &Lines) -> Option<EngineError> {
        let now = |name: &str| {
            let mut packages = inventory.packages.iter();
            let package = packages.find(|package| package.name == name);
            package.map(|package| &*package.version)
        };
        let mut differing = self
            .0
            .iter()
            .filter(|(name, version)| now(name) != Some(**version));
        let (name, version) = differing.next()?;
        Some(changed(name, version, now(name), lines))
    }
}

/// What the packages of an environment replace in the base, when its runtime doesn't start.
pub fn does_not_start(error: EngineError, inventory: &Inventory, lines: &Lines) -> EngineError {
    const SHOWN: usize = 5;
    let replaced: Vec<(String, String)> = inventory
        .base
        .iter()
        .filter_map(|base| {
            let mut packages = inventory.packages.iter();
            let now = packages.find(|package| package.name == base.name);
            let now = now.map_or("none", |package| &package.version);
            let told = || format!("{} {} → {now}", base.name, base.version);
            (now != base.version).then(|| (base.name.clone(), told()))
        })
        .collect();
    if replaced.is_empty() {
        return error;
    }
    let more = match replaced.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown: Vec<&str> = replaced
        .iter()
        .take(SHOWN)
        .map(|(_, told)| &**told)
        .collect();
    let message = format!(
        "The runtime doesn’t start with these packages. The requirements replace packages of the base: {}{more}.",
        shown.join(", ")
    );
    let mut named = replaced.iter().map(|(name, _)| name.clone());
    let asked = named.find(|name| fault::line_of(&lines.asked, name).is_some());
    let error = EngineError::new("RuntimeNotStarted", message)
        .with_remedy("Remove the versions of these packages from the requirements, or ask for versions nearer to the base’s. The log shows what the runtime said.");
    fault::placed(error.about(asked), lines)
}

fn changed(name: &str, from: &str, to: Option<&str>, lines: &Lines) -> EngineError {
    let by = match to {
        Some(to) => format!(" with {to}"),
        None => String::new(),
    };
    let message = format!(
        "The requirements replace {name} {from} of the base packages{by}, and the runtime needs {from}."
    );
    let error = EngineError::new(codes::REQUIREMENTS_CONFLICT, message).with_remedy(format!(
        "Ask for other versions of the packages that need another {name}."
    ));
    fault::placed(error.about([name]), lines)
}

/// Whether a base's version is what a requirement asks for. One that can't be compared is.
fn is_met(requirement: &Requirement<VerbatimUrl>, version: &str) -> bool {
    match &requirement.version_or_url {
        Some(VersionOrUrl::Url(_)) => false,
        _ => Version::from_str(version).is_err() || verify::allows(requirement, version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::samples::{facts, inventory, markers};

    const BASE: [&str; 4] = [
        "promptflow==1.18.5",
        "promptflow-core==1.18.5",
        "promptflow-tools==1.6.1",
        "numpy==2.0",
    ];

    fn set(text: &str) -> RequirementSet {
        let folder = tempfile::tempdir().unwrap();
        RequirementSet::with_text(folder.path(), "r.txt", text.to_owned()).unwrap()
    }

    #[test]
    fn a_version_that_is_not_the_bases_is_told_at_its_line() {
        let inventory = inventory(&BASE, Vec::new());
        let runtime = RuntimePackages::of(&inventory.base);
        let line = |text: &str, markers: Option<&MarkerEnvironment>| {
            let error = runtime.pinned(&set(text), markers)?;
            Some((error.failure.code.into_owned(), error.line.unwrap().line))
        };
        let markers = markers();
        for text in [
            "promptflow\npromptflow==1.18.5\npromptflow>=1.8",
            // Released on its own: the runtime starts with others.
            "promptflow-tools==1.4.0\nnumpy==1.26.4\npromptflow-evals==0.3.2",
            "promptflow==1.17.2; python_version < '3'",
        ] {
            assert_eq!(line(text, Some(&markers)), None, "{text}");
        }
        for text in [
            "x\nPromptFlow==1.17.2",
            "x\npromptflow-core<1.18 --hash=sha256:00",
            "x\npromptflow @ https://h/promptflow-1.18.5-py3-none-any.whl",
            "x\npromptflow==1.17.2; python_version > '3'",
        ] {
            assert_eq!(
                line(text, Some(&markers)),
                Some((PINNED.to_owned(), 2)),
                "{text}"
            );
        }
        let conditional = "promptflow==1.17.2; python_version > '3'";
        assert_eq!(line(conditional, None), None);
    }

    #[test]
    fn what_others_change_of_the_runtime_is_told() {
        let lines = Lines::of("promptflow-evals==0.1\n");
        let inventory = inventory(
            &BASE,
            vec![
                facts("promptflow==1.18.5", &[]),
                facts("promptflow-core==1.16.0", &[]),
            ],
        );
        let runtime = RuntimePackages::of(&inventory.base);
        let step = |version: &str, comes| PackageMove {
            name: "promptflow-core".to_owned(),
            version: version.to_owned(),
            comes,
        };
        let error = runtime.changed_by(&[step("1.18.5", false), step("1.16.0", true)], &lines);
        let message = error.unwrap().failure.message;
        assert!(
            message.contains("promptflow-core 1.18.5 of the base packages with 1.16.0"),
            "{message}"
        );
        assert!(
            runtime
                .changed_by(&[step("1.18.5", false)], &lines)
                .is_some()
        );
        assert_eq!(runtime.changed_by(&[step("1.18.5", true)], &lines), None);
        assert!(runtime.changed_in(&inventory, &lines).is_some());
    }

    #[test]
    fn a_runtime_that_does_not_start_is_told_with_what_was_replaced() {
        let lines = Lines::of("x\nnumpy==1.26.4\n");
        let inventory = inventory(
            &["numpy==2.0", "y==1"],
            vec![facts("numpy==1.26.4", &[]), facts("y==1", &[])],
        );
        let death = EngineError::new("RuntimeDied", "Promptflow may not installed correctly.");
        let told = does_not_start(death, &inventory, &lines);
        assert!(
            told.failure
                .message
                .ends_with("packages of the base: numpy 2.0 → 1.26.4."),
            "{told}"
        );
        assert_eq!(told.line.unwrap().line, 2);
    }
}
