//! Runs a container to its end, with every line it prints in a log as it comes. It is gone then, also when nobody waits
//! for it any more.

use bollard::{
    container::LogOutput,
    query_parameters::{LogsOptionsBuilder, WaitContainerOptions},
};
use futures_util::StreamExt as _;

use super::{
    containers::{Containers, Spec},
    daemon,
};
use crate::engine::{EngineError, Follow};

/// How a container ended, and what it printed.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: i64,
    /// The kernel ended it because it wanted more memory than it has.
    pub(super) out_of_memory: bool,
    pub(super) lines: Vec<String>,
}

impl Ran {
    pub(super) fn succeeded(&self) -> bool {
        self.code == 0
    }
}

/// More of what was printed is in the log alone.
const KEPT_LINES: usize = 5_000;
/// The exit code of what was sent SIGKILL.
const KILLED: i64 = 137;

/// Runs a container of this kind.
pub(super) async fn run(
    containers: &Containers,
    spec: &Spec<'_>,
    follow: Follow<'_>,
) -> Result<Ran, EngineError> {
    let container = Container {
        id: containers.create(spec).await?,
        containers: containers.clone(),
    };
    containers.start(&container.id).await?;
    let lines = read_lines(containers, &container.id, follow).await?;
    let code = exit_code(containers, &container.id).await?;
    let found = containers.inspect(&container.id).await;
    let state = found.ok().flatten().and_then(|found| found.state);
    let out_of_memory = state.and_then(|state| state.oom_killed).unwrap_or(false);
    Ok(Ran {
        code,
        out_of_memory: out_of_memory || (code == KILLED && spec.size.is_some()),
        lines,
    })
}

async fn exit_code(containers: &Containers, id: &str) -> Result<i64, EngineError> {
    let mut waiting = containers
        .docker
        .wait_container(id, None::<WaitContainerOptions>);
    match waiting.next().await {
        Some(Ok(ended)) => Ok(ended.status_code),
        Some(Err(bollard::errors::Error::DockerContainerWaitError { code, .. })) => Ok(code),
        Some(Err(error)) => Err(daemon::failed("Waiting for a container", &error)),
        None => Ok(KILLED),
    }
}

async fn read_lines(
    containers: &Containers,
    id: &str,
    follow: Follow<'_>,
) -> Result<Vec<String>, EngineError> {
    let options = LogsOptionsBuilder::new()
        .follow(true)
        .stdout(true)
        .stderr(true)
        .build();
    let mut output = containers.docker.logs(id, Some(options));
    let mut lines = Vec::new();
    let mut say = |bytes: &[u8]| {
        let line = String::from_utf8_lossy(bytes);
        let line = (follow.shown)(line.trim_end_matches('\r'));
        if let Some(log) = follow.log {
            log.line(&line);
        }
        (follow.sink)(&line);
        if lines.len() < KEPT_LINES {
            lines.push(line);
        }
    };
    let mut pending = [Vec::new(), Vec::new()];
    while let Some(part) = output.next().await {
        let part =
            part.map_err(|error| daemon::failed("Reading what a container prints", &error))?;
        let (place, bytes) = match part {
            LogOutput::StdErr { message } => (1, message),
            LogOutput::StdOut { message }
            | LogOutput::Console { message }
            | LogOutput::StdIn { message } => (0, message),
        };
        let pending = &mut pending[place];
        pending.extend_from_slice(&bytes);
        while let Some(end) = pending.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = pending.drain(..=end).collect();
            say(&line[..end]);
        }
    }
    for rest in pending.iter().filter(|rest| !rest.is_empty()) {
        say(rest);
    }
    Ok(lines)
}

/// Removed when it is dropped.
struct Container {
    id: String,
    containers: Containers,
}

impl Drop for Container {
    fn drop(&mut self) {
        let (id, containers) = (std::mem::take(&mut self.id), self.containers.clone());
        // Without a runtime the server ends; what is left is removed by its label then.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = containers.remove(&id).await {
                    tracing::warn!(%id, %error, "a container could not be removed");
                }
            });
        }
    }
}
