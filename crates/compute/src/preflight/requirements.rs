//! Whether a start could install the flow's requirements.

use flowdeck_access::requirements::{RequirementSet, sentence_of};
use flowdeck_contract::settings::{CheckOutcome, CheckSubject, PreflightCheck, SessionSettings};
use flowdeck_engines::{
    engine::EngineError,
    packages::{self, RuntimePackages},
};
use flowdeck_flow::Severity;

use super::{Checks, Found, check, failed};
use crate::flow;

const SUBJECT: CheckSubject = CheckSubject::Requirements;

impl Checks {
    /// The file's name and all that it includes; `None` where the flow has no such file.
    pub(super) fn requirements_of(
        &self,
        definition: &Found,
    ) -> Result<Option<(String, RequirementSet)>, EngineError> {
        let Ok((folder, definition)) = definition else {
            // Said by the check of the definition.
            return Ok(None);
        };
        let flow = definition.report.flow.as_ref();
        let Some(source) = flow::source(self.folders.root(), folder, flow)? else {
            return Ok(None);
        };
        let set = source.read(None)?;
        Ok(Some((source.name, set)))
    }

    /// The runtime's packages in the base, as far as they are known before a session has it.
    pub(super) fn runtime_packages(&self, settings: &SessionSettings) -> RuntimePackages<'static> {
        let is_own_base = self.engine.abilities().images_unavailable.is_some();
        match is_own_base && settings.runtime_versions.is_as_asked() {
            true => RuntimePackages::locked(),
            false => RuntimePackages::default(),
        }
    }
}

/// What a start would say of the requirements: the first line that it would refuse, or what to know beforehand.
pub(super) fn check_requirements(
    found: &Result<Option<(String, RequirementSet)>, EngineError>,
    runtime: &RuntimePackages<'_>,
) -> PreflightCheck {
    match found {
        Ok(Some((file, set))) => {
            let pinned = || runtime.pinned(set, None).map_or(Ok(()), Err);
            match set.require_readable().and_then(|()| pinned()) {
                Ok(()) => warned(file, set),
                Err(error) => refused(&error),
            }
        }
        Ok(None) => check(
            SUBJECT,
            CheckOutcome::Ok,
            "No requirements file. Only base packages are used.",
        ),
        Err(error) => refused(error),
    }
}

fn refused(error: &EngineError) -> PreflightCheck {
    PreflightCheck {
        fault: packages::blamed(error),
        ..failed(
            SUBJECT,
            error.failure.message.clone(),
            error.failure.remedy.clone(),
        )
    }
}

fn warned(file: &str, set: &RequirementSet) -> PreflightCheck {
    let findings = set.findings();
    let warnings: Vec<_> = findings
        .iter()
        .filter(|(_, finding)| finding.severity == Severity::Warning)
        .collect();
    let Some((first, finding)) = warnings.first() else {
        return check(
            SUBJECT,
            CheckOutcome::Ok,
            format!("{file}: no errors found."),
        );
    };
    let more = match warnings.len() - 1 {
        0 => String::new(),
        1 => " 1 more warning.".to_owned(),
        more => format!(" {more} more warnings."),
    };
    PreflightCheck {
        place: Some(first.asked_by(finding.line)),
        ..check(
            SUBJECT,
            CheckOutcome::Warning,
            format!("{}{more}", sentence_of(&first.name, finding)),
        )
    }
}
