//! Copies a flow's folder.

use std::io;

use cap_std::fs::{Dir, DirEntry};

use super::ManageError;
use crate::{
    files::is_hidden,
    flows::limits::{MOST_BYTES, MOST_ENTRIES, TOO_MANY},
};

/// The most levels.
pub(super) const DEEPEST: usize = 60;

/// What may still be copied or packed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    entries: u32,
    bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            entries: MOST_ENTRIES,
            bytes: MOST_BYTES,
        }
    }
}

impl Budget {
    /// Takes one file or folder of so many bytes from it.
    pub(super) fn take(&mut self, bytes: u64) -> Result<(), ManageError> {
        let too_large = |what| move || ManageError::TooLarge(what);
        let entries = self.entries.checked_sub(1);
        self.entries = entries.ok_or_else(too_large(TOO_MANY))?;
        let bytes = self.bytes.checked_sub(bytes);
        self.bytes = bytes.ok_or_else(too_large("it holds more than 4 GiB"))?;
        Ok(())
    }
}

/// What is in a folder that belongs to a flow: neither tools' folders nor saves in progress.
pub(super) fn own_entries(folder: &Dir) -> io::Result<Vec<DirEntry>> {
    let mut entries = Vec::new();
    for entry in folder.entries()? {
        let entry = entry?;
        if !is_hidden(&entry.file_name().to_string_lossy()) {
            entries.push(entry);
        }
    }
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}

/// Copies what is in `from` into the empty folder `to`: files with their mode, links as they are. Sockets and the like are
/// left out.
pub(super) fn copy_folder(
    from: &Dir,
    to: &Dir,
    depth: usize,
    budget: &mut Budget,
) -> Result<(), ManageError> {
    let failed = || ManageError::io("Couldn’t copy the flow");
    if depth == 0 {
        return Err(ManageError::TooLarge("its folders are too deep"));
    }
    for entry in own_entries(from).map_err(failed())? {
        let name = entry.file_name();
        let metadata = entry.metadata().map_err(failed())?;
        if metadata.is_dir() {
            budget.take(0)?;
            to.create_dir(&name).map_err(failed())?;
            let (from, to) = (entry.open_dir(), to.open_dir(&name));
            copy_folder(
                &from.map_err(failed())?,
                &to.map_err(failed())?,
                depth - 1,
                budget,
            )?;
        } else if metadata.is_symlink() {
            budget.take(0)?;
            let target = from.read_link_contents(&name).map_err(failed())?;
            to.symlink_contents(target, &name).map_err(failed())?;
        } else if metadata.is_file() {
            budget.take(metadata.len())?;
            from.copy(&name, to, &name).map_err(failed())?;
        }
    }
    Ok(())
}
