//! promptflow's own store of connections, `pf.sqlite`: names and plain fields. Its secrets are encrypted with a key of the
//! machine that it comes from, so each becomes a placeholder.
//!
//! The file comes from a browser: it's read in memory and never written, and everything about it is bounded.

use std::collections::BTreeMap;

use flowdeck_contract::connections::ConnectionType;
use rusqlite::{Connection, MAIN_DB, OpenFlags, config::DbConfig, limits::Limit};
use serde_json::{Map, Value};

use super::LONGEST;
use crate::{error::ConnectionError, export::Written};

const MAGIC: &[u8] = b"SQLite format 3\0";
/// Of the virtual machine of SQLite, thousands: promptflow's own stores need a few.
const MOST_STEPS: u32 = 20_000;
const MOST_CONNECTIONS: usize = 500;
/// Of one value, in bytes.
const LONGEST_VALUE: i32 = 256 * 1024;
const PLACEHOLDER: &str = "<user-input>";
/// What Fernet's tokens begin with.
const ENCRYPTED: &str = "gAAAA";

/// The connections of a `pf.sqlite`, as the YAML that an import reads; `<user-input>` stands for each secret.
///
/// # Errors
/// When it isn't such a file, holds no connection, or is larger than a store of connections can be.
pub fn read(mut file: Vec<u8>) -> Result<String, ConnectionError> {
    if !file.starts_with(MAGIC) {
        return Err(unreadable("The file isn’t an SQLite database."));
    }
    // Bytes 18 and 19 say that there is a log beside the file; in memory there is none.
    for version in file.get_mut(18..20).into_iter().flatten() {
        *version = 1;
    }
    let connection = open(&file).map_err(|error| broken(&error))?;
    let rows = rows(&connection).map_err(|error| broken(&error))?;
    if rows.len() > MOST_CONNECTIONS {
        return Err(unreadable("The file holds more than 500 connections."));
    }
    let documents: Vec<String> = rows.iter().map(Row::to_yaml).collect();
    let text = documents.join("---\n");
    match text.len() {
        0 => Err(unreadable("The file holds no connection.")),
        length if length > LONGEST => Err(unreadable("Its connections are larger than 1 MiB.")),
        _ => Ok(text),
    }
}

fn open(file: &[u8]) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory_with_flags(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
    connection.deserialize_read_exact(MAIN_DB, file, file.len(), true)?;
    let mut steps = 0;
    let stop = move || {
        steps += 1;
        steps > MOST_STEPS
    };
    connection.progress_handler(1000, Some(stop))?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

/// A row of promptflow's table.
struct Row {
    name: String,
    kind: String,
    configs: String,
    custom: String,
}

fn rows(connection: &Connection) -> rusqlite::Result<Vec<Row>> {
    let is_table =
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'connection'";
    // A view could be anything.
    if connection.query_row(is_table, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(Vec::new());
    }
    let columns = "SELECT connectionName, connectionType, configs, customConfigs FROM connection ORDER BY connectionName";
    let mut statement = connection.prepare(&format!("{columns} LIMIT {}", MOST_CONNECTIONS + 1))?;
    let rows = statement.query_map([], |row| {
        Ok(Row {
            name: row.get(0)?,
            kind: row.get(1)?,
            configs: row.get(2)?,
            custom: row.get(3)?,
        })
    })?;
    rows.collect()
}

impl Row {
    fn to_yaml(&self) -> String {
        let known = ConnectionType::parse(&self.kind);
        let (mut configs, mut secrets) = (BTreeMap::new(), BTreeMap::new());
        let (fields, custom) = (object(&self.configs), object(&self.custom));
        match known {
            Some(ConnectionType::Custom) => {
                for (name, entry) in &custom {
                    let value = text(entry.get("value"));
                    let is_secret = text(entry.get("configValueType")).as_deref() == Some("Secret");
                    match (is_secret, value) {
                        (true, _) => {
                            secrets.insert(name.as_str(), PLACEHOLDER.to_owned());
                        }
                        (false, Some(value)) if !value.starts_with(ENCRYPTED) => {
                            configs.insert(name.clone(), value);
                        }
                        _ => {}
                    }
                }
            }
            Some(kind) => {
                for (name, value) in &fields {
                    let (field, value) = (kind.field(name), text(Some(value)));
                    match (field, value) {
                        (Some(field), Some(value)) if field.secret && !value.is_empty() => {
                            secrets.insert(name.as_str(), PLACEHOLDER.to_owned());
                        }
                        (Some(field), Some(value))
                            if !field.secret && !value.starts_with(ENCRYPTED) =>
                        {
                            configs.insert(name.clone(), value);
                        }
                        _ => {}
                    }
                }
            }
            None => {}
        }
        let class = known.map(|kind| kind.yaml().unwrap_or(kind.class()));
        let written = Written {
            name: &self.name,
            kind: class.unwrap_or(&self.kind),
            is_custom: known == Some(ConnectionType::Custom),
            configs: &configs,
            secrets,
        };
        written.to_yaml()
    }
}

fn object(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).unwrap_or_default()
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    }
}

fn unreadable(why: &str) -> ConnectionError {
    ConnectionError::LocalStore(why.to_owned())
}

/// With SQLite's code only: its words can repeat what the file holds.
fn broken(error: &rusqlite::Error) -> ConnectionError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::OperationInterrupted) => {
            unreadable("The file takes too long to read.")
        }
        Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
            unreadable("The file is damaged.")
        }
        _ => unreadable("The file’s table of connections isn’t promptflow’s."),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{import::read as read_text, run::Variables};

    const TABLE: &str = "CREATE TABLE connection (\"connectionName\" TEXT NOT NULL, \"connectionType\" TEXT NOT NULL, configs TEXT NOT NULL, \"customConfigs\" TEXT NOT NULL, \"createdDate\" TEXT NOT NULL, \"lastModifiedDate\" TEXT NOT NULL, \"expiryTime\" TEXT, PRIMARY KEY (\"connectionName\"))";
    const ROWS: &str = r#"INSERT INTO connection VALUES
        ('aoai', 'AzureOpenAI', '{"api_base": "https://r.example", "api_type": "azure", "api_version": "2024-02-01", "auth_mode": "key", "resource_id": null, "api_key": "gAAAAABcanary"}', '{}', '', '', NULL),
        ('mine', 'Custom', '{}', '{"url": {"configValueType": "String", "value": "http://x"}, "promptflow.connection.custom_type": {"configValueType": "String", "value": "MyConnection"}, "promptflow.connection.module": {"configValueType": "String", "value": "my.tools"}, "key": {"configValueType": "Secret", "value": "gAAAAABcanary"}}', '', '', NULL),
        ('other', 'FutureConnection', '{"api_key": "gAAAAABcanary"}', '{}', '', '', NULL)"#;

    fn file(statements: &[&str]) -> Vec<u8> {
        let mut connection = Connection::open_in_memory().unwrap();
        for statement in statements {
            connection.execute_batch(statement).unwrap();
        }
        connection.serialize(MAIN_DB).unwrap().to_vec()
    }

    #[test]
    fn names_and_plain_fields_are_read_and_secrets_are_left_open() {
        let mut bytes = file(&[TABLE, ROWS]);
        // As of a database with a log beside it.
        bytes[18..20].fill(2);
        let text = read(bytes).unwrap();
        assert!(!text.contains("canary"), "{text}");
        let found = read_text(&text, &Variables::default()).unwrap();
        let names: Vec<&str> = found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["aoai", "mine", "other"]);
        assert_eq!(found[0].configs["api_version"], "2024-02-01");
        assert_eq!(found[0].configs["api_base"], "https://r.example");
        assert_eq!(found[1].configs["url"], "http://x");
        assert_eq!(found[1].configs["promptflow.connection.module"], "my.tools");
        let asked = |index: usize| -> Vec<String> {
            let asks = found[index].asks(None).into_iter();
            asks.map(|field| field.name).collect()
        };
        assert_eq!(
            (asked(0), asked(1)),
            (vec!["api_key".to_owned()], vec!["key".to_owned()])
        );
        assert!(found[2].problem.is_some());
    }

    #[test]
    fn a_file_that_is_no_such_store_is_refused_and_its_words_are_not_repeated() {
        let endless = "CREATE VIEW connection AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x AS connectionName, x AS connectionType, x AS configs, x AS customConfigs FROM n";
        let computed = "CREATE TABLE connection (connectionName TEXT AS (hex(zeroblob(100000000))), connectionType TEXT, configs TEXT, customConfigs TEXT); INSERT INTO connection VALUES ('a', 'b', 'c')";
        for (bytes, word) in [
            (Vec::new(), "SQLite"),
            (b"name: canary".to_vec(), "SQLite"),
            (MAGIC.to_vec(), ""),
            (file(&["CREATE TABLE canary (x)"]), "no connection"),
            (file(&[TABLE]), "no connection"),
            (
                file(&[
                    "CREATE TABLE connection (canary)",
                    "INSERT INTO connection VALUES (1)",
                ]),
                "promptflow’s",
            ),
            (file(&[endless]), "no connection"),
            (file(&[computed]), ""),
        ] {
            let error = read(bytes).unwrap_err();
            assert!(matches!(error, ConnectionError::LocalStore(_)), "{error:?}");
            let text = error.to_string();
            assert!(text.contains(word) && !text.contains("canary"), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn a_damaged_file_has_an_answer(at in prop::collection::vec((0usize..16384, any::<u8>()), 1..40), cut in 0usize..16384) {
            let mut bytes = file(&[TABLE, ROWS]);
            for (place, byte) in at {
                if let Some(old) = bytes.get_mut(place) {
                    *old = byte;
                }
            }
            bytes.truncate(cut.max(20));
            if let Ok(text) = read(bytes) {
                prop_assert!(read_text(&text, &Variables::default()).is_ok(), "{text}");
            }
        }
    }
}
