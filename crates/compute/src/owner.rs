//! The owner of a session: a flow, or none when it was made through the API by a name of its own.

use flowdeck_contract::ids::{FlowId, SessionId};
use serde::{Deserialize, Serialize};

use crate::flows_folder::{DEFINITION_NAMES, definition_names};

/// Whose a session is. There is at most one session of each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Owner {
    /// A flow's.
    Flow(FlowId),
    /// Nobody's: known by the id that its client gave it, which stays the same over resets.
    Nobody(SessionId),
}

/// Marks the name of a session without a flow; no flow's name starts with it.
const MARK: char = '/';

impl Owner {
    /// The flow that it is the session of.
    #[must_use]
    pub fn flow(&self) -> Option<&FlowId> {
        match self {
            Self::Flow(flow) => Some(flow),
            Self::Nobody(_) => None,
        }
    }

    /// Its folder's path among those of its kind.
    #[must_use]
    pub fn folder(&self) -> &str {
        match self {
            Self::Flow(flow) => flow.folder(),
            Self::Nobody(session) => session.as_str(),
        }
    }

    /// The names that its definition may have in that folder; the first that exists counts.
    pub(crate) fn definition_files(&self) -> Vec<&str> {
        match self.flow() {
            Some(flow) => definition_names(flow),
            None => DEFINITION_NAMES.to_vec(),
        }
    }
}

/// For people and logs.
impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flow(flow) => flow.fmt(f),
            Self::Nobody(session) => session.fmt(f),
        }
    }
}

impl From<&FlowId> for Owner {
    fn from(flow: &FlowId) -> Self {
        Self::Flow(flow.clone())
    }
}

impl From<&Owner> for Owner {
    fn from(owner: &Owner) -> Self {
        owner.clone()
    }
}

/// As the store knows it.
impl From<Owner> for String {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::Flow(flow) => flow.into(),
            Owner::Nobody(session) => format!("{MARK}{session}"),
        }
    }
}

impl TryFrom<String> for Owner {
    type Error = flowdeck_contract::ids::InvalidId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.strip_prefix(MARK) {
            Some(session) => SessionId::try_from(session).map(Self::Nobody),
            None => FlowId::try_from(text).map(Self::Flow),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_read_back_as_the_same_owner() {
        let flow = Owner::Flow(FlowId::try_from("s1").unwrap());
        let nobody = Owner::Nobody(SessionId::try_from("s1").unwrap());
        assert_ne!(flow, nobody);
        for owner in [flow, nobody] {
            let text = serde_json::to_string(&owner).unwrap();
            assert_eq!(serde_json::from_str::<Owner>(&text).unwrap(), owner);
        }
        assert!(serde_json::from_str::<Owner>("\"/../x\"").is_err());
    }
}
