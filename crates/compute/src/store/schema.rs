//! The tables.

use rusqlite::Connection;

use crate::error::ComputeError;

/// Counts changes of the tables.
const VERSION: i64 = 2;

const TABLES: &str = "
CREATE TABLE sessions (
    flow TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
CREATE TABLE standbys (
    session TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
CREATE TABLE operations (
    id TEXT PRIMARY KEY,
    began INTEGER NOT NULL,
    result TEXT NOT NULL
) STRICT;
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    flow TEXT NOT NULL,
    number INTEGER NOT NULL,
    summary TEXT NOT NULL,
    detail TEXT NOT NULL,
    over INTEGER NOT NULL,
    UNIQUE (flow, number)
) STRICT;
";

/// Since version 2.
const INSTANCES: &str = "
CREATE TABLE instances (
    name TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
";

/// Makes the tables, or refuses a store of a later flowdeck.
pub(super) fn prepare(connection: &Connection) -> Result<(), ComputeError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        0 => connection.execute_batch(&format!(
            "BEGIN; {TABLES} {INSTANCES} PRAGMA user_version = {VERSION}; COMMIT;"
        ))?,
        1 => connection.execute_batch(&format!(
            "BEGIN; {INSTANCES} PRAGMA user_version = {VERSION}; COMMIT;"
        ))?,
        VERSION => {}
        later => {
            return Err(ComputeError::Unavailable {
                code: "StoreTooNew",
                message: format!(
                    "The data folder was written by a later flowdeck (version {later} of its store)."
                ),
                remedy: Some(
                    "Use that flowdeck, or give this one another --data folder.".to_owned(),
                ),
            });
        }
    }
    Ok(())
}
