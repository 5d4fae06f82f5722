//! Remembers what the content of a file was, so that listing a folder again reads only what changed.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use cap_std::fs::{Metadata, MetadataExt};
use flowdeck_contract::files::FileKind;
use parking_lot::Mutex;

use crate::files::ETag;

/// More files than this, and the cache starts again.
const CAPACITY: usize = 50_000;

/// A file written this recently may be written again without its time changing.
const SETTLED: Duration = Duration::from_secs(2);

/// What a file's content is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) kind: FileKind,
    pub(crate) etag: ETag,
}

/// Changes when the file does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Bytes that differ when the stamps do.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let Self {
            size,
            modified,
            changed,
        } = self;
        let times = [modified.0, modified.1, changed.0, changed.1];
        let times = times.iter().flat_map(|part| part.to_le_bytes());
        size.to_le_bytes().into_iter().chain(times).collect()
    }

    /// Whether every later change shows in the stamp.
    pub(crate) fn is_settled(&self) -> bool {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let newest = self.modified.0.max(self.changed.0);
        now.is_ok_and(|now| {
            i64::try_from(now.saturating_sub(SETTLED).as_secs()).is_ok_and(|limit| newest < limit)
        })
    }
}

/// Contents by device and inode.
#[derive(Debug, Default)]
pub struct ContentCache(Mutex<HashMap<(u64, u64), (Stamp, Content)>>);

impl ContentCache {
    pub(crate) fn get(&self, metadata: &Metadata) -> Option<Content> {
        let files = self.0.lock();
        let (stamp, content) = files.get(&(metadata.dev(), metadata.ino()))?;
        (*stamp == Stamp::of(metadata)).then(|| content.clone())
    }

    pub(crate) fn put(&self, metadata: &Metadata, content: &Content) {
        let stamp = Stamp::of(metadata);
        if !stamp.is_settled() {
            return;
        }
        let mut files = self.0.lock();
        if files.len() >= CAPACITY {
            files.clear();
        }
        files.insert((metadata.dev(), metadata.ino()), (stamp, content.clone()));
    }
}
