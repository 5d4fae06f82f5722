//! Runs a container to its end. It is gone then, also when nobody waits for it any more.

use std::{collections::VecDeque, pin::Pin};

use async_trait::async_trait;
use bollard::{
    container::LogOutput,
    errors::Error,
    query_parameters::{LogsOptionsBuilder, WaitContainerOptions},
};
use flowdeck_contract::session::VmSize;
use futures_util::{Stream, StreamExt as _};

use super::{
    containers::{Containers, Spec},
    daemon, runtime,
};
use crate::engine::{End, EngineError, Printed, Running};

/// The exit code of what was sent SIGKILL.
const KILLED: i64 = 137;

/// A container that runs a command.
pub(super) struct Helper {
    container: Container,
    /// What it may use, where it is bounded.
    size: Option<VmSize>,
    /// What it prints, as long as that can be seen.
    output: Option<Lines>,
    /// How it ended. What it printed is read once more then: a connection that breaks looks like an end.
    end: Option<End>,
}

/// Begins a container of this kind.
pub(super) async fn begin(containers: &Containers, spec: &Spec<'_>) -> Result<Helper, EngineError> {
    let container = Container {
        id: containers.create(spec).await?,
        containers: containers.clone(),
    };
    containers.start(&container.id).await?;
    Ok(Helper {
        container,
        size: spec.size.clone(),
        output: None,
        end: None,
    })
}

#[async_trait]
impl Running for Helper {
    async fn follow(&mut self, known: usize) -> Result<Printed, EngineError> {
        loop {
            let container = &self.container;
            let output = self.output.get_or_insert_with(|| container.lines());
            match output.after(known, self.end.is_some()).await {
                Ok(Some(line)) => return Ok(Printed::Line(line)),
                Ok(None) => self.output = None,
                Err(error) => {
                    self.output = None;
                    return unseen("Reading what a container prints", &error);
                }
            }
            if let Some(end) = &self.end {
                return Ok(Printed::End(end.clone()));
            }
            match container.end(self.size.as_ref()).await? {
                Printed::End(end) => self.end = Some(end),
                other => return Ok(other),
            }
        }
    }
}

/// A daemon that does not answer may come back; what it says is final.
fn unseen(what: &str, error: &Error) -> Result<Printed, EngineError> {
    let failed = daemon::failed(what, error);
    match daemon::is_lost(error) {
        true => Ok(Printed::Lost(failed)),
        false => Err(failed),
    }
}

/// The lines of a container, read from the first on.
struct Lines {
    stream: Pin<Box<dyn Stream<Item = Result<LogOutput, Error>> + Send>>,
    /// What is no whole line yet of its output and of its errors.
    pending: [Vec<u8>; 2],
    ready: VecDeque<String>,
    /// How many lines were taken.
    taken: usize,
}

impl Lines {
    fn of(stream: impl Stream<Item = Result<LogOutput, Error>> + Send + 'static) -> Self {
        Self {
            stream: Box::pin(stream),
            pending: [Vec::new(), Vec::new()],
            ready: VecDeque::new(),
            taken: 0,
        }
    }

    /// The next line but the first `known`; `None` at the end. A last line without an end is one only of a container
    /// that `has_ended`.
    async fn after(&mut self, known: usize, has_ended: bool) -> Result<Option<String>, Error> {
        while let Some(line) = self.next(has_ended).await? {
            self.taken += 1;
            if self.taken > known {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    async fn next(&mut self, has_ended: bool) -> Result<Option<String>, Error> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Ok(Some(line));
            }
            match self.stream.next().await.transpose()? {
                Some(part) => self.take(part),
                None if !has_ended => return Ok(None),
                None => {
                    let rest = self.pending.iter_mut().find(|rest| !rest.is_empty());
                    return Ok(rest.map(|rest| text(&std::mem::take(rest))));
                }
            }
        }
    }

    fn take(&mut self, part: LogOutput) {
        let (place, bytes) = match part {
            LogOutput::StdErr { message } => (1, message),
            LogOutput::StdOut { message }
            | LogOutput::Console { message }
            | LogOutput::StdIn { message } => (0, message),
        };
        let pending = &mut self.pending[place];
        pending.extend_from_slice(&bytes);
        while let Some(end) = pending.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = pending.drain(..=end).collect();
            self.ready.push_back(text(&line[..end]));
        }
    }
}

fn text(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    line.trim_end_matches('\r').to_owned()
}

/// Removed when it is dropped.
struct Container {
    id: String,
    containers: Containers,
}

impl Container {
    /// What it has printed, and prints.
    fn lines(&self) -> Lines {
        let options = LogsOptionsBuilder::new()
            .follow(true)
            .stdout(true)
            .stderr(true)
            .build();
        let output = self.containers.docker.logs(&self.id, Some(options));
        Lines::of(output)
    }

    /// How it ended, where it may use as much as that.
    async fn end(&self, size: Option<&VmSize>) -> Result<Printed, EngineError> {
        let Self { id, containers } = self;
        let mut waiting = containers
            .docker
            .wait_container(id, None::<WaitContainerOptions>);
        let code = match waiting.next().await {
            Some(Ok(ended)) => ended.status_code,
            Some(Err(Error::DockerContainerWaitError { code, .. })) => code,
            Some(Err(error)) => return unseen("Waiting for a container", &error),
            None => KILLED,
        };
        let found = containers.inspect(id).await;
        let state = found.ok().flatten().and_then(|found| found.state);
        let out_of_memory = state.and_then(|state| state.oom_killed).unwrap_or(false);
        Ok(Printed::End(match size {
            _ if code == 0 => End::Success,
            Some(size) if out_of_memory || code == KILLED => End::Ended(runtime::excess(size)),
            _ => End::Failure,
        }))
    }
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

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn parts() -> Vec<LogOutput> {
        let out = |text: &'static str| LogOutput::StdOut {
            message: text.into(),
        };
        let err = |text: &'static str| LogOutput::StdErr {
            message: text.into(),
        };
        vec![
            out("one\ntw"),
            err("warn"),
            out("o\r\n\nthree\n"),
            err("ing\n"),
            out("the rest"),
        ]
    }

    const LINES: [&str; 6] = ["one", "two", "", "three", "warning", "the rest"];

    async fn read(mut known: usize, has_ended: bool) -> Vec<String> {
        let mut lines = Lines::of(stream::iter(parts().into_iter().map(Ok)));
        let mut all = Vec::new();
        while let Some(line) = lines.after(known, has_ended).await.unwrap() {
            all.push(line);
            known += 1;
        }
        all
    }

    #[tokio::test]
    async fn reading_goes_on_after_the_lines_that_are_known() {
        for known in 0..=LINES.len() {
            assert_eq!(read(known, true).await, LINES[known..], "{known}");
        }
    }

    #[tokio::test]
    async fn half_a_line_is_none_while_the_container_may_go_on() {
        assert_eq!(read(0, false).await, LINES[..5]);
    }
}
