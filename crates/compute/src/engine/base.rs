//! What a session is made from.

use flowdeck_contract::{pull::Pull, session::SessionImage};

use super::EngineError;
use crate::identity::Credential;

/// What a session is to be made from.
#[derive(Clone, Copy, Default)]
pub struct WantedBase<'a> {
    /// The image that is asked for; `None` for the engine's own choice.
    pub image: Option<&'a str>,
    /// What the image's registry is shown when the image has to be pulled.
    pub shown: Shown<'a>,
    /// Whether the image is pulled, though the engine may have one of its name.
    pub anew: bool,
    /// What the image is to be, where it is there still: what the name stood for when this was a session's.
    pub keep: Option<&'a SessionImage>,
    /// Told how far a pull is, about every second.
    pub told: Option<PullHeard<'a>>,
}

/// Told how far the pull of an image is.
pub type PullHeard<'a> = &'a (dyn Fn(Pull) + Send + Sync);

/// What the registry of an image is shown.
#[derive(Clone, Copy, Default)]
pub enum Shown<'a> {
    /// Nothing.
    #[default]
    Nothing,
    /// The credential of the session's identity.
    Credential(&'a Credential),
    /// That cannot be had, for this reason.
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

/// How the base packages were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseState {
    /// They were there.
    Ready,
    /// They had to be installed; the note says what was.
    Made(String),
}
