//! Connections in SQLite.

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use flowdeck_contract::{
    Millis,
    connections::{ConnectionName, SecretsState},
};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};

use crate::{error::ConnectionError, record::Stored};

const TABLES: &str = "
CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    deleted INTEGER,
    revision INTEGER NOT NULL,
    record TEXT NOT NULL,
    key TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX connections_by_name ON connections (name) WHERE deleted IS NULL;
";

/// What each version of the store added; the store's version counts them.
const CHANGES: [&str; 1] = [TABLES];

/// A deleted connection can be restored for so long.
const RESTORABLE: i64 = 24 * 3600 * 1000;

/// The store. It's shared with `flowdeck secrets rotate`, so that what is read and then written is one transaction.
pub(crate) struct Store(Connection);

impl Store {
    /// Opens the store at `path`, which is made when it's missing.
    pub(crate) fn open(path: &Path) -> Result<Self, ConnectionError> {
        let failed = |source| ConnectionError::File {
            file: path.to_owned(),
            source,
        };
        close_to_others(path).map_err(failed)?;
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // What is deleted is overwritten, so that no free page keeps an old seal.
        connection.pragma_update(None, "secure_delete", true)?;
        let mut store = Self(connection);
        store.prepare()?;
        Ok(store)
    }

    fn prepare(&mut self) -> Result<(), ConnectionError> {
        let transaction = self.begin()?;
        let version: i64 =
            transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let known = usize::try_from(version).ok();
        let missing = known
            .and_then(|known| CHANGES.get(known..))
            .ok_or(ConnectionError::TooNew(version))?;
        if !missing.is_empty() {
            transaction.execute_batch(&missing.concat())?;
            let version = i64::try_from(CHANGES.len()).unwrap_or(i64::MAX);
            transaction.pragma_update(None, "user_version", version)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Nobody else writes until it ends.
    pub(crate) fn begin(&mut self) -> Result<Transaction<'_>, ConnectionError> {
        let behaviour = TransactionBehavior::Immediate;
        Ok(self.0.transaction_with_behavior(behaviour)?)
    }

    pub(crate) fn reader(&self) -> &Connection {
        &self.0
    }
}

const COLUMNS: &str = "SELECT id, name, deleted, revision, record, key, sealed FROM connections";

/// Those that there are, by name.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Stored>, ConnectionError> {
    rows(connection, "WHERE deleted IS NULL ORDER BY name")
}

/// Those that can be restored, the one that was deleted last first.
pub(crate) fn deleted(connection: &Connection) -> Result<Vec<Stored>, ConnectionError> {
    rows(
        connection,
        "WHERE deleted IS NOT NULL ORDER BY deleted DESC",
    )
}

/// All, deleted ones too.
pub(crate) fn every(connection: &Connection) -> Result<Vec<Stored>, ConnectionError> {
    rows(connection, "")
}

fn rows(connection: &Connection, which: &str) -> Result<Vec<Stored>, ConnectionError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} {which}"))?;
    let rows: Vec<_> = statement
        .query_map([], columns)?
        .collect::<Result<_, _>>()?;
    rows.into_iter().map(stored).collect()
}

pub(crate) fn find(
    connection: &Connection,
    name: &ConnectionName,
) -> Result<Option<Stored>, ConnectionError> {
    let query = format!("{COLUMNS} WHERE deleted IS NULL AND name = ?1");
    let row = connection.query_row(&query, [name.as_str()], columns);
    row.optional()?.map(stored).transpose()
}

/// Writes a connection down as it now is.
pub(crate) fn put(connection: &Connection, stored: &Stored) -> Result<(), ConnectionError> {
    connection.execute(
        "INSERT OR REPLACE INTO connections VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            stored.id,
            stored.name.as_str(),
            stored.deleted.map(|at| at.0),
            stored.revision,
            serde_json::to_string(&stored.record)?,
            stored.key,
            stored.sealed,
        ],
    )?;
    Ok(())
}

/// Forgets those whose time to be restored is over; says how many.
pub(crate) fn forget_old(connection: &Connection, now: Millis) -> Result<usize, ConnectionError> {
    let before = now.0.saturating_sub(RESTORABLE);
    let query = "DELETE FROM connections WHERE deleted < ?1";
    Ok(connection.execute(query, [before])?)
}

type Columns = (String, String, Option<i64>, i64, String, String, Vec<u8>);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
    ))
}

fn stored(columns: Columns) -> Result<Stored, ConnectionError> {
    let (id, name, deleted, revision, record, key, sealed) = columns;
    let name =
        ConnectionName::try_from(name).map_err(<serde_json::Error as serde::de::Error>::custom)?;
    Ok(Stored {
        id,
        name,
        revision,
        deleted: deleted.map(Millis),
        record: serde_json::from_str(&record)?,
        key,
        sealed,
        state: SecretsState::Readable,
    })
}

/// Makes the file for this user alone, and closes those of a store that others may read.
fn close_to_others(store: &Path) -> io::Result<()> {
    let options = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .to_owned();
    options.open(store)?;
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
