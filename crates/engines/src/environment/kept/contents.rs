//! What the files of a kept environment hold, so that nothing else is ever taken from it.

use std::{
    collections::BTreeMap,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::environment::clone;

/// The SHA-256 of every file that is not the base's, by its path in the environment.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Contents(BTreeMap<PathBuf, String>);

impl Contents {
    /// Of these files of a folder.
    pub(super) fn of<'a>(folder: &Path, files: impl Iterator<Item = &'a Path>) -> io::Result<Self> {
        let read = files.map(|path| Ok((path.to_owned(), hash(&folder.join(path))?)));
        read.collect::<io::Result<_>>().map(Self)
    }

    /// Puts a file of `from` into `to`. One that is not the base's is a copy, which holds what it is known to hold: who
    /// writes into it changes nobody else's.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] when the file holds something else.
    pub(super) fn take(&self, path: &Path, from: &Path, to: &Path) -> io::Result<()> {
        let (source, target) = (from.join(path), to.join(path));
        let Some(known) = self.0.get(path) else {
            return clone::link_or_copy(&source, &target);
        };
        clone::copy(&source, &target)?;
        if hash(&target)? == *known {
            return Ok(());
        }
        let message = format!("{} has changed", path.display());
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }
}

fn hash(file: &Path) -> io::Result<String> {
    const PART: usize = 128 * 1024;
    let (mut file, mut hasher, mut part) = (clone::open(file)?, Sha256::new(), vec![0; PART]);
    loop {
        let read = file.read(&mut part)?;
        if read == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&part[..read]);
    }
}
