//! Commands in progress: each line that one prints is passed on once and in order, also when it is lost from sight
//! meanwhile.

use std::time::Duration;

use async_trait::async_trait;

use super::{End, EngineError, Follow, Output};

/// A command in progress. It is ended when this is dropped.
#[async_trait]
pub(crate) trait Running: Send {
    /// What comes after the first `known` lines that it printed: waits for it.
    ///
    /// # Errors
    /// When it can't be followed any more.
    async fn follow(&mut self, known: usize) -> Result<Printed, EngineError>;
}

/// What comes next of a command.
#[derive(Debug)]
pub(crate) enum Printed {
    /// Its next line.
    Line(String),
    /// It has ended, and there are no more lines.
    End(End),
    /// It can't be seen now, for this reason. It may go on: ask again.
    Lost(EngineError),
}

/// More of what was printed is in the log alone.
const KEPT_LINES: usize = 5_000;
/// Between two looks for what was lost from sight.
const PAUSE: Duration = Duration::from_millis(500);
/// So often it's looked for before that is a failure.
const LOOKS: u32 = 20;

/// Follows a command to its end.
///
/// # Errors
/// When it can't be followed any more.
pub(super) async fn to_end(
    running: &mut dyn Running,
    follow: Follow<'_>,
) -> Result<Output, EngineError> {
    look_until_end(running, follow, PAUSE).await
}

async fn look_until_end(
    running: &mut dyn Running,
    follow: Follow<'_>,
    pause: Duration,
) -> Result<Output, EngineError> {
    let (mut lines, mut known, mut looks) = (Vec::new(), 0, 0);
    loop {
        match running.follow(known).await? {
            Printed::Line(line) => {
                (known, looks) = (known + 1, 0);
                let line = follow.pass_on(&line);
                if lines.len() < KEPT_LINES {
                    lines.push(line);
                }
            }
            Printed::End(end) => return Ok(Output { end, lines }),
            Printed::Lost(error) if looks < LOOKS => {
                tracing::warn!(%error, "a command can't be seen; looking again");
                looks += 1;
                tokio::time::sleep(pause).await;
            }
            Printed::Lost(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;

    use super::*;

    /// Prints these lines; it is lost from sight whenever so many more of them were asked for.
    struct Patchy {
        lines: Vec<String>,
        seen: usize,
        every: usize,
    }

    #[async_trait]
    impl Running for Patchy {
        async fn follow(&mut self, known: usize) -> Result<Printed, EngineError> {
            self.seen += 1;
            if self.seen.is_multiple_of(self.every) {
                return Ok(Printed::Lost(EngineError::new("DockerFailed", "gone")));
            }
            Ok(match self.lines.get(known) {
                Some(line) => Printed::Line(line.clone()),
                None => Printed::End(End::Success),
            })
        }
    }

    async fn followed(every: usize) -> (Result<Output, EngineError>, Vec<String>) {
        let lines: Vec<String> = (0..30).map(|line| format!("line {line}")).collect();
        let seen = 0;
        let mut running = Patchy { lines, seen, every };
        let heard = Mutex::new(Vec::new());
        let follow = Follow {
            sink: &|line| heard.lock().push(line.to_owned()),
            ..Follow::nobody()
        };
        let output = look_until_end(&mut running, follow, Duration::ZERO).await;
        (output, heard.into_inner())
    }

    #[tokio::test]
    async fn each_line_is_passed_on_once_wherever_the_command_is_lost_from_sight() {
        for every in 2..40 {
            let (output, heard) = followed(every).await;
            let output = output.unwrap();
            assert!(output.succeeded(), "{every}");
            assert_eq!(output.lines.len(), 30, "{every}");
            assert_eq!(output.lines, heard, "{every}");
        }
    }

    #[tokio::test]
    async fn a_command_that_stays_out_of_sight_is_a_failure() {
        let (output, heard) = followed(1).await;
        assert_eq!(output.unwrap_err().failure.code, "DockerFailed");
        assert!(heard.is_empty());
    }
}
