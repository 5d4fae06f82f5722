//! Follows the output of a command to the command's end, which need not be the output's: a process that it left behind
//! may hold the pipe for as long as it lives.

use anyhow::{Context, Result};
use std::{
    collections::VecDeque,
    fs::File,
    io::{self, Read, Write},
    path::Path,
    process::{Child, ExitStatus},
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    thread,
    time::{Duration, Instant},
};

use crate::progress::Step;

/// How much of a failed command's output an error repeats.
pub(super) const LINES_SHOWN: usize = 60;

/// How long after a command's end its last words may take through the pipe; at least as often it is asked whether it ended.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How a command ended, and what it said last.
pub(super) struct End {
    pub(super) status: ExitStatus,
    pub(super) last_lines: VecDeque<String>,
}

/// Writes the output of `child` to `log` and its lines to `step` until it has ended.
pub(super) fn follow(
    mut child: Child,
    output: impl Read + Send + 'static,
    log: &Path,
    step: &Step,
) -> Result<End> {
    let cannot_write = || format!("cannot write {}", log.display());
    let mut file = File::create(log).with_context(cannot_write)?;
    let mut lines = Lines::new(step);
    let chunks = chunks_of(output);
    let mut looked = Instant::now();
    let mut ended = false;
    loop {
        match chunks.recv_timeout(LAST_WORDS) {
            Ok(chunk) => {
                let chunk = chunk?;
                file.write_all(&chunk).with_context(cannot_write)?;
                lines.take_in(&chunk);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if looked.elapsed() >= LAST_WORDS {
            if ended {
                step.note("a process that it started still runs");
                break;
            }
            ended = child.try_wait()?.is_some();
            looked = Instant::now();
        }
    }
    Ok(End {
        status: child.wait()?,
        last_lines: lines.end(),
    })
}

/// Reads on a thread of its own, which goes with xtask when something holds the pipe.
fn chunks_of(mut output: impl Read + Send + 'static) -> Receiver<io::Result<Vec<u8>>> {
    // Bounded: what writes without end must not fill the memory.
    let (sender, chunks) = sync_channel(16);
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let chunk = match output.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => Ok(buffer[..length].to_vec()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let is_last = chunk.is_err();
            if sender.send(chunk).is_err() || is_last {
                return;
            }
        }
    });
    chunks
}

/// Chunks become lines again.
struct Lines<'a> {
    step: &'a Step,
    last: VecDeque<String>,
    begun: Vec<u8>,
}

impl<'a> Lines<'a> {
    fn new(step: &'a Step) -> Self {
        Self {
            step,
            last: VecDeque::new(),
            begun: Vec::new(),
        }
    }

    fn take_in(&mut self, chunk: &[u8]) {
        for part in chunk.split_inclusive(|byte| *byte == b'\n') {
            self.begun.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.finish_line();
            }
        }
    }

    fn finish_line(&mut self) {
        let text = String::from_utf8_lossy(&self.begun).trim_end().to_owned();
        self.begun.clear();
        self.step.says(&text);
        if self.last.len() == LINES_SHOWN {
            self.last.pop_front();
        }
        self.last.push_back(text);
    }

    fn end(mut self) -> VecDeque<String> {
        if !self.begun.is_empty() {
            self.finish_line();
        }
        self.last
    }
}
