//! What a flow makes the fake do: the file `fake.json` of its folder, read at every step, so that it can be
//! changed while a session lives. A flow without that file has a session in which everything works at once.

use std::{collections::BTreeMap, path::Path, time::Duration};

use flowdeck_access::folder::{Folder, ReadError};
use flowdeck_contract::{Exact, Values};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::Step;
use crate::engine::EngineError;

/// The file's name.
pub(super) const FILE: &str = "fake.json";

/// Everything that a flow can ask for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Scenario {
    allocate: Phase,
    prepare_base: Phase,
    create_environment: Phase,
    install: Phase,
    /// The install of a start; as `install`, when it isn't said.
    start_install: Option<Phase>,
    dry_run: Phase,
    start_runtime: Phase,
    check: Phase,
    remove: Phase,
    /// How a runtime that has passed its check ends by itself.
    pub(super) dies: Option<Death>,
    /// What each node does, by its name.
    pub(super) nodes: BTreeMap<String, Script>,
    /// What the run measures.
    pub(super) metrics: Values,
}

/// How a step passes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Phase {
    pub(super) wait: Wait,
    /// Lines that it prints, spread over the seconds that it takes.
    pub(super) prints: Vec<String>,
    /// An image that is pulled meanwhile.
    pub(super) pull: Option<PullScript>,
    /// What it fails with in the end.
    pub(super) fails: Option<Failure>,
    /// Whether it fails with what its lines say, read as the lines of a real install are.
    pub(super) fails_as_printed: bool,
}

/// How long something takes: seconds, or until a file is there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Wait {
    /// Seconds.
    #[serde(deserialize_with = "seconds")]
    pub(super) seconds: Duration,
    /// The name of a file in the flow folder.
    pub(super) file: Option<String>,
}

/// An image that is pulled.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PullScript {
    /// What it is called.
    pub(super) image: String,
    /// How many layers it has.
    pub(super) layers: u32,
    /// How many bytes each of them has.
    pub(super) layer_bytes: u64,
}

/// Why a step fails.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Failure {
    code: String,
    message: String,
    #[serde(default)]
    remedy: Option<String>,
    /// The requirements at fault.
    #[serde(default)]
    about: Vec<String>,
}

/// When a runtime ends, and what it is said to have ended of.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Death {
    /// Seconds from its check.
    #[serde(deserialize_with = "seconds")]
    pub(super) after: Duration,
    /// Why.
    pub(super) reason: Failure,
}

/// What a node does.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Script {
    pub(super) wait: Wait,
    /// Lines that it prints, spread over the seconds that it takes.
    pub(super) prints: Vec<String>,
    /// What it gives; its own name when it isn't said. NaN is `{"$number": "NaN"}`.
    pub(super) output: Option<Exact>,
    /// Gives its output piece by piece: these, spread over the seconds that it takes.
    pub(super) pieces: Vec<String>,
    /// Gives a text of this many characters.
    pub(super) characters: Option<usize>,
    /// What it calls, as promptflow traces it; `start_time` and `end_time` are seconds from the node's start.
    pub(super) calls: Vec<serde_json::Value>,
    /// The exception that it raises.
    pub(super) raises: Option<Raised>,
    /// Whether the runtime ends while it runs.
    pub(super) ends_runtime: bool,
}

/// An exception.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Raised {
    /// promptflow's message.
    pub(super) message: String,
    /// Python's traceback; `{folder}` stands for the flow folder.
    #[serde(default)]
    pub(super) traceback: Option<String>,
}

impl Scenario {
    /// That of a flow folder; where there is none of its own, everything works at once.
    pub(super) fn read(folder: Option<&Path>) -> Result<Self, EngineError> {
        let Some(folder) = folder else {
            return Ok(Self::default());
        };
        let text = match Folder::open(folder).and_then(|folder| folder.read_text(FILE)) {
            Ok(text) => text,
            Err(ReadError::Missing) => return Ok(Self::default()),
            Err(error) => return Err(unreadable(&error)),
        };
        serde_json::from_str(&text).map_err(|error| unreadable(&error))
    }

    /// The install into an environment of a session, which are counted from 0.
    pub(super) fn install_of(&self, generation: u32) -> &Phase {
        let first = self.start_install.as_ref().filter(|_| generation == 0);
        first.unwrap_or(&self.install)
    }

    /// How a step passes; nothing of the executor's own, nor of an install: [`Scenario::install_of`].
    pub(super) fn phase(&self, step: Step) -> Option<&Phase> {
        match step {
            Step::Allocate => Some(&self.allocate),
            Step::PrepareBase => Some(&self.prepare_base),
            Step::CreateEnvironment => Some(&self.create_environment),
            Step::DryRun => Some(&self.dry_run),
            Step::StartRuntime => Some(&self.start_runtime),
            Step::Check => Some(&self.check),
            Step::Remove => Some(&self.remove),
            Step::Install | Step::Execute => None,
        }
    }
}

impl Failure {
    pub(super) fn error(&self) -> EngineError {
        let error = EngineError::new(self.code.clone(), &self.message).about(self.about.clone());
        match &self.remedy {
            Some(remedy) => error.with_remedy(remedy),
            None => error,
        }
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> EngineError {
    EngineError::new("FakeUnreadable", format!("Can’t read {FILE}: {error}."))
        .with_remedy("CONTRIBUTING.md says what it may hold.")
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Scenario, EngineError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), text).unwrap();
        Scenario::read(Some(folder.path()))
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (text, expected) in [
            ("{\n\"instal\": {}}", "line 2"),
            (r#"{"check": {"wait": {"seconds": -1}}}"#, "negative"),
            ("", "EOF"),
        ] {
            let error = read(text).unwrap_err();
            assert!(
                error.failure.code == "FakeUnreadable" && error.failure.message.contains(expected),
                "{error}"
            );
        }
        assert!(Scenario::read(None).is_ok());
    }

    #[test]
    fn a_failure_keeps_its_code() {
        let text = r#"{"check": {"fails": {"code": "RuntimeNotReady", "message": "No."}}}"#;
        let scenario = read(text).unwrap();
        let failure = scenario.phase(Step::Check).unwrap().fails.clone().unwrap();
        assert_eq!(failure.error().failure.code, "RuntimeNotReady");
    }
}
