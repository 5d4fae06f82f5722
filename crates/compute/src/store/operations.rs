//! Long operations and how they ended.

use flowdeck_contract::{
    Millis,
    azure::{OperationResult, OperationStatus},
    ids::OperationId,
};
use rusqlite::{OptionalExtension as _, params};

use super::Store;
use crate::error::ComputeError;

/// The results of older ones are deleted.
const KEPT_MILLIS: i64 = 7 * 24 * 3600 * 1000;

impl Store {
    /// Remembers that an operation began.
    pub(crate) fn begin_operation(
        &self,
        id: &OperationId,
        now: Millis,
    ) -> Result<(), ComputeError> {
        let result = serde_json::to_string(&OperationResult {
            status: OperationStatus::InProgress,
            error: None,
        })?;
        let connection = self.connection();
        connection.execute(
            "DELETE FROM operations WHERE began < ?1",
            [now.0 - KEPT_MILLIS],
        )?;
        connection.execute(
            "INSERT INTO operations VALUES (?1, ?2, ?3)",
            params![id.as_str(), now.0, result],
        )?;
        Ok(())
    }

    /// Remembers how an operation ended.
    pub(crate) fn end_operation(
        &self,
        id: &OperationId,
        result: &OperationResult,
    ) -> Result<(), ComputeError> {
        let result = serde_json::to_string(result)?;
        self.connection().execute(
            "UPDATE operations SET result = ?2 WHERE id = ?1",
            params![id.as_str(), result],
        )?;
        Ok(())
    }

    /// How an operation stands; `None` when it is not known.
    pub(crate) fn operation(
        &self,
        id: &OperationId,
    ) -> Result<Option<OperationResult>, ComputeError> {
        let connection = self.connection();
        let query = connection.query_row(
            "SELECT result FROM operations WHERE id = ?1",
            [id.as_str()],
            |row| row.get::<_, String>(0),
        );
        query
            .optional()?
            .map(|text| Ok(serde_json::from_str(&text)?))
            .transpose()
    }

    /// The ids of all operations that have not ended.
    pub(crate) fn operations_under_way(&self) -> Result<Vec<OperationId>, ComputeError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT id, result FROM operations")?;
        let all: Vec<(String, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut ids = Vec::new();
        for (id, result) in all {
            // A result that this version can't read is one of an operation that has ended.
            let result: Option<OperationResult> = serde_json::from_str(&result).ok();
            if result.is_some_and(|result| result.status == OperationStatus::InProgress) {
                ids.extend(OperationId::try_from(id).ok());
            }
        }
        Ok(ids)
    }
}
