//! The rows of a custom connection: secrets and configs of one's own.

use std::collections::BTreeMap;

use flowdeck_contract::connections::{ConnectionView, SecretsState};

use super::entries::{Fault, Fields, Place};

/// What a row's value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RowValue {
    /// A secret that stays as it's stored.
    Stored,
    /// A secret that was typed.
    Secret(String),
    /// A text that everybody can read.
    Config(String),
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// What tells it from the others.
    pub(crate) id: u32,
    pub(crate) key: String,
    pub(crate) value: RowValue,
}

/// The rows of a custom connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    all: Vec<Row>,
    /// The secrets that are stored and whose rows were removed.
    removed: Vec<String>,
    next: u32,
}

impl Rows {
    /// Those of a stored connection, secrets first.
    pub(super) fn of(view: &ConnectionView) -> Self {
        let mut rows = Self::default();
        for secret in &view.secrets {
            let value = match view.secrets_state {
                SecretsState::Readable => RowValue::Stored,
                // Entered again, or removed.
                SecretsState::Locked => RowValue::Secret(String::new()),
            };
            rows.push(secret.clone(), value);
        }
        for (key, value) in &view.configs {
            rows.push(key.clone(), RowValue::Config(value.clone()));
        }
        rows.begin();
        rows
    }

    fn push(&mut self, key: String, value: RowValue) {
        let id = self.next;
        self.next += 1;
        self.all.push(Row { id, key, value });
    }

    /// Sees to it that there is a secret to fill in: promptflow wants one.
    pub(super) fn begin(&mut self) {
        if !self.all.iter().any(Row::is_secret) {
            self.add_secret();
        }
    }

    /// All rows.
    pub(crate) fn all(&self) -> &[Row] {
        &self.all
    }

    /// Adds an empty secret.
    pub(crate) fn add_secret(&mut self) {
        self.push(String::new(), RowValue::Secret(String::new()));
    }

    /// Adds an empty config.
    pub(crate) fn add_config(&mut self) {
        self.push(String::new(), RowValue::Config(String::new()));
    }

    /// The row with this number.
    pub(crate) fn get(&self, id: u32) -> Option<&Row> {
        self.all.iter().find(|row| row.id == id)
    }

    /// Changes a row.
    pub(crate) fn edit(&mut self, id: u32, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self.all.iter_mut().find(|row| row.id == id) {
            change(row);
        }
    }

    /// Removes a row; a stored secret goes when the connection is saved.
    pub(crate) fn remove(&mut self, id: u32) {
        if let Some(row) = self.get(id).cloned()
            && row.value == RowValue::Stored
        {
            self.removed.push(row.key);
        }
        self.all.retain(|row| row.id != id);
    }

    /// The row of that key.
    pub(super) fn find(&self, key: &str) -> Option<u32> {
        let row = self.all.iter().find(|row| row.key.trim() == key)?;
        Some(row.id)
    }

    /// What is to be stored. Rows without a key and a value are nothing.
    pub(super) fn fields(&self, faults: &mut Vec<Fault>) -> Fields {
        let mut configs = BTreeMap::new();
        let mut secrets: BTreeMap<String, Option<String>> = BTreeMap::new();
        secrets.extend(self.removed.iter().map(|key| (key.clone(), None)));
        let mut seen: Vec<&str> = Vec::new();
        let mut has_secret = false;
        for row in &self.all {
            let key = row.key.trim();
            if key.is_empty() {
                if !row.value.is_empty() {
                    faults.push(Fault::new(
                        Place::Row(row.id),
                        "Enter a name for this value.",
                    ));
                }
                continue;
            }
            if seen.contains(&key) {
                let text = format!("‘{key}’ stands here twice. Keep one of them.");
                faults.push(Fault::new(Place::Row(row.id), text));
            }
            seen.push(key);
            match &row.value {
                RowValue::Stored => has_secret = true,
                RowValue::Secret(value) if value.is_empty() => {
                    let text = format!("Enter the value of ‘{key}’, or remove the row.");
                    faults.push(Fault::new(Place::Row(row.id), text));
                }
                RowValue::Secret(value) => {
                    has_secret = true;
                    secrets.insert(key.to_owned(), Some(value.clone()));
                }
                RowValue::Config(value) => {
                    configs.insert(key.to_owned(), value.clone());
                }
            }
        }
        if !has_secret
            && faults
                .iter()
                .all(|fault| !matches!(fault.place, Place::Row(_)))
        {
            let text =
                "Add at least one secret. promptflow takes no custom connection without one.";
            faults.push(Fault::new(Place::Rows, text));
        }
        (configs, secrets)
    }
}

impl Row {
    pub(crate) fn is_secret(&self) -> bool {
        !matches!(self.value, RowValue::Config(_))
    }
}

impl RowValue {
    fn is_empty(&self) -> bool {
        match self {
            Self::Stored => false,
            Self::Secret(value) | Self::Config(value) => value.is_empty(),
        }
    }
}
