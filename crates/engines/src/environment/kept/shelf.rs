//! The entries of a folder, and how many there may be.

use std::{fs, io, path::PathBuf};

use flowdeck_access::id;
use flowdeck_contract::settings::EnvironmentCache;

use super::entry::KeptFolder;

/// What is being made, and what is to be removed.
const PASSING: [&str; 2] = ["new-", "old-"];

/// A folder of entries.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    /// How many bytes the entries may have; nothing is kept when it is 0.
    limit: u64,
}

impl Shelf {
    pub(super) fn new(folder: PathBuf, limit: u64) -> Self {
        Self { folder, limit }
    }

    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// The entry of a name.
    pub(super) fn entry(&self, name: &str) -> KeptFolder {
        KeptFolder::at(self.folder.join(name))
    }

    /// One to be made and then put in its place.
    pub(super) fn new_entry(&self) -> KeptFolder {
        self.entry(&format!("new-{}", id::token()))
    }

    /// Puts an entry that is whole in the place of another: the one or the other is there.
    pub(super) fn put(&self, new: &KeptFolder, place: &KeptFolder) -> io::Result<()> {
        if !place.exists() {
            return fs::rename(new.folder(), place.folder());
        }
        let old = self.entry(&format!("old-{}", id::token()));
        fs::rename(place.folder(), old.folder())?;
        fs::rename(new.folder(), place.folder())?;
        old.remove()
    }

    /// Removes what was not finished when its maker died.
    pub(super) fn remove_unfinished(&self) -> io::Result<()> {
        for (name, entry) in self.all()? {
            if is_passing(&name) {
                entry.remove()?;
            }
        }
        Ok(())
    }

    /// Removes what was not used for longest until the rest is within the limit.
    pub(super) fn evict(&self) -> io::Result<()> {
        let entries = self.entries()?;
        let mut bytes: u64 = entries.iter().map(|(_, bytes)| bytes).sum();
        for (entry, of_entry) in entries {
            if bytes <= self.limit && self.limit > 0 {
                return Ok(());
            }
            tracing::info!(entry = %entry.folder().display(), "a kept environment was not used for longest and goes");
            entry.remove()?;
            bytes -= of_entry;
        }
        Ok(())
    }

    /// How much is kept.
    pub(super) fn state(&self) -> io::Result<EnvironmentCache> {
        let entries = self.entries()?;
        Ok(EnvironmentCache {
            environments: u32::try_from(entries.len()).unwrap_or(u32::MAX),
            bytes: entries.iter().map(|(_, bytes)| bytes).sum(),
            limit_bytes: self.limit,
        })
    }

    /// The entries with their sizes, the one that was not used for longest first.
    fn entries(&self) -> io::Result<Vec<(KeptFolder, u64)>> {
        let whole = self
            .all()?
            .into_iter()
            .filter(|(name, _)| !is_passing(name));
        let sized = whole.map(|(_, entry)| {
            // One that cannot be read has no size, and is dropped when it is asked for.
            let facts = entry.facts().ok().flatten();
            (entry, facts.map_or(0, |facts| facts.bytes))
        });
        let mut entries: Vec<_> = sized.collect();
        entries.sort_by_key(|(entry, _)| entry.used());
        Ok(entries)
    }

    fn all(&self) -> io::Result<Vec<(String, KeptFolder)>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let named = entries.filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            Some((name, KeptFolder::at(entry.path())))
        });
        Ok(named.collect())
    }
}

fn is_passing(name: &str) -> bool {
    PASSING.iter().any(|passing| name.starts_with(passing))
}
