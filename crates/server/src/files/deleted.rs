//! Deleted files, which can be restored for 30 days: those that were deleted together are in a folder of their own in a
//! hidden one of the flow's, so that deleting and restoring are renames on one file system, and the flow takes them along.

use std::io;

use cap_std::fs::Dir;
use flowdeck_compute::folder::read_in;
use flowdeck_contract::{
    Millis,
    ids::FilePath,
    managing::KEPT_DAYS,
    moving_files::{AllDeletedFiles, DeletedFiles, SeenFile},
    timeline::By,
};

use super::{
    FileError, FlowFolder, folder::refuse_hidden, free_name::rename_to_free, names::DELETED,
};

/// What is known of an entry.
const ABOUT: &str = "about.json";
/// The paths of the most files that are deleted at once fit, in bytes.
const ABOUT_LIMIT: u64 = 4 * 1024 * 1024;
/// The most entries that are listed, the last ones.
const MOST_LISTED: usize = 500;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The name of a file or folder in an entry, and where it was.
type Held = (usize, FilePath);

/// What was deleted together.
struct Entry {
    dir: Dir,
    about: DeletedFiles,
    /// What is still in it: a delete or restore that was interrupted left the rest where it belongs.
    held: Vec<Held>,
}

impl FlowFolder {
    /// Moves files and folders (of a link, the link) to where they can be restored from.
    ///
    /// # Errors
    /// [`FileError`]; nothing has changed then.
    pub fn delete_all(
        &self,
        files: &[SeenFile],
        by: By,
        now: Millis,
    ) -> Result<DeletedFiles, FileError> {
        for file in files {
            self.require_as_seen(file)?;
        }
        let about = DeletedFiles {
            // They sort by time.
            id: format!("{:012x}{}", now.0, crate::random::hex_digits(4)),
            paths: files.iter().map(|file| file.path.clone()).collect(),
            deleted: now,
            ends: Millis(now.0 + i64::from(KEPT_DAYS) * DAY_MILLIS),
            by,
        };
        let of = |error| FileError::of(DELETED, error);
        let all = self.make_deleted().map_err(of)?;
        let entry = make_entry(&all, &about).map_err(of)?;
        let files: Vec<Held> = about.paths.iter().cloned().enumerate().collect();
        for (done, (at, path)) in files.iter().enumerate() {
            if let Err(error) = self.take_out(path, &entry, *at) {
                // What can't be put back can still be restored.
                if self.bring_all_back(&files[..done], &entry).is_ok() {
                    remove_entry(&all, &about.id);
                }
                return Err(error);
            }
        }
        Ok(about)
    }

    /// What can be restored.
    ///
    /// # Errors
    /// When nobody could look.
    pub fn deleted(&self) -> Result<AllDeletedFiles, FileError> {
        let of = |error| FileError::of(DELETED, error);
        let Some(all) = self.open_deleted()? else {
            return Ok(AllDeletedFiles::default());
        };
        let mut ids = Vec::new();
        for entry in all.entries().map_err(of)? {
            let name = entry.map_err(of)?.file_name();
            ids.extend(name.into_string().ok().filter(|name| is_id(name)));
        }
        ids.sort_by(|a, b| b.cmp(a));
        let entries = ids.iter().filter_map(|id| Entry::read(&all, id));
        let entries = entries.filter(|entry| !entry.held.is_empty());
        let deleted = entries.map(|entry| DeletedFiles {
            paths: entry.held.into_iter().map(|(_, path)| path).collect(),
            ..entry.about
        });
        Ok(AllDeletedFiles {
            deleted: deleted.take(MOST_LISTED).collect(),
        })
    }

    /// Puts back what was deleted together.
    ///
    /// # Errors
    /// [`FileError`], also when something has one of the paths by now; nothing has changed then.
    pub fn restore(&self, id: &str) -> Result<Vec<FilePath>, FileError> {
        let all = self.open_deleted()?.filter(|_| is_id(id));
        let found = all.and_then(|all| Entry::read(&all, id).map(|entry| (all, entry)));
        let (all, Entry { dir, held, .. }) = found.ok_or(FileError::NotDeleted)?;
        if held.is_empty() {
            return Err(FileError::NotDeleted);
        }
        self.bring_all_back(&held, &dir)?;
        remove_entry(&all, id);
        Ok(held.into_iter().map(|(_, path)| path).collect())
    }

    /// Deletes for good what was deleted long enough ago, and what an interrupted delete left.
    pub(crate) fn purge_deleted(&self, now: Millis) -> Result<(), FileError> {
        let Some(all) = self.open_deleted()? else {
            return Ok(());
        };
        let entries = all
            .entries()
            .map_err(|error| FileError::of(DELETED, error))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(id) = name.to_str().filter(|name| is_id(name)) else {
                continue;
            };
            let is_over = |entry: Entry| entry.about.ends <= now || entry.held.is_empty();
            if Entry::read(&all, id).is_some_and(is_over) {
                remove_entry(&all, id);
            }
        }
        Ok(())
    }

    /// Refuses a file that isn't there, or has another content than somebody has seen.
    fn require_as_seen(&self, file: &SeenFile) -> Result<(), FileError> {
        refuse_hidden(&file.path)?;
        let now = self.entry_of(&file.path)?;
        if file.etag.is_empty() || file.etag == now.etag {
            return Ok(());
        }
        Err(FileError::Changed {
            path: file.path.to_string(),
            now: None,
        })
    }

    fn take_out(&self, path: &FilePath, entry: &Dir, at: usize) -> Result<(), FileError> {
        let (parent, name) = self.parent_of(path)?;
        rename_to_free(&parent, name, entry, at.to_string())
            .map_err(|error| FileError::of(path, error))
    }

    fn bring_back(&self, path: &FilePath, entry: &Dir, at: usize) -> Result<(), FileError> {
        self.make_parents(path)?;
        let (parent, name) = self.parent_of(path)?;
        match rename_to_free(entry, at.to_string(), &parent, name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(self.is_taken(path)),
            renamed => renamed.map_err(|error| FileError::of(path, error)),
        }
    }

    /// Brings back all of them or none.
    fn bring_all_back(&self, held: &[Held], entry: &Dir) -> Result<(), FileError> {
        for (done, (at, path)) in held.iter().enumerate() {
            if let Err(error) = self.bring_back(path, entry, *at) {
                for (at, path) in &held[..done] {
                    if let Err(error) = self.take_out(path, entry, *at) {
                        tracing::error!(%path, %error, "a restored file could not be taken back");
                    }
                }
                return Err(error);
            }
        }
        Ok(())
    }

    fn open_deleted(&self) -> Result<Option<Dir>, FileError> {
        match self.dir.open_dir(DELETED) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => opened
                .map(Some)
                .map_err(|error| FileError::of(DELETED, error)),
        }
    }

    fn make_deleted(&self) -> io::Result<Dir> {
        match self.dir.create_dir(DELETED) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let all = self.dir.open_dir(DELETED)?;
        // Flows are often in a Git checkout, whose business deleted files aren't.
        if !all.exists(".gitignore") {
            all.write(".gitignore", "*\n")?;
        }
        Ok(all)
    }
}

/// An entry that holds nothing yet, which counts as none.
fn make_entry(all: &Dir, about: &DeletedFiles) -> io::Result<Dir> {
    all.create_dir(&about.id)?;
    let entry = all.open_dir(&about.id)?;
    let text = serde_json::to_string(about)?;
    entry.write(ABOUT, text)?;
    Ok(entry)
}

impl Entry {
    fn read(all: &Dir, id: &str) -> Option<Self> {
        let dir = all.open_dir(id).ok()?;
        let about = read_in(&dir, ABOUT, ABOUT_LIMIT).ok()?;
        let about: DeletedFiles = serde_json::from_slice(&about).ok()?;
        let is_held = |(at, _): &Held| dir.symlink_metadata(at.to_string()).is_ok();
        let files = about.paths.iter().cloned().enumerate();
        let held = files.filter(is_held).collect();
        let id = id.to_owned();
        let about = DeletedFiles { id, ..about };
        Some(Self { dir, about, held })
    }
}

fn remove_entry(all: &Dir, id: &str) {
    if let Err(error) = all.remove_dir_all(id) {
        tracing::warn!(id, %error, "what is left of deleted files could not be removed");
    }
}

fn is_id(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
