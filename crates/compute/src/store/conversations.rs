//! Conversations and their turns.

use flowdeck_contract::{
    Exact, Millis, Values,
    conversations::{Conversation, ConversationSummary, Turn},
    ids::{ConversationId, ConversationName, FlowId},
    runs::RunDetail,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Store, sessions};
use crate::error::ComputeError;

/// A turn that begins with its run.
#[derive(Clone, Debug)]
pub(crate) struct NewTurn {
    /// Its conversation, which is made where it's new.
    pub(crate) conversation: ConversationSummary,
    /// How many turns stay before it.
    pub(crate) after: u32,
    /// The value of the flow's chat input, without secrets.
    pub(crate) question: Exact,
    /// The values of other inputs that were given, without secrets.
    pub(crate) inputs: Values,
    /// The output that is the answer.
    pub(crate) answer: Option<String>,
}

const SUMMARY: &str = "SELECT id, name, created, changed, \
    (SELECT count(*) FROM turns WHERE conversation = conversations.id) FROM conversations";

impl Store {
    /// The conversations with a flow; the one that changed last comes first.
    pub(crate) fn conversations(
        &self,
        flow: &FlowId,
    ) -> Result<Vec<ConversationSummary>, ComputeError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!(
            "{SUMMARY} WHERE flow = ?1 AND deleted IS NULL ORDER BY changed DESC, rowid DESC"
        ))?;
        let rows: Vec<Columns> = statement
            .query_map([flow.as_str()], columns)?
            .collect::<Result<_, _>>()?;
        rows.into_iter().map(summary).collect()
    }

    /// A conversation, whole.
    pub(crate) fn conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<Option<Conversation>, ComputeError> {
        let connection = self.connection();
        let row = connection
            .prepare_cached(&format!(
                "{SUMMARY} WHERE flow = ?1 AND id = ?2 AND deleted IS NULL"
            ))?
            .query_row([flow.as_str(), id.as_str()], columns)
            .optional()?;
        let Some(row) = row else { return Ok(None) };
        let mut statement = connection
            .prepare_cached("SELECT turn FROM turns WHERE conversation = ?1 ORDER BY position")?;
        let turns: Vec<String> = statement
            .query_map([id.as_str()], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let turns = turns.iter().map(|turn| serde_json::from_str(turn));
        Ok(Some(Conversation {
            summary: summary(row)?,
            turns: turns.collect::<Result<_, _>>()?,
        }))
    }

    /// How many conversations there are in all, with those whose deletion can be undone.
    pub(crate) fn conversation_count(&self) -> Result<u64, ComputeError> {
        let query = "SELECT count(*) FROM conversations";
        let count: i64 = self.connection().query_row(query, [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Gives a conversation another name; `false` when there is none.
    pub(crate) fn rename_conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
        name: &ConversationName,
        now: Millis,
    ) -> Result<bool, ComputeError> {
        let renamed = self.connection().execute(
            "UPDATE conversations SET name = ?3, changed = ?4 WHERE flow = ?1 AND id = ?2",
            params![flow.as_str(), id.as_str(), name.as_str(), now.0],
        )?;
        Ok(renamed > 0)
    }

    /// Deletes a conversation in a way that can be [undone](Store::restore_conversation); `false` when there is none.
    pub(crate) fn delete_conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
        now: Millis,
    ) -> Result<bool, ComputeError> {
        let deleted = self.connection().execute(
            "UPDATE conversations SET deleted = ?3 WHERE flow = ?1 AND id = ?2 AND deleted IS NULL",
            params![flow.as_str(), id.as_str(), now.0],
        )?;
        Ok(deleted > 0)
    }

    /// Undoes a deletion; `false` when there is no such conversation any more.
    pub(crate) fn restore_conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<bool, ComputeError> {
        let restored = self.connection().execute(
            "UPDATE conversations SET deleted = NULL WHERE flow = ?1 AND id = ?2",
            [flow.as_str(), id.as_str()],
        )?;
        Ok(restored > 0)
    }

    /// Forgets the conversations that were deleted before, and their turns.
    pub(crate) fn forget_deleted_conversations(&self, before: Millis) -> Result<(), ComputeError> {
        self.connection()
            .execute("DELETE FROM conversations WHERE deleted < ?1", [before.0])?;
        Ok(())
    }
}

type Columns = (String, String, i64, i64, u32);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
    ))
}

fn summary(
    (id, name, created, changed, turns): Columns,
) -> Result<ConversationSummary, ComputeError> {
    let unreadable = |error: flowdeck_contract::ids::InvalidId| {
        ComputeError::Record(serde::de::Error::custom(error))
    };
    Ok(ConversationSummary {
        id: ConversationId::try_from(id).map_err(unreadable)?,
        name: ConversationName::try_from(name).map_err(unreadable)?,
        created: Millis(created),
        changed: Millis(changed),
        turns,
    })
}

/// Enters a turn with its run, and drops those that it comes in place of.
pub(super) fn enter(
    connection: &Connection,
    flow: &FlowId,
    new: NewTurn,
    run: &RunDetail,
) -> Result<(), ComputeError> {
    let NewTurn {
        conversation,
        after,
        question,
        inputs,
        answer,
    } = new;
    let turn = Turn::begun(&run.summary, question, inputs, answer);
    let turn = serde_json::to_string(&turn)?;
    let id = conversation.id.as_str();
    connection.execute(
        "INSERT INTO conversations (id, flow, name, created, changed) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (id) DO UPDATE SET changed = excluded.changed",
        params![
            id,
            flow.as_str(),
            conversation.name.as_str(),
            conversation.created.0,
            run.summary.started.0
        ],
    )?;
    connection.execute(
        "DELETE FROM turns WHERE conversation = ?1 AND position >= ?2",
        params![id, after],
    )?;
    connection.execute(
        "INSERT INTO turns VALUES (?1, ?2, ?3, ?4)",
        params![run.summary.id.as_str(), id, after, turn],
    )?;
    Ok(())
}

/// Writes down what came of the turn that this run answers, if it answers one.
pub(super) fn end(connection: &Connection, run: &RunDetail) -> Result<(), ComputeError> {
    let id = run.summary.id.as_str();
    let found: Option<(String, String)> = connection
        .prepare_cached("SELECT conversation, turn FROM turns WHERE run = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((conversation, turn)) = found else {
        return Ok(());
    };
    // A run's end has to be written down, whatever a turn looks like.
    let Some(mut turn) = sessions::readable::<Turn>(&turn) else {
        return Ok(());
    };
    turn.take(run);
    connection.execute(
        "UPDATE turns SET turn = ?2 WHERE run = ?1",
        [id, &serde_json::to_string(&turn)?],
    )?;
    connection.execute(
        "UPDATE conversations SET changed = ?2 WHERE id = ?1",
        params![
            conversation,
            run.summary.ended.map_or(turn.started.0, |ended| ended.0)
        ],
    )?;
    Ok(())
}
