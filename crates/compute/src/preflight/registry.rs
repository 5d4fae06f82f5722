//! What the base image's registry says of it to the session's identity.

use flowdeck_access::{
    identity::Identity,
    registry::{Resolved, host_of},
};
use flowdeck_contract::{
    image::ImageReference,
    session::SessionImage,
    settings::{CheckOutcome, CheckSubject, PreflightCheck, SessionSettings},
};

use super::{Checks, check, failed};
use crate::images::PATIENCE;

const SUBJECT: CheckSubject = CheckSubject::Registry;

/// How much of a digest is enough to tell it from others, in characters.
const SHORT_DIGEST: usize = "sha256:".len() + 12;

impl Checks {
    /// Resolves an image as the session would pull it. `None` when there is nothing to resolve: an identity that there is
    /// not.
    pub(super) async fn check_registry(
        &self,
        settings: &SessionSettings,
        image: &ImageReference,
        here: Option<SessionImage>,
    ) -> Option<PreflightCheck> {
        let identity = self.images.identity_for(settings).ok()?;
        Some(match (self.ask_registry(image, identity).await, here) {
            (Ok(found), Some(here)) if here.digest != found.digest => PreflightCheck {
                remedy: Some(
                    "The session says so once it runs, and offers the one of the registry."
                        .to_owned(),
                ),
                ..check(
                    SUBJECT,
                    CheckOutcome::Warning,
                    format!("{} {}", sentence_of(image, &found), uses(&here)),
                )
            },
            (Ok(found), _) => check(SUBJECT, CheckOutcome::Ok, sentence_of(image, &found)),
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
        let asked = tokio::time::timeout(PATIENCE, self.images.resolve(image, identity)).await;
        match asked {
            Ok(Ok(found)) => Ok(found),
            Ok(Err((outcome, error))) => Err(PreflightCheck {
                outcome,
                ..failed(SUBJECT, error.failure.message, error.failure.remedy)
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

fn sentence_of(image: &ImageReference, found: &Resolved) -> String {
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
