//! Renames without ever replacing anything.

use std::{io, path::Path};

use cap_std::fs::Dir;
use rustix::{
    fs::{RenameFlags, renameat_with},
    io::Errno,
};

/// Renames a file or folder to a name that nothing has.
///
/// # Errors
/// `AlreadyExists` when something has it.
pub(crate) fn rename_to_free(
    from: &Dir,
    name: impl AsRef<Path>,
    to: &Dir,
    new: impl AsRef<Path>,
) -> io::Result<()> {
    let (name, new) = (name.as_ref(), new.as_ref());
    match renameat_with(from, name, to, new, RenameFlags::NOREPLACE) {
        // File systems without it: a look, then a rename.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => match to.symlink_metadata(new) {
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => from.rename(name, to, new),
        },
        renamed => Ok(renamed?),
    }
}
