//! What the Docker engine knows of a session, as it is written down.

use std::{fs, io, os::unix::fs::MetadataExt as _, path::PathBuf};

use flowdeck_contract::ids::SessionId;
use serde::{Deserialize, Serialize};

use super::image::Image;
use crate::{
    engine::{EngineError, WorkFolders},
    environment::folders::Folders,
    user::User,
};

/// What must be known of a session to make containers for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) user: User,
    pub(super) flow: Option<PathBuf>,
    pub(super) others: Vec<PathBuf>,
    /// Device and inode of those folders: a container goes on to see them when others come to have their paths.
    #[serde(default)]
    nodes: Vec<(u64, u64)>,
    /// `None` until it is there.
    pub(super) image: Option<Image>,
}

impl Facts {
    pub(super) fn new(place: &WorkFolders) -> io::Result<Self> {
        let node = |folder: &PathBuf| {
            let metadata = fs::metadata(folder)?;
            Ok((metadata.dev(), metadata.ino()))
        };
        let folders = place.flow.iter().chain(&place.others);
        Ok(Self {
            user: User::of_session(place.flow.as_deref())?,
            flow: place.flow.clone(),
            others: place.others.clone(),
            nodes: folders.map(node).collect::<io::Result<_>>()?,
            image: None,
        })
    }

    /// Whether they are what they would be of a session that is made here now.
    pub(super) fn are_of(&self, place: &WorkFolders) -> io::Result<bool> {
        let now = Self::new(place)?;
        Ok(*self
            == Self {
                image: self.image.clone(),
                ..now
            })
    }

    /// The folders that the session reads and writes.
    pub(super) fn folders(&self) -> impl Iterator<Item = &PathBuf> {
        self.flow.iter().chain(&self.others)
    }

    pub(super) fn image(&self) -> Result<&Image, EngineError> {
        self.image
            .as_ref()
            .ok_or_else(|| EngineError::new("Internal", "The session has no image."))
    }

    /// What is known of a session.
    pub(super) fn read(folders: &Folders, session: &SessionId) -> Result<Self, EngineError> {
        let text = fs::read(file(folders, session))
            .map_err(|error| EngineError::io("Reading what is known of the session", &error))?;
        serde_json::from_slice(&text)
            .map_err(|error| EngineError::new("Internal", format!("session.json: {error}.")))
    }

    /// Writes it down, whole or not at all.
    pub(super) fn remember(
        &self,
        folders: &Folders,
        session: &SessionId,
    ) -> Result<(), EngineError> {
        let write = || {
            let file = file(folders, session);
            let new = file.with_extension("new");
            fs::write(&new, serde_json::to_vec(self)?)?;
            fs::rename(new, file)
        };
        write().map_err(|error: io::Error| {
            EngineError::io("Noting what is known of the session", &error)
        })
    }
}

fn file(folders: &Folders, session: &SessionId) -> PathBuf {
    folders.session(session).join("session.json")
}
