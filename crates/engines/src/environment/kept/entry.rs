//! One environment that is kept: a folder with the environment, what is known of it, and when it was last used.

use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use flowdeck_access::disk::remove;
use flowdeck_contract::Millis;
use serde::{Deserialize, Serialize};

use super::{contents::Contents, manifest::Manifest};
use crate::environment::clone;

/// The environment in an entry's folder.
const ENVIRONMENT: &str = "env";
const MANIFEST: &str = "manifest.json";
/// Its time is when the entry was last used.
const USED: &str = "used";

/// The folder of an entry, which need not exist.
#[derive(Clone, Debug)]
pub(super) struct KeptFolder(PathBuf);

/// What is known of an entry.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Facts {
    /// When it was built.
    pub(super) built: Millis,
    /// How long that took, in milliseconds.
    took: u64,
    /// Where it was: what its scripts say of where they stand.
    pub(super) was: PathBuf,
    /// The size of the files that are not the base's.
    pub(super) bytes: u64,
    pub(super) manifest: Manifest,
    pub(super) contents: Contents,
}

impl Facts {
    /// How long it took to build.
    pub(super) fn took(&self) -> Duration {
        Duration::from_millis(self.took)
    }
}

impl KeptFolder {
    pub(super) fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    pub(super) fn environment(&self) -> PathBuf {
        self.0.join(ENVIRONMENT)
    }

    pub(super) fn exists(&self) -> bool {
        self.0.exists()
    }

    /// Makes it a copy of the environment `from`, with how long its build from `base` took, unless what is not the
    /// base's has more bytes than `most`. Gives how many it has.
    pub(super) fn make(
        &self,
        from: &Path,
        base: &Path,
        took: Duration,
        most: u64,
    ) -> io::Result<Option<u64>> {
        fs::create_dir_all(&self.0)?;
        let environment = self.environment();
        let take = |path: &Path| {
            let (source, target) = (from.join(path), environment.join(path));
            match is_the_same(&source, &base.join(path))? {
                true => clone::link_or_copy(&source, &target),
                // Who has the environment writes into files of its own.
                false => clone::copy(&source, &target),
            }
        };
        clone::clone_by(from, &environment, Path::new(""), &take)?;
        let manifest = Manifest::of(&environment)?;
        let bytes = manifest.bytes_beside(base);
        if bytes > most {
            return Ok(None);
        }
        let facts = Facts {
            built: now(),
            took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            was: from.to_owned(),
            bytes,
            contents: Contents::of(&environment, manifest.files_beside(base))?,
            manifest,
        };
        self.note_use()?;
        fs::write(self.0.join(MANIFEST), serde_json::to_vec(&facts)?)?;
        Ok(Some(bytes))
    }

    /// `None` when there is no such entry; an error says what is wrong with it.
    pub(super) fn facts(&self) -> Result<Option<Facts>, String> {
        if !self.exists() {
            return Ok(None);
        }
        let read = fs::read(self.0.join(MANIFEST)).map_err(|error| error.to_string())?;
        let facts = serde_json::from_slice(&read).map_err(|error| error.to_string())?;
        Ok(Some(facts))
    }

    /// As [`KeptFolder::facts`], of one that still is what it was when it was kept.
    pub(super) fn whole(&self) -> Result<Option<Facts>, String> {
        let Some(facts) = self.facts()? else {
            return Ok(None);
        };
        match facts.manifest.difference(&self.environment()) {
            Ok(None) => Ok(Some(facts)),
            Ok(Some(why)) => Err(why),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Notes that it is used now.
    pub(super) fn note_use(&self) -> io::Result<()> {
        fs::write(self.0.join(USED), "")
    }

    /// When it was last used; long ago, when that is not known.
    pub(super) fn used(&self) -> SystemTime {
        let used = fs::metadata(self.0.join(USED)).and_then(|used| used.modified());
        used.unwrap_or(UNIX_EPOCH)
    }

    pub(super) fn remove(&self) -> io::Result<()> {
        remove(&self.0)
    }
}

/// Whether these are links to one file.
fn is_the_same(one: &Path, other: &Path) -> io::Result<bool> {
    let one = fs::symlink_metadata(one)?;
    match fs::symlink_metadata(other) {
        Ok(other) => Ok((one.dev(), one.ino()) == (other.dev(), other.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn now() -> Millis {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Millis(now.map_or(0, |now| i64::try_from(now.as_millis()).unwrap_or(i64::MAX)))
}
