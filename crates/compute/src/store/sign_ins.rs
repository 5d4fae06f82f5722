//! Who is signed in to the server, as the server writes it down. Secrets come here as hashes alone.

use rusqlite::params;

use super::Store;
use crate::error::ComputeError;

impl Store {
    /// Remembers a sign-in below the hash of its secret.
    pub(crate) fn save_sign_in(&self, hash: &str, record: &str) -> Result<(), ComputeError> {
        self.connection().execute(
            "INSERT OR REPLACE INTO sign_ins VALUES (?1, ?2)",
            params![hash, record],
        )?;
        Ok(())
    }

    /// Forgets sign-ins, all or none of them.
    pub(crate) fn remove_sign_ins(&self, hashes: &[String]) -> Result<(), ComputeError> {
        let mut connection = self.connection();
        let change = connection.transaction()?;
        for hash in hashes {
            change.execute("DELETE FROM sign_ins WHERE hash = ?1", [hash])?;
        }
        change.commit()?;
        Ok(())
    }

    /// Every sign-in there is: its hash and its record.
    pub(crate) fn sign_ins(&self) -> Result<Vec<(String, String)>, ComputeError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT hash, record FROM sign_ins")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
