//! Sessions and standby runtimes.

use rusqlite::{Transaction, params};

use super::{Store, lives};
use crate::{
    error::ComputeError, owner::Owner, sessions::Record, standby::Standby, timeline::Followed,
};

impl Store {
    /// Remembers a session, and with it what its timeline says.
    pub(crate) fn save_session(
        &self,
        record: &Record,
        followed: &Followed,
    ) -> Result<(), ComputeError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        save(&transaction, record, followed)?;
        transaction.commit()?;
        Ok(())
    }

    /// Forgets a session.
    pub(crate) fn forget_session(&self, owner: &Owner) -> Result<(), ComputeError> {
        self.connection().execute(
            "DELETE FROM sessions WHERE flow = ?1",
            [String::from(owner.clone())],
        )?;
        Ok(())
    }

    /// Remembers a session that takes a standby runtime: the runtime belongs to one of them at every moment.
    pub(crate) fn take_standby(
        &self,
        standby: &Standby,
        record: &Record,
        followed: &Followed,
    ) -> Result<(), ComputeError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute(
            "DELETE FROM standbys WHERE session = ?1",
            [standby.runtime.session.as_str()],
        )?;
        save(&transaction, record, followed)?;
        transaction.commit()?;
        Ok(())
    }

    /// Every session with whose it is; one that this version can't read as why it can't.
    pub(crate) fn sessions(&self) -> Result<Vec<RememberedSession>, ComputeError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT flow, record FROM sessions")?;
        let rows: Vec<(String, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let owned = rows.into_iter().filter_map(|(owner, text)| {
            let owner = Owner::try_from(owner).ok()?;
            Some((owner, serde_json::from_str(&text)))
        });
        Ok(owned.collect())
    }

    /// Remembers a standby runtime.
    pub(crate) fn save_standby(&self, standby: &Standby) -> Result<(), ComputeError> {
        let text = serde_json::to_string(standby)?;
        self.connection().execute(
            "INSERT OR REPLACE INTO standbys VALUES (?1, ?2)",
            params![standby.runtime.session.as_str(), text],
        )?;
        Ok(())
    }

    /// Forgets a standby runtime.
    pub(crate) fn forget_standby(&self, standby: &Standby) -> Result<(), ComputeError> {
        self.connection().execute(
            "DELETE FROM standbys WHERE session = ?1",
            [standby.runtime.session.as_str()],
        )?;
        Ok(())
    }

    /// Every standby runtime.
    pub(crate) fn standbys(&self) -> Result<Vec<Standby>, ComputeError> {
        self.records("SELECT record FROM standbys")
    }

    pub(super) fn records<T: serde::de::DeserializeOwned>(
        &self,
        query: &str,
    ) -> Result<Vec<T>, ComputeError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(query)?;
        let texts: Vec<String> = statement
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(texts.iter().filter_map(|text| readable(text)).collect())
    }
}

/// Whose a session is, with what is remembered of it.
pub(crate) type RememberedSession = (Owner, Result<Record, serde_json::Error>);

/// What this version can read of one row; what it can't is left out, and said, rather than keeping the rest away.
pub(super) fn readable<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    match serde_json::from_str(text) {
        Ok(read) => Some(read),
        Err(error) => {
            tracing::error!(%error, "the session store holds something that can't be read; it is left out");
            None
        }
    }
}

pub(super) fn save(
    transaction: &Transaction<'_>,
    record: &Record,
    followed: &Followed,
) -> Result<(), ComputeError> {
    let owner = String::from(record.owner.clone());
    let text = serde_json::to_string(record)?;
    transaction.execute(
        "INSERT OR REPLACE INTO sessions VALUES (?1, ?2)",
        params![owner, text],
    )?;
    for life in followed.ended.iter().chain(&followed.last) {
        lives::save(transaction, &owner, life)?;
    }
    Ok(())
}
