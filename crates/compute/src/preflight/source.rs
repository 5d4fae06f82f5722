//! Where a session's base image comes from: it is here, or its registry has it, or it has to be built first.

use flowdeck_contract::{
    image::ImageReference,
    session::SessionImage,
    settings::{CheckOutcome, CheckSubject, PreflightCheck, SessionSettings},
};
use flowdeck_engines::engine::{DefaultImage, EngineError};

use super::{Checks, check, failed, registry::short};

impl Checks {
    /// Looks for the image as a start would. `None` when there is nothing to look for: no valid reference, an engine that
    /// runs none, an identity that there is not.
    pub(super) async fn check_source(&self, settings: &SessionSettings) -> Option<PreflightCheck> {
        if self.engine.abilities().images_unavailable.is_some() {
            return None;
        }
        match (&settings.base_image, self.engine.abilities().default_image) {
            (Some(image), _) => {
                let image = ImageReference::try_from(image.as_str()).ok()?;
                let here = self.engine.image_here(&image).await;
                let here = here.unwrap_or_else(|error| {
                    tracing::debug!(%error, "couldn't check whether an image is on this server");
                    None
                });
                self.check_registry(settings, &image, here).await
            }
            (None, Some(default)) => self.check_default(settings, &default).await,
            (None, None) => None,
        }
    }

    /// A registry is asked only for what came from one or is to: that which was built here is nobody else's.
    async fn check_default(
        &self,
        settings: &SessionSettings,
        default: &DefaultImage,
    ) -> Option<PreflightCheck> {
        const SUBJECT: CheckSubject = CheckSubject::DefaultImage;
        let unusable =
            |error: EngineError| Some(failed(SUBJECT, error.failure.message, error.failure.remedy));
        let image = ImageReference::try_from(default.reference.as_str()).ok()?;
        let here = match self.engine.image_here(&image).await {
            Ok(here) => here,
            Err(error) => return unusable(error),
        };
        match here {
            Some(here) if here.is_local || default.is_built_here => {
                Some(check(SUBJECT, CheckOutcome::Ok, is_here(&here)))
            }
            None if default.is_built_here => unusable(default.not_built()),
            None => {
                let found = self.check_registry(settings, &image, None).await?;
                let remedy = match found.outcome {
                    CheckOutcome::Ok => None,
                    _ => Some(default.remedy(found.remedy.as_deref())),
                };
                Some(PreflightCheck { remedy, ..found })
            }
            here => self.check_registry(settings, &image, here).await,
        }
    }
}

fn is_here(here: &SessionImage) -> String {
    let digest = short(&here.digest);
    match here.is_local {
        true => format!(
            "‘{}’ is on this server, where it was built ({digest}…).",
            here.reference
        ),
        false => format!("‘{}’ is on this server ({digest}…).", here.reference),
    }
}
