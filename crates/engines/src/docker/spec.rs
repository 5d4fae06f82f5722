//! What a container is to be.

use std::path::{Path, PathBuf};

use flowdeck_contract::{ids::SessionId, session::VmSize};

use crate::{
    engine::{Pace, Variables},
    user::User,
};

/// A container to be made.
pub(super) struct Spec<'a> {
    pub(super) session: &'a SessionId,
    /// The id of its image.
    pub(super) image: &'a str,
    pub(super) user: User,
    pub(super) command: Vec<String>,
    pub(super) variables: Variables,
    /// Where the command runs.
    pub(super) folder: &'a Path,
    /// Files and folders of this machine that it writes, by the same paths.
    pub(super) writable: Vec<PathBuf>,
    /// Those that it only reads.
    pub(super) readable: Vec<PathBuf>,
    pub(super) size: Option<VmSize>,
    pub(super) network: Network,
    pub(super) pace: Pace,
}

/// What a container reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// Nothing. It also starts sooner.
    Nothing,
    /// The outside, and no other container.
    Outside,
}
