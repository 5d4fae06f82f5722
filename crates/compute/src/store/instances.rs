//! Compute instances.

use rusqlite::params;

use super::Store;
use crate::{allotter::InstanceRecord, error::ComputeError};

impl Store {
    /// Remembers where a compute instance stands.
    pub(crate) fn save_instance(&self, record: &InstanceRecord) -> Result<(), ComputeError> {
        let text = serde_json::to_string(record)?;
        self.connection().execute(
            "INSERT OR REPLACE INTO instances VALUES (?1, ?2)",
            params![record.name, text],
        )?;
        Ok(())
    }

    /// Every compute instance there was.
    pub(crate) fn instances(&self) -> Result<Vec<InstanceRecord>, ComputeError> {
        self.records("SELECT record FROM instances")
    }
}
