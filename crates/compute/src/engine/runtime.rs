//! Runtimes: where promptflow's executor service listens, and what it is asked.

use std::path::PathBuf;

use flowdeck_contract::ids::SessionId;
use serde::{Deserialize, Serialize};

/// A runtime as it is remembered over a restart of the server; what is in it is the engine's business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtime {
    /// The session it belongs to.
    pub session: SessionId,
    /// What it is.
    #[serde(flatten)]
    pub handle: Handle,
    /// Where it listens.
    pub socket: PathBuf,
}

/// What a runtime is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Handle {
    /// A process of this machine.
    Process {
        /// The process that leads the runtime.
        process: u32,
        /// When it started, in the engine's own unit: tells it from a later one of the same number.
        started: u64,
    },
    /// A container.
    Container {
        /// Its id, which no other ever has.
        container: String,
    },
}

impl Runtime {
    /// The process that leads it and when that started, when it is one of this machine.
    pub(crate) fn process(&self) -> Option<(u32, u64)> {
        match self.handle {
            Handle::Process { process, started } => Some((process, started)),
            Handle::Container { .. } => None,
        }
    }

    /// The id of its container, when it is one.
    pub(crate) fn container(&self) -> Option<&str> {
        match &self.handle {
            Handle::Process { .. } => None,
            Handle::Container { container } => Some(container),
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

    #[test]
    fn a_runtime_that_was_written_down_before_there_were_containers_is_read() {
        let old = r#"{"session":"s","process":7,"started":9,"socket":"/s"}"#;
        let runtime: Runtime = serde_json::from_str(old).unwrap();
        assert_eq!(runtime.process(), Some((7, 9)));
        assert_eq!(serde_json::to_string(&runtime).unwrap(), old);
        let container = Runtime {
            handle: Handle::Container {
                container: "c".to_owned(),
            },
            ..runtime
        };
        let text = serde_json::to_string(&container).unwrap();
        assert_eq!(serde_json::from_str::<Runtime>(&text).unwrap(), container);
    }
}
