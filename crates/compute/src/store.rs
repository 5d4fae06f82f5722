//! What must be remembered over the server's end, in SQLite. Knows nothing of what it stores but its keys.

mod conversations;
mod flows;
mod instances;
mod lives;
mod operations;
mod runs;
mod schema;
mod sessions;
mod sign_ins;

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use parking_lot::{Mutex, MutexGuard};
use rusqlite::Connection;

pub(crate) use self::conversations::NewTurn;
use crate::error::ComputeError;

/// The store. Every call is short: it is made from asynchronous code as it stands.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the store at `path`, which is made when it is missing.
    pub(crate) fn open(path: &Path) -> Result<Self, ComputeError> {
        let unwritable = |source| ComputeError::DataNotWritable {
            folder: path.display().to_string(),
            source,
        };
        close_to_others(path).map_err(unwritable)?;
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        schema::prepare(&connection)?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock()
    }
}

/// Makes the store's file for this user alone, and closes those of a store that others may read. What SQLite makes beside
/// it has the same rights.
fn close_to_others(store: &Path) -> io::Result<()> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(store)?;
    for end in ["", "-wal", "-shm"] {
        let mut file = store.as_os_str().to_owned();
        file.push(end);
        match fs::set_permissions(PathBuf::from(file), fs::Permissions::from_mode(0o600)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_for_its_user_alone_also_one_of_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("flowdeck.sqlite");
        for _ in 0..2 {
            let store = Store::open(&path).unwrap();
            let files: Vec<PathBuf> = fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            assert_eq!(files.len(), 3, "{files:?}");
            for file in &files {
                let mode = fs::metadata(file).unwrap().permissions().mode() & 0o777;
                assert_eq!(mode, 0o600, "{}", file.display());
                fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
            }
            // As after a kill: the files stay.
            std::mem::forget(store);
        }
    }
}
