//! The history of runs.

use std::collections::HashMap;

use flowdeck_contract::{
    ids::{FlowId, RunId},
    runs::{RunDetail, RunSummary},
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{NewTurn, Store, conversations, sessions};
use crate::{error::ComputeError, sessions::Record, timeline::Followed};

impl Store {
    /// Enters a run into its flow's history under the next number, which is written into `run`, and remembers its session
    /// as it then stands, and the turn of a conversation that it answers: all or nothing.
    pub(crate) fn enter_run(
        &self,
        flow: &FlowId,
        run: &mut RunDetail,
        turn: Option<NewTurn>,
        record: &Record,
        followed: &Followed,
    ) -> Result<(), ComputeError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let query = "SELECT coalesce(max(number), 0) + 1 FROM runs WHERE flow = ?1";
        let number: i64 = transaction.query_row(query, [flow.as_str()], |row| row.get(0))?;
        run.summary.number = u64::try_from(number).unwrap_or(1);
        save(&transaction, flow, run)?;
        if let Some(turn) = turn {
            conversations::enter(&transaction, flow, turn, run)?;
        }
        sessions::save(&transaction, record, followed)?;
        transaction.commit()?;
        Ok(())
    }

    /// Remembers a run as it stands. One that is over ends the turn that it answers, if any, with it.
    pub(crate) fn save_run(&self, flow: &FlowId, run: &RunDetail) -> Result<(), ComputeError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        save(&transaction, flow, run)?;
        if run.summary.state.is_over() {
            conversations::end(&transaction, run)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// A flow's runs, newest first.
    pub(crate) fn runs(&self, flow: &FlowId) -> Result<Vec<RunSummary>, ComputeError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT summary FROM runs WHERE flow = ?1 ORDER BY number DESC")?;
        let texts: Vec<String> = statement
            .query_map([flow.as_str()], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        texts
            .iter()
            .map(|text| Ok(serde_json::from_str(text)?))
            .collect()
    }

    /// The newest run of each flow that has one.
    pub(crate) fn last_runs(&self) -> Result<HashMap<FlowId, RunSummary>, ComputeError> {
        let connection = self.connection();
        // The newest numbers come from the index alone, and only their rows are read.
        let mut statement = connection.prepare_cached(
            "SELECT flow, summary FROM runs JOIN \
             (SELECT flow, max(number) AS number FROM runs GROUP BY flow) USING (flow, number)",
        )?;
        let rows: Vec<(String, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let known = rows
            .into_iter()
            .filter_map(|(flow, summary)| Some((FlowId::try_from(flow).ok()?, summary)));
        known
            .map(|(flow, summary)| Ok((flow, serde_json::from_str(&summary)?)))
            .collect()
    }

    /// One run of a flow.
    pub(crate) fn run(
        &self,
        flow: &FlowId,
        run: &RunId,
    ) -> Result<Option<RunDetail>, ComputeError> {
        let connection = self.connection();
        let query = "SELECT detail FROM runs WHERE flow = ?1 AND id = ?2";
        let text = connection
            .query_row(query, [flow.as_str(), run.as_str()], |row| {
                row.get::<_, String>(0)
            })
            .optional()?;
        text.map(|text| Ok(serde_json::from_str(&text)?))
            .transpose()
    }

    /// Every run, of whatever flow, that has not ended.
    pub(crate) fn runs_under_way(&self) -> Result<Vec<(FlowId, RunDetail)>, ComputeError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT flow, detail FROM runs WHERE NOT over")?;
        let rows: Vec<(String, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let flows = rows
            .into_iter()
            .filter_map(|(flow, detail)| Some((FlowId::try_from(flow).ok()?, detail)));
        let readable =
            flows.filter_map(|(flow, detail)| Some((flow, sessions::readable(&detail)?)));
        Ok(readable.collect())
    }

    /// Forgets all but a flow's newest `kept` runs that are over, and all but the newest `in_all` of all flows; gives
    /// those forgotten.
    pub(crate) fn forget_old_runs(
        &self,
        flow: &FlowId,
        kept: usize,
        in_all: u32,
    ) -> Result<Vec<(FlowId, RunId)>, ComputeError> {
        let old = self
            .runs(flow)?
            .into_iter()
            .skip(kept)
            .filter(|run| run.state.is_over());
        let mut old: Vec<(FlowId, RunId)> = old.map(|run| (flow.clone(), run.id)).collect();
        let connection = self.connection();
        for (_, run) in &old {
            connection.execute("DELETE FROM runs WHERE id = ?1", [run.as_str()])?;
        }
        // A row stands where its run was entered.
        let mut statement = connection.prepare_cached(
            "DELETE FROM runs WHERE over AND rowid NOT IN \
             (SELECT rowid FROM runs ORDER BY rowid DESC LIMIT ?1) RETURNING flow, id",
        )?;
        let rows: Vec<(String, String)> = statement
            .query_map([in_all], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        old.extend(rows.into_iter().filter_map(|(flow, run)| {
            Some((FlowId::try_from(flow).ok()?, RunId::try_from(run).ok()?))
        }));
        Ok(old)
    }
}

fn save(connection: &Connection, flow: &FlowId, run: &RunDetail) -> Result<(), ComputeError> {
    let (summary, detail) = (
        serde_json::to_string(&run.summary)?,
        serde_json::to_string(run)?,
    );
    let number = i64::try_from(run.summary.number).unwrap_or(i64::MAX);
    connection.execute(
        "INSERT INTO runs VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET \
         summary = excluded.summary, detail = excluded.detail, over = excluded.over",
        params![
            run.summary.id.as_str(),
            flow.as_str(),
            number,
            summary,
            detail,
            run.summary.state.is_over()
        ],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use flowdeck_contract::{Millis, runs::RunState};

    use super::*;

    fn run(id: &str, number: u64) -> RunDetail {
        RunDetail {
            summary: RunSummary {
                id: RunId::try_from(id).unwrap(),
                number,
                node: None,
                variant: None,
                state: RunState::Completed,
                started: Millis(0),
                ended: Some(Millis(1)),
            },
            session_id: flowdeck_contract::ids::SessionId::try_from("s").unwrap(),
            image: None,
            inputs: flowdeck_contract::Values::default(),
            variables: std::collections::BTreeMap::new(),
            outputs: None,
            streamed: std::collections::BTreeMap::new(),
            metrics: flowdeck_contract::Values::default(),
            nodes: Vec::new(),
            tokens: None,
            prices: flowdeck_contract::prices::RunPrices::default(),
            calls: flowdeck_contract::runs::Trace::default(),
            error: None,
            whole: None,
            upstream: flowdeck_contract::runs::Upstream::default(),
        }
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        (folder, store)
    }

    fn flow(name: &str) -> FlowId {
        FlowId::try_from(name).unwrap()
    }

    #[test]
    fn the_last_run_of_a_flow_is_the_one_with_the_highest_number() {
        let (_folder, store) = store();
        assert!(store.last_runs().unwrap().is_empty());
        for number in [2, 10, 9] {
            let mine = run(&format!("mine-{number}"), number);
            store.save_run(&flow("mine"), &mine).unwrap();
        }
        store.save_run(&flow("a/b"), &run("other", 1)).unwrap();
        let last = store.last_runs().unwrap();
        let number = |name| last.get(&flow(name)).map(|run| run.number);
        assert_eq!(
            (number("mine"), number("a/b"), number("c")),
            (Some(10), Some(1), None)
        );
    }

    #[test]
    fn runs_are_bounded_by_flow_and_in_all() {
        let (_folder, store) = store();
        for number in 1..=3 {
            let gone = run(&format!("gone-{number}"), number);
            store.save_run(&flow("gone"), &gone).unwrap();
        }
        for number in 1..=3 {
            let mine = run(&format!("mine-{number}"), number);
            store.save_run(&flow("mine"), &mine).unwrap();
        }
        let forgotten = store.forget_old_runs(&flow("mine"), 2, 3).unwrap();
        let mut ids: Vec<&str> = forgotten.iter().map(|(_, run)| run.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["gone-1", "gone-2", "mine-1"]);
        assert_eq!(store.runs(&flow("gone")).unwrap().len(), 1);
    }
}
