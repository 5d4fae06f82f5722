//! Lives of sessions, and how long the steps of starts took.

use std::collections::BTreeMap;

use flowdeck_contract::{ids::SessionId, timeline::SessionHistory};
use rusqlite::{ToSql, Transaction, params};

use super::{Store, sessions::readable};
use crate::{
    error::ComputeError,
    owner::Owner,
    timeline::{Way, median},
};

/// So many of one owner are kept…
const LIVES_OF_ONE: u32 = 20;
/// …and this many of all.
const LIVES_OF_ALL: u32 = 1_000;
/// What is usual is what was so lately: this many times of a step count.
const TIMES_KEPT: u32 = 30;

impl Store {
    /// The number of the next life.
    pub(crate) fn next_life(&self) -> Result<u64, ComputeError> {
        let query = "SELECT coalesce(max(id), 0) + 1 FROM lives";
        let next: i64 = self.connection().query_row(query, [], |row| row.get(0))?;
        Ok(u64::try_from(next).unwrap_or(1))
    }

    /// The last life of every owner.
    pub(crate) fn last_lives(&self) -> Result<Vec<(Owner, SessionHistory)>, ComputeError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT owner, life FROM lives WHERE id IN (SELECT max(id) FROM lives GROUP BY owner)",
        )?;
        let rows: Vec<(String, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let owners = rows
            .into_iter()
            .filter_map(|(owner, life)| Some((Owner::try_from(owner).ok()?, life)));
        let readable = owners.filter_map(|(owner, life)| Some((owner, readable(&life)?)));
        Ok(readable.collect())
    }

    /// An owner's lives, the newest first.
    pub(crate) fn lives(&self, owner: &Owner) -> Result<Vec<SessionHistory>, ComputeError> {
        let query = "SELECT life FROM lives WHERE owner = ?1 ORDER BY id DESC";
        self.lives_by(query, String::from(owner.clone()))
    }

    /// The histories of a session, of whichever owner, the newest first.
    pub(crate) fn lives_of_session(
        &self,
        session: &SessionId,
    ) -> Result<Vec<SessionHistory>, ComputeError> {
        let query = "SELECT life FROM lives WHERE session = ?1 ORDER BY id DESC";
        self.lives_by(query, session.as_str())
    }

    /// The histories of sessions that have ended, of all owners: the one that ended last first, and at most this many.
    pub(crate) fn lives_over(&self, most: u32) -> Result<Vec<SessionHistory>, ComputeError> {
        let query = "SELECT life FROM lives WHERE life ->> '$.state' = 'notExist' \
                     ORDER BY life ->> '$.ended' DESC, id DESC LIMIT ?1";
        self.lives_by(query, most)
    }

    fn lives_by(&self, query: &str, key: impl ToSql) -> Result<Vec<SessionHistory>, ComputeError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(query)?;
        let texts: Vec<String> = statement
            .query_map([key], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        texts
            .iter()
            .map(|text| Ok(serde_json::from_str(text)?))
            .collect()
    }

    /// How long each step of a start of this way usually takes, in milliseconds.
    pub(crate) fn usual(&self, way: Way) -> Result<BTreeMap<String, u64>, ComputeError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT step, millis FROM times WHERE way = ?1")?;
        let rows: Vec<(String, i64)> = statement
            .query_map([way.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut times = BTreeMap::<String, Vec<u64>>::new();
        for (step, millis) in rows {
            let millis = u64::try_from(millis).unwrap_or(0);
            times.entry(step).or_default().push(millis);
        }
        let usual = times.into_iter();
        Ok(usual
            .filter_map(|(step, millis)| Some((step, median(millis)?)))
            .collect())
    }

    /// Remembers how long the steps of a start took.
    pub(crate) fn save_times(
        &self,
        way: Way,
        took: &[(&'static str, u64)],
    ) -> Result<(), ComputeError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for (step, millis) in took {
            let millis = i64::try_from(*millis).unwrap_or(i64::MAX);
            transaction.execute(
                "INSERT INTO times (way, step, millis) VALUES (?1, ?2, ?3)",
                params![way.as_str(), step, millis],
            )?;
            transaction.execute(
                "DELETE FROM times WHERE way = ?1 AND step = ?2 AND id NOT IN \
                 (SELECT id FROM times WHERE way = ?1 AND step = ?2 ORDER BY id DESC LIMIT ?3)",
                params![way.as_str(), step, TIMES_KEPT],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }
}

/// Remembers a life as it stands; a new one makes room for itself.
pub(super) fn save(
    transaction: &Transaction<'_>,
    owner: &str,
    life: &SessionHistory,
) -> Result<(), ComputeError> {
    let id = i64::try_from(life.id).unwrap_or(i64::MAX);
    let text = serde_json::to_string(life)?;
    let known = transaction.execute(
        "UPDATE lives SET session = ?2, life = ?3 WHERE id = ?1",
        params![id, life.session.as_str(), text],
    )?;
    if known > 0 {
        return Ok(());
    }
    transaction.execute(
        "INSERT INTO lives VALUES (?1, ?2, ?3, ?4)",
        params![id, owner, life.session.as_str(), text],
    )?;
    transaction.execute(
        "DELETE FROM lives WHERE owner = ?1 AND id NOT IN \
         (SELECT id FROM lives WHERE owner = ?1 ORDER BY id DESC LIMIT ?2)",
        params![owner, LIVES_OF_ONE],
    )?;
    transaction.execute(
        "DELETE FROM lives WHERE id NOT IN (SELECT id FROM lives ORDER BY id DESC LIMIT ?1)",
        [LIVES_OF_ALL],
    )?;
    Ok(())
}
