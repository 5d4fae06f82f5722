//! What the base image's registry says of it to the session's identity.

use std::time::Duration;

use flowdeck_access::{
    identity::{Credential, Identity},
    registry::{RegistryError, Resolved, host_of},
};
use flowdeck_contract::{
    image::ImageReference,
    session::SessionImage,
    settings::{CheckOutcome, CheckSubject, ComputeChoice, PreflightCheck, SessionSettings},
};
use flowdeck_engines::engine::EngineError;

use super::{check, failed};
use crate::sessions::Core;

const SUBJECT: CheckSubject = CheckSubject::Registry;

/// For the credential and the image together: a person waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of a digest is enough to tell it from others, in characters.
const SHORT_DIGEST: usize = "sha256:".len() + 12;

impl Core {
    /// Resolves an image as the session would pull it. `None` when there is nothing to resolve: an identity that there is
    /// not.
    pub(super) async fn check_registry(
        &self,
        settings: &SessionSettings,
        image: &ImageReference,
        here: Option<SessionImage>,
    ) -> Option<PreflightCheck> {
        let identity = self.identity_for(settings).ok()?;
        Some(match (self.ask_registry(image, identity).await, here) {
            (Ok(found), Some(here)) if here.digest != found.digest => PreflightCheck {
                remedy: Some(
                    "The session says so once it runs, and offers the one of the registry."
                        .to_owned(),
                ),
                ..check(
                    SUBJECT,
                    CheckOutcome::Warning,
                    format!("{} {}", told(image, &found), uses(&here)),
                )
            },
            (Ok(found), _) => check(SUBJECT, CheckOutcome::Ok, told(image, &found)),
            (Err(refusal), Some(here)) => check(
                SUBJECT,
                CheckOutcome::Warning,
                format!("{} {}", refusal.message, uses(&here)),
            ),
            (Err(refusal), None) => refusal,
        })
    }

    async fn ask_registry(
        &self,
        image: &ImageReference,
        identity: Option<&Identity>,
    ) -> Result<Resolved, PreflightCheck> {
        let asked = tokio::time::timeout(PATIENCE, self.resolve(image, identity)).await;
        match asked {
            Ok(Ok(found)) => Ok(found),
            Ok(Err((outcome, error))) => Err(PreflightCheck {
                outcome,
                ..failed(SUBJECT, error.message, error.remedy)
            }),
            Err(_) => Err(PreflightCheck {
                remedy: Some("Check again, or start anyway.".to_owned()),
                ..check(
                    SUBJECT,
                    CheckOutcome::Warning,
                    format!(
                        "{} didn’t answer within {} seconds.",
                        host_of(image),
                        PATIENCE.as_secs()
                    ),
                )
            }),
        }
    }

    /// What the registry of a session's image is shown.
    pub(crate) async fn image_credential(
        &self,
        settings: &SessionSettings,
        image: &str,
    ) -> Result<Option<Credential>, EngineError> {
        let (Ok(image), Ok(identity)) =
            (ImageReference::try_from(image), self.identity_for(settings))
        else {
            return Ok(None);
        };
        let identities = &self.config.identities;
        let credential = identities.for_registry(identity, host_of(&image)).await;
        Ok(Some(credential?))
    }

    /// Why a registry does not give an image to a credential, in its words; `None` when it does, or says nothing.
    pub(crate) async fn refusal(
        &self,
        image: &str,
        credential: &Credential,
    ) -> Option<EngineError> {
        let image = ImageReference::try_from(image).ok()?;
        let asked = tokio::time::timeout(PATIENCE, self.registry.resolve(&image, credential));
        let refusal = asked.await.ok()?.err()?;
        (outcome(&refusal) == CheckOutcome::Failure).then(|| refusal.into())
    }

    async fn resolve(
        &self,
        image: &ImageReference,
        identity: Option<&Identity>,
    ) -> Result<Resolved, (CheckOutcome, EngineError)> {
        let credential = self
            .config
            .identities
            .for_registry(identity, host_of(image));
        let credential = credential
            .await
            .map_err(|error| (CheckOutcome::Failure, error.into()))?;
        let found = self.registry.resolve(image, &credential).await;
        found.map_err(|error| (outcome(&error), error.into()))
    }

    /// The identity of the settings; `None` within for the user's own. Fails when there is none of that name.
    fn identity_for(&self, settings: &SessionSettings) -> Result<Option<&Identity>, ()> {
        let catalog = &self.config.catalog;
        let name = match &settings.compute {
            ComputeChoice::Serverless { identity, .. } => identity.as_deref(),
            ComputeChoice::Instance { name } => {
                let instance = catalog.instance(name).ok_or(())?;
                instance.identity.as_deref()
            }
        };
        name.map(|name| catalog.identity(name).ok_or(()))
            .transpose()
    }
}

/// What passes by itself does not stand in the way of a start.
fn outcome(error: &RegistryError) -> CheckOutcome {
    match error {
        RegistryError::RateLimited { .. } | RegistryError::Unreachable { .. } => {
            CheckOutcome::Warning
        }
        _ => CheckOutcome::Failure,
    }
}

/// What a start does, whatever the registry says.
fn uses(here: &SessionImage) -> String {
    let digest = short(&here.digest);
    match here.is_local {
        true => format!(
            "Starts use the image with this name that was built on this server ({digest}…)."
        ),
        false => format!(
            "Starts use the image with this name that is already on this server ({digest}…)."
        ),
    }
}

/// Enough of a digest to know it by.
pub(super) fn short(digest: &str) -> &str {
    digest.get(..SHORT_DIGEST).unwrap_or(digest)
}

fn told(image: &ImageReference, found: &Resolved) -> String {
    let digest = short(&found.digest);
    let platforms: Vec<String> = found.platforms.iter().map(ToString::to_string).collect();
    let layers = match found.layers {
        1 => "1 layer".to_owned(),
        count => format!("{count} layers"),
    };
    format!(
        "{} has ‘{image}’: {digest}…, {} in {layers}, for {}.",
        host_of(image),
        amount(found.size),
        platforms.join(", ")
    )
}

fn amount(bytes: u64) -> String {
    const MB: u64 = 1000 * 1000;
    // Far below what an f64 counts exactly.
    let megabytes = bytes as f64 / MB as f64;
    match bytes {
        ..MB => format!("{} kB", bytes.div_ceil(1000)),
        _ if megabytes < 1000.0 => format!("{megabytes:.1} MB"),
        _ => format!("{:.2} GB", megabytes / 1000.0),
    }
}
