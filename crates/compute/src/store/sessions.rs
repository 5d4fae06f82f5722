//! Sessions and runtimes that stand by.

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

    /// Remembers a session that takes a runtime which stood by: it is the one's or the other's at every moment.
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

    /// Every session.
    pub(crate) fn sessions(&self) -> Result<Vec<Record>, ComputeError> {
        self.records("SELECT record FROM sessions")
    }

    /// Remembers a runtime that stands by.
    pub(crate) fn save_standby(&self, standby: &Standby) -> Result<(), ComputeError> {
        let text = serde_json::to_string(standby)?;
        self.connection().execute(
            "INSERT OR REPLACE INTO standbys VALUES (?1, ?2)",
            params![standby.runtime.session.as_str(), text],
        )?;
        Ok(())
    }

    /// Forgets a runtime that stood by.
    pub(crate) fn forget_standby(&self, standby: &Standby) -> Result<(), ComputeError> {
        self.connection().execute(
            "DELETE FROM standbys WHERE session = ?1",
            [standby.runtime.session.as_str()],
        )?;
        Ok(())
    }

    /// Every runtime that stands by.
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
        texts
            .iter()
            .map(|text| Ok(serde_json::from_str(text)?))
            .collect()
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
