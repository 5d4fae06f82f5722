//! What must be remembered over the server's end, in SQLite. Knows nothing of what it stores but its keys.

mod instances;
mod lives;
mod operations;
mod runs;
mod schema;
mod sessions;

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::Connection;

use crate::error::ComputeError;

/// The store. Every call is short: it is made from asynchronous code as it stands.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the store at `path`, which is made when it is missing.
    pub(crate) fn open(path: &Path) -> Result<Self, ComputeError> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        schema::prepare(&connection)?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
