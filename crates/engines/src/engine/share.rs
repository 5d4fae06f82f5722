//! What a session may use, alone or with others.

use std::fmt;

use flowdeck_contract::codes;
use flowdeck_contract::session::{VmSize, v_cpus};

use super::EngineError;

/// The code of a session that has used more memory than it has.
pub const MEMORY_EXCEEDED: &str = codes::MEMORY_EXCEEDED;

/// How many processes and threads a session may have: far more than a flow needs, far less than would hurt the machine.
pub(crate) const MOST_PROCESSES: u32 = 4096;

/// What a session may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// How much.
    pub size: VmSize,
    /// The compute instance whose size that is; what all sessions on it use counts. `None` when it is the session's alone.
    pub instance: Option<String>,
}

impl Share {
    /// How much, whoever shares it.
    pub(crate) fn alone(&self) -> Self {
        Self {
            size: self.size.clone(),
            instance: None,
        }
    }

    /// That a session did what it may not: `did` says what, and how much of memory.
    pub(crate) fn exceeded(&self, did: &str) -> EngineError {
        let (name, has) = (&self.size.name, gib(self.size.memory_mb));
        let (message, remedy) = match &self.instance {
            None => (
                format!(
                    "The compute session reached its memory limit: it {did}. Its VM size {name} has {has:.2} GiB."
                ),
                "Choose a larger VM size, or make the flow use less memory; then start the session again.",
            ),
            Some(instance) => (
                format!(
                    "The compute session reached its memory limit: it {did}. All sessions on the compute instance ‘{instance}’ share {has:.2} GiB."
                ),
                "Stop another session on the compute instance, choose a larger one, or make the flow use less memory; then start the session again.",
            ),
        };
        EngineError::new(MEMORY_EXCEEDED, message).with_remedy(remedy)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let VmSize {
            name,
            v_cpus: count,
            memory_mb,
        } = &self.size;
        let (cpus, memory) = (v_cpus(*count), gib(*memory_mb));
        write!(f, "{name}: {cpus}, {memory:.2} GiB")?;
        match &self.instance {
            Some(instance) => write!(f, ", shared by all sessions on ‘{instance}’"),
            None => Ok(()),
        }
    }
}

/// MiB as GiB.
#[must_use]
pub fn gib(memory_mb: u64) -> f64 {
    // Far below what an f64 counts exactly.
    memory_mb as f64 / 1024.0
}
