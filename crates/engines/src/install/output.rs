//! Runs a command to its end, with every line it prints in a log as it comes.

use std::process::{ExitStatus, Stdio};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    process::Command,
    sync::mpsc,
};

use crate::{engine::EngineError, log::LogFile};

/// What a command printed, line by line in the order of arrival, and how it ended.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) lines: Vec<String>,
}

/// More of what was printed is in the log alone.
const KEPT_LINES: usize = 5_000;

/// Runs `command`; it is killed when the future is dropped.
pub(crate) async fn run(
    command: Command,
    what: &str,
    log: Option<&LogFile>,
) -> Result<Output, EngineError> {
    let mut lines = Vec::new();
    let each = |line: String| {
        if let Some(log) = log {
            log.line(&line);
        }
        if lines.len() < KEPT_LINES {
            lines.push(line);
        }
    };
    let status = run_each(command, what, each).await?;
    Ok(Output { status, lines })
}

/// As [`run`], for `each` line as it comes.
pub(crate) async fn run_each(
    mut command: Command,
    what: &str,
    mut each: impl FnMut(String),
) -> Result<ExitStatus, EngineError> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command
        .spawn()
        .map_err(|error| EngineError::io(what, &error))?;
    let (sender, mut receiver) = mpsc::channel::<String>(64);
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let pass_on = async {
        while let Some(line) = receiver.recv().await {
            each(line);
        }
    };
    let ((), (), ()) = tokio::join!(read(stdout, sender.clone()), read(stderr, sender), pass_on);
    let status = child.wait().await;
    status.map_err(|error| EngineError::io(what, &error))
}

async fn read(pipe: Option<impl AsyncRead + Unpin>, lines: mpsc::Sender<String>) {
    let Some(pipe) = pipe else { return };
    let mut reader = BufReader::new(pipe);
    let mut bytes = Vec::new();
    // A pipe that cannot be read has ended; how the command ended tells the rest.
    while matches!(reader.read_until(b'\n', &mut bytes).await, Ok(count) if count > 0) {
        let line = String::from_utf8_lossy(&bytes)
            .trim_end_matches(['\n', '\r'])
            .to_owned();
        bytes.clear();
        if lines.send(line).await.is_err() {
            return;
        }
    }
}
