//! What a session is made from.

use flowdeck_access::identity::Credential;
use flowdeck_contract::codes;
use flowdeck_contract::{pull::Pull, session::SessionImage};

use super::EngineError;

/// The code of a base whose image its registry does not give, or does not have, as far as the engine can tell.
pub const IMAGE_REFUSED: &str = codes::IMAGE_REFUSED;

/// What a session is to be made from.
#[derive(Clone, Copy, Default)]
pub struct WantedBase<'a> {
    /// The image that is asked for; `None` for the engine's own choice.
    pub image: Option<&'a str>,
    /// What the image's registry is shown when the image has to be pulled.
    pub shown: RegistryAccess<'a>,
    /// Whether the image is pulled, though the engine may have one of its name.
    pub anew: bool,
    /// What the image is to be, where it is there still: what the name stood for when this was a session's.
    pub keep: Option<&'a SessionImage>,
    /// Told how far a pull is, about every second.
    pub told: Option<PullSink<'a>>,
}

/// Is called with how far the pull of an image is.
pub type PullSink<'a> = &'a (dyn Fn(Pull) + Send + Sync);

/// What the registry of an image is shown.
#[derive(Clone, Copy, Default)]
pub enum RegistryAccess<'a> {
    /// Nothing.
    #[default]
    Nothing,
    /// The credential of the session's identity.
    Credential(&'a Credential),
    /// It isn't available, for this reason.
    Unavailable(&'a EngineError),
}

/// What a session is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// How it was found.
    pub state: BaseState,
    /// The image, on an engine that has images.
    pub image: Option<SessionImage>,
}

/// The image of sessions that ask for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultImage {
    /// Its reference.
    pub reference: String,
    /// Whether it is flowdeck's own, which is built where it runs. A registry that has one of its name has it from
    /// somebody else.
    pub is_built_here: bool,
}

impl DefaultImage {
    /// Why there is none where it has to be built.
    #[must_use]
    pub fn not_built(&self) -> EngineError {
        let message = format!(
            "The default base image, ‘{}’, doesn’t exist yet.",
            self.reference
        );
        EngineError::new("BaseImageNotBuilt", message).with_remedy(
            "Build it with cargo xtask image, on the Docker daemon’s machine, or name another one with --docker-image.",
        )
    }

    /// Why it isn't available, in words for a person who hasn't chosen it.
    #[must_use]
    pub fn not_had(&self, error: EngineError) -> EngineError {
        let remedy = self.remedy(error.failure.remedy.as_deref());
        error.with_remedy(remedy)
    }

    /// What a person can do when it isn't available, in addition to what helps with any image.
    pub fn remedy(&self, of_any: Option<&str>) -> String {
        let why = "It is the default base image, which --docker-image names.";
        of_any.map_or_else(|| why.to_owned(), |remedy| format!("{remedy} {why}"))
    }
}

/// How the base packages were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseState {
    /// They were there.
    Ready,
    /// They had to be installed; the note says what was.
    Made(String),
}
