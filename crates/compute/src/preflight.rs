//! What would happen if a session were started so; nothing is allocated and nothing changes.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod registry;
mod requirements;
mod source;

use std::{path::PathBuf, sync::Arc};

use flowdeck_access::disk::blocking;
use flowdeck_contract::{
    codes,
    ids::FlowId,
    image::{ImageReference, proposal},
    packages::AskedBy,
    settings::{
        CheckOutcome, CheckSubject, ComputeChoice, Preflight, PreflightCheck, SessionSettings,
    },
};
use flowdeck_engines::engine::{EngineError, SharedEngine, gib};
use flowdeck_flow::{Finding, Severity};

use crate::{
    allotter::{Allotment, Allotter},
    error::ComputeError,
    flow::Definition,
    images::Images,
    owner::Owner,
    owner_folders::OwnerFolders,
};

/// Below this an environment of its own, without packages, may not fit.
const LEAST_MB: u64 = 256;
/// Below this a larger set of packages may not fit.
const EASY_MB: u64 = 2048;

/// Where among the checks the base image's stands.
const IMAGE: usize = 1;

/// Looks at what starts would meet.
pub(crate) struct Checks {
    engine: SharedEngine,
    allotter: Arc<Allotter>,
    images: Arc<Images>,
    folders: OwnerFolders,
    /// On the disk that environments are on.
    data: PathBuf,
}

impl Checks {
    pub(crate) fn new(
        engine: SharedEngine,
        allotter: Arc<Allotter>,
        images: Arc<Images>,
        folders: OwnerFolders,
        data: PathBuf,
    ) -> Self {
        Self {
            engine,
            allotter,
            images,
            folders,
            data,
        }
    }

    /// All that a start with these settings would meet.
    pub(crate) async fn of_start(
        self: Arc<Self>,
        flow: &FlowId,
        settings: &SessionSettings,
    ) -> Result<Preflight, ComputeError> {
        let (checks, owner, asked) = (Arc::clone(&self), Owner::from(flow), settings.clone());
        let mut found = blocking(move || checks.here(&owner, &asked)).await?;
        let image = self.check_source(settings).await;
        let after_image = found.checks.len().min(IMAGE + 1);
        found.checks.splice(after_image..after_image, image);
        Ok(found)
    }

    /// What can be seen on this machine.
    fn here(&self, owner: &Owner, settings: &SessionSettings) -> Result<Preflight, ComputeError> {
        self.folders.of(owner)?;
        let given = self.allotter.allot(owner, &without_identity(settings));
        let vm_size = given.as_ref().ok().and_then(|given| given.size.clone());
        let definition = self.folders.definition(owner);
        let image = image_of(&definition);
        let requirements = self.requirements_of(&definition);
        let file = requirements.as_ref().ok().and_then(Option::as_ref);
        let file = file.map(|(file, _)| file.clone());
        Ok(Preflight {
            checks: vec![
                quota(&given),
                self.check_image(settings, image.as_deref()),
                self.check_identity(settings),
                requirements::check_requirements(&requirements, &self.runtime_packages(settings)),
                check_definition(definition),
                self.check_disk(),
            ],
            image,
            requirements: file,
            vm_size: vm_size.map(|size| size.name),
        })
    }
}

/// Proposes a valid form for a text that isn't a reference.
fn meant(image: &str) -> Option<String> {
    proposal(image).map(|meant| format!("Did you mean ‘{meant}’?"))
}

type Found = Result<(PathBuf, Definition), EngineError>;

/// An identity that does not exist has a check of its own.
fn without_identity(settings: &SessionSettings) -> SessionSettings {
    let mut settings = settings.clone();
    if let ComputeChoice::Serverless { identity, .. } = &mut settings.compute {
        *identity = None;
    }
    settings
}

fn image_of(definition: &Found) -> Option<String> {
    let (_, definition) = definition.as_ref().ok()?;
    definition.report.flow.as_ref()?.environment.image.clone()
}

fn check(
    subject: CheckSubject,
    outcome: CheckOutcome,
    message: impl Into<String>,
) -> PreflightCheck {
    PreflightCheck {
        subject,
        name: subject.name().to_owned(),
        outcome,
        message: message.into(),
        remedy: None,
        fault: None,
        place: None,
    }
}

fn failed(
    subject: CheckSubject,
    message: impl Into<String>,
    remedy: Option<String>,
) -> PreflightCheck {
    PreflightCheck {
        remedy,
        ..check(subject, CheckOutcome::Failure, message)
    }
}

fn quota(given: &Result<Allotment, ComputeError>) -> PreflightCheck {
    const SUBJECT: CheckSubject = CheckSubject::Quota;
    match given {
        Ok(given) => {
            let size = given.size.as_ref().map_or("", |size| &size.name);
            check(SUBJECT, CheckOutcome::Ok, format!("{size} is available."))
        }
        Err(error) => {
            let error = error.to_root_error();
            let remedy = error.remedy().map(str::to_owned);
            failed(SUBJECT, error.message, remedy)
        }
    }
}

fn check_definition(found: Found) -> PreflightCheck {
    const SUBJECT: CheckSubject = CheckSubject::Definition;
    let (_, definition) = match found {
        Ok(found) => found,
        Err(error) => return failed(SUBJECT, error.failure.message, error.failure.remedy),
    };
    let of = |severity| {
        let findings = definition.report.findings.iter();
        findings.filter(move |finding: &&Finding| finding.severity == severity)
    };
    let sentence_of = |finding: &Finding| {
        format!(
            "{}, line {}: {}",
            definition.file, finding.line, finding.message
        )
    };
    let open = "Open it in raw file mode, where every problem is marked.".to_owned();
    match (of(Severity::Error).next(), of(Severity::Warning).count()) {
        // A session starts all the same; it is the run that would fail.
        (Some(finding), _) => PreflightCheck {
            remedy: Some(open),
            place: Some(AskedBy {
                file: definition.file.to_owned(),
                line: finding.line,
                text: String::new(),
            }),
            ..check(SUBJECT, CheckOutcome::Warning, sentence_of(finding))
        },
        (None, 0) => check(
            SUBJECT,
            CheckOutcome::Ok,
            format!("No errors found in {}.", definition.file),
        ),
        (None, warnings) => check(
            SUBJECT,
            CheckOutcome::Ok,
            format!(
                "No errors found in {} ({warnings} warnings).",
                definition.file
            ),
        ),
    }
}

impl Checks {
    fn check_image(&self, settings: &SessionSettings, now: Option<&str>) -> PreflightCheck {
        const SUBJECT: CheckSubject = CheckSubject::BaseImage;
        let asked = settings.base_image.as_deref();
        if let Some(Err(error)) = asked.map(ImageReference::try_from) {
            let message = format!(
                "‘{}’ isn’t an image reference. {error}",
                asked.unwrap_or_default()
            );
            return failed(SUBJECT, message, asked.and_then(meant));
        }
        let what = match (asked, self.engine.abilities().default_image) {
            (Some(image), _) => format!("‘{image}’"),
            (None, Some(default)) => format!("The default base image, ‘{}’,", default.reference),
            (None, None) => "The default base image".to_owned(),
        };
        if asked != now {
            let now = now.map_or("the default base image".to_owned(), |image| {
                format!("‘{image}’")
            });
            return PreflightCheck {
                remedy: Some(
                    "Applying your choice saves it in environment.image of flow.dag.yaml."
                        .to_owned(),
                ),
                ..check(
                    SUBJECT,
                    CheckOutcome::Warning,
                    format!("You chose {what}. flow.dag.yaml names {now}."),
                )
            };
        }
        match (asked, self.engine.abilities().images_unavailable) {
            (Some(_), Some(why)) => PreflightCheck {
                remedy: Some(why),
                ..check(
                    SUBJECT,
                    CheckOutcome::Warning,
                    format!("{what} isn’t used. The built-in prompt flow runtime is used instead."),
                )
            },
            _ => check(SUBJECT, CheckOutcome::Ok, format!("{what} is used.")),
        }
    }

    /// Says whether the flow's definition asks for this image: it is the one place that says which is used.
    pub(crate) fn require_image(
        &self,
        owner: &Owner,
        image: Option<&str>,
    ) -> Result<(), ComputeError> {
        self.folders.of(owner)?;
        let now = image_of(&self.folders.definition(owner));
        if now.as_deref() == image {
            return Ok(());
        }
        let shown = |image: Option<&str>| {
            image.map_or("the default base image".to_owned(), |image| {
                format!("‘{image}’")
            })
        };
        Err(ComputeError::not_now(
            "BaseImageDiffers",
            format!(
                "The settings name {}, but flow.dag.yaml names {}.",
                shown(image),
                shown(now.as_deref())
            ),
            "Set environment.image in flow.dag.yaml first.",
        ))
    }

    /// Says whether the image that the definition asks for, when it asks for one, can be one.
    pub(crate) fn require_image_reference(&self, owner: &Owner) -> Result<(), ComputeError> {
        let Some(image) =
            image_of(&self.folders.definition(owner)).filter(|image| !image.is_empty())
        else {
            return Ok(());
        };
        let Err(error) = ImageReference::try_from(image.as_str()) else {
            return Ok(());
        };
        let shown: String = image.chars().take(80).collect();
        Err(ComputeError::invalid(
            codes::BASE_IMAGE_INVALID,
            format!(
                "environment.image of flow.dag.yaml, ‘{}’, isn’t an image reference. {error}{}",
                shown.escape_debug(),
                meant(&image).map_or(String::new(), |meant| format!(" {meant}"))
            ),
        )
        .at("environment.image"))
    }

    fn check_identity(&self, settings: &SessionSettings) -> PreflightCheck {
        const SUBJECT: CheckSubject = CheckSubject::Identity;
        match &settings.compute {
            ComputeChoice::Instance { .. } => check(
                SUBJECT,
                CheckOutcome::Ok,
                "Uses the compute instance’s identity.",
            ),
            ComputeChoice::Serverless { identity: None, .. } => {
                check(SUBJECT, CheckOutcome::Ok, "Uses your own identity.")
            }
            ComputeChoice::Serverless {
                identity: Some(name),
                ..
            } => match self.allotter.require_identity(Some(name)) {
                Ok(()) => check(
                    SUBJECT,
                    CheckOutcome::Ok,
                    format!("Identity ‘{name}’ found."),
                ),
                Err(error) => failed(
                    SUBJECT,
                    error.to_string(),
                    Some("Choose another identity, or your own.".to_owned()),
                ),
            },
        }
    }

    fn check_disk(&self) -> PreflightCheck {
        const SUBJECT: CheckSubject = CheckSubject::Disk;
        let remedy = "Free space on the disk that holds the data folder.".to_owned();
        let free = match rustix::fs::statvfs(&self.data) {
            Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize) / (1024 * 1024),
            Err(error) => {
                let message = format!("Can’t check the free space: {error}.");
                return check(SUBJECT, CheckOutcome::Warning, message);
            }
        };
        let message = format!("{:.1} GiB available.", gib(free));
        match free {
            ..LEAST_MB => failed(SUBJECT, message, Some(remedy)),
            LEAST_MB..EASY_MB => PreflightCheck {
                remedy: Some(remedy),
                ..check(SUBJECT, CheckOutcome::Warning, message)
            },
            _ => check(SUBJECT, CheckOutcome::Ok, message),
        }
    }
}
