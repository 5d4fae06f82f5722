//! Runtimes: where promptflow's executor service listens, and what it is asked.

use std::{collections::BTreeMap, path::PathBuf};

use flowdeck_access::disk::remove_all;
use flowdeck_contract::ids::SessionId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::EngineError;

/// A runtime as it is remembered over a restart of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Runtime {
    /// The session it belongs to.
    pub session: SessionId,
    /// What its engine knows it by.
    pub handle: Handle,
    /// Where it listens.
    pub address: Address,
}

/// What an engine knows a runtime by: no other part reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Handle(BTreeMap<String, Value>);

/// Where a runtime listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// At a Unix socket of this machine.
    Unix(PathBuf),
}

/// A runtime as it is written down.
#[derive(Serialize, Deserialize)]
struct Written {
    session: SessionId,
    #[serde(flatten)]
    handle: Handle,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    socket: Option<PathBuf>,
}

impl From<Runtime> for Written {
    fn from(runtime: Runtime) -> Self {
        let Address::Unix(socket) = runtime.address;
        Self {
            session: runtime.session,
            handle: runtime.handle,
            socket: Some(socket),
        }
    }
}

impl TryFrom<Written> for Runtime {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let socket = written.socket.ok_or("a runtime has no address")?;
        Ok(Self {
            session: written.session,
            handle: written.handle,
            address: Address::Unix(socket),
        })
    }
}

impl Handle {
    /// Of what an engine knows, a struct of its own.
    pub(crate) fn of(known: &impl Serialize) -> Result<Self, EngineError> {
        let written = serde_json::to_value(known).and_then(serde_json::from_value);
        written
            .map(Self)
            .map_err(|error| EngineError::new("Internal", format!("a runtime’s handle: {error}.")))
    }

    /// What an engine knows; `None` when another engine wrote it.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        let fields = self.0.clone().into_iter().collect();
        serde_json::from_value(Value::Object(fields)).ok()
    }
}

impl Address {
    /// Removes what is left where a runtime that has ended listened.
    pub(crate) async fn remove(&self) -> Result<(), EngineError> {
        match self {
            Self::Unix(socket) => {
                remove_all(vec![socket.clone()], "Removing a runtime's socket").await
            }
        }
    }
}

/// What a healthy executor says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeInfo {
    /// promptflow's version.
    pub version: String,
}

/// A request to the executor service.
#[derive(Clone, Debug)]
pub struct ExecutorRequest {
    /// The route, such as `/execution/flow`.
    pub path: &'static str,
    /// The body of a POST, as Python’s JSON; a GET without.
    pub body: Option<String>,
}

/// The executor's answer.
#[derive(Clone, Debug)]
pub struct ExecutorReply {
    /// The HTTP status.
    pub status: u16,
    /// The body, which may hold `NaN` and `Infinity`.
    pub body: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Process {
        process: u32,
        started: u64,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Container {
        container: String,
    }

    #[test]
    fn what_earlier_versions_wrote_down_is_read_and_written_the_same() {
        for old in [
            r#"{"session":"s","process":7,"started":9,"socket":"/s"}"#,
            r#"{"session":"s","container":"c","socket":"/s"}"#,
        ] {
            let runtime: Runtime = serde_json::from_str(old).unwrap();
            assert_eq!(serde_json::to_string(&runtime).unwrap(), old);
            assert_eq!(runtime.address, Address::Unix("/s".into()));
        }
        assert!(serde_json::from_str::<Runtime>(r#"{"session":"s","process":7}"#).is_err());
    }

    #[test]
    fn a_handle_is_read_by_the_engine_that_wrote_it() {
        let process = Process {
            process: 7,
            started: 9,
        };
        let handle = Handle::of(&process).unwrap();
        assert_eq!(handle.read(), Some(process));
        assert_eq!(handle.read::<Container>(), None);
        assert!(Handle::of(&"no struct").is_err());
    }
}
