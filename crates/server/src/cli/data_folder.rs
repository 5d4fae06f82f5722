//! The data folder, which only the server's user may read: it holds packages of private feeds, inputs and outputs of
//! runs, and copies of flows, whatever the permissions of the originals.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use thiserror::Error;

/// What a data folder has from the server's first start on, and what may be put there before it.
const OWN: [&str; 6] = [
    "lock",
    "flowdeck.sqlite",
    "token",
    "base",
    "images",
    "tools",
];

/// The rights of everybody but the owner.
const OTHERS: u32 = 0o077;

/// Why a data folder cannot be used.
#[derive(Debug, Error)]
pub(super) enum DataFolderError {
    #[error("can't write to the data folder {}: {source}. Choose another one with --data.", .folder.display())]
    Unwritable { folder: PathBuf, source: io::Error },
    #[error(
        "the data folder {} is open to other users of this machine and holds files that aren't flowdeck's. \
         Choose an empty folder with --data, or close this one with `chmod 700`.",
        .0.display()
    )]
    Shared(PathBuf),
    #[error(
        "the data folder {} is open to other users of this machine, and flowdeck can't close it: {source}. \
         Run `chmod 700` as its owner, or choose another folder with --data.",
        .folder.display()
    )]
    Open { folder: PathBuf, source: io::Error },
}

impl DataFolderError {
    pub(super) fn unwritable(folder: &Path, source: io::Error) -> Self {
        Self::Unwritable {
            folder: folder.to_owned(),
            source,
        }
    }
}

/// Makes the folder when it is missing, closes it to other users when it is open to them, and gives its path without links.
pub(super) fn prepare(folder: &Path) -> Result<PathBuf, DataFolderError> {
    let unwritable = |source| DataFolderError::unwritable(folder, source);
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(unwritable)?;
    let path = folder.canonicalize().map_err(unwritable)?;
    let mode = fs::metadata(&path)
        .map_err(unwritable)?
        .permissions()
        .mode();
    if mode & OTHERS == 0 {
        return Ok(path);
    }
    if !is_ours(&path).map_err(unwritable)? {
        return Err(DataFolderError::Shared(path));
    }
    let closed = fs::Permissions::from_mode(mode & 0o700);
    match fs::set_permissions(&path, closed) {
        Ok(()) => {
            tracing::info!(folder = %path.display(), "closed the data folder to other users of this machine");
            Ok(path)
        }
        Err(source) => Err(DataFolderError::Open {
            folder: path,
            source,
        }),
    }
}

/// Whether the folder is a data folder or empty; any other, such as /tmp, may be needed by others.
fn is_ours(folder: &Path) -> io::Result<bool> {
    let names = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    Ok(names.is_empty() || names.iter().any(|name| OWN.iter().any(|own| name == own)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(folder: &Path) -> u32 {
        fs::metadata(folder).unwrap().permissions().mode() & 0o777
    }

    fn open_to_all(folder: &Path) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn a_data_folder_is_made_for_its_user_alone() {
        let top = tempfile::tempdir().unwrap();
        let data = top.path().join("deep/data");
        assert_eq!(prepare(&data).unwrap(), data.canonicalize().unwrap());
        assert_eq!(mode(&data), 0o700);
    }

    #[test]
    fn a_data_folder_of_before_is_closed_whatever_it_has() {
        for name in OWN {
            let data = tempfile::tempdir().unwrap();
            fs::write(data.path().join(name), "").unwrap();
            open_to_all(data.path());
            prepare(data.path()).unwrap();
            assert_eq!(mode(data.path()), 0o700, "{name}");
        }
        let empty = tempfile::tempdir().unwrap();
        open_to_all(empty.path());
        prepare(empty.path()).unwrap();
        assert_eq!(mode(empty.path()), 0o700);
    }

    #[test]
    fn a_folder_of_others_is_left_as_it_is() {
        let shared = tempfile::tempdir().unwrap();
        fs::write(shared.path().join("notes.txt"), "").unwrap();
        open_to_all(shared.path());
        let refusal = prepare(shared.path()).unwrap_err().to_string();
        assert!(
            refusal.contains("aren't flowdeck's") && refusal.contains("--data"),
            "{refusal}"
        );
        assert_eq!(mode(shared.path()), 0o755);
    }
}
