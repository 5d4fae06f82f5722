//! The tables.

use flowdeck_contract::error::Failure;
use rusqlite::Connection;

use crate::error::ComputeError;

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

/// Since version 3.
const LIVES: &str = "
CREATE TABLE lives (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    session TEXT NOT NULL,
    life TEXT NOT NULL
) STRICT;
CREATE INDEX lives_of_owner ON lives (owner);
CREATE INDEX lives_of_session ON lives (session);
CREATE TABLE times (
    id INTEGER PRIMARY KEY,
    way TEXT NOT NULL,
    step TEXT NOT NULL,
    millis INTEGER NOT NULL
) STRICT;
CREATE INDEX times_of_way ON times (way, step);
";

/// Since version 4.
const SIGN_INS: &str = "
CREATE TABLE sign_ins (
    hash TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
";

/// Since version 5. A turn outlives its run.
const CONVERSATIONS: &str = "
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    flow TEXT NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_of_flow ON conversations (flow, changed);
CREATE TABLE turns (
    run TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    turn TEXT NOT NULL,
    UNIQUE (conversation, position)
) STRICT;
";

/// Since version 6: when a conversation was deleted, which can be undone for a while.
const DELETED: &str = "
ALTER TABLE conversations ADD COLUMN deleted INTEGER;
";

/// What each version of the store added; the store's version counts them.
const CHANGES: [&str; 6] = [TABLES, INSTANCES, LIVES, SIGN_INS, CONVERSATIONS, DELETED];

/// Makes the tables, or refuses a store of a later flowdeck.
pub(super) fn prepare(connection: &Connection) -> Result<(), ComputeError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = usize::try_from(version).ok();
    let Some(missing) = known.and_then(|known| CHANGES.get(known..)) else {
        return Err(ComputeError::Unavailable(Failure::new("StoreTooNew", format!(
            "The data folder was written by a newer flowdeck (version {version} of its store)."
        )).with_remedy("Use that flowdeck, or give this one another --data folder.")));
    };
    if !missing.is_empty() {
        connection.execute_batch(&format!(
            "BEGIN; {} PRAGMA user_version = {}; COMMIT;",
            missing.concat(),
            CHANGES.len()
        ))?;
    }
    Ok(())
}
