//! What a new connection is to be, in the address.

use super::Query;

/// A new connection, as far as a link says what it is to be. Whether it can be that, its form says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewConnection {
    /// Its name.
    pub name: Option<String>,
    /// Its type, by any of the names that types have, or the model server that it leads to.
    pub kind: Option<String>,
}

impl NewConnection {
    pub(super) fn path(&self) -> String {
        let mut query = Query::default();
        if let Some(name) = &self.name {
            query.push("name", name);
        }
        if let Some(kind) = &self.kind {
            query.push("type", kind);
        }
        format!("new-connection{}", query.0)
    }

    pub(super) fn read(query: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            name: query("name"),
            kind: query("type"),
        }
    }
}
