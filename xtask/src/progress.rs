//! Says what is being done, and for how long: one line for each step, alive while it runs.
//!
//! On a terminal the line is redrawn with the elapsed time and what the step's command last said. Elsewhere (a CI log) a step
//! that takes long says so now and then.

use anyhow::Result;
use std::{
    io::{IsTerminal, Write, stderr},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

const FRAMES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const REDRAW: Duration = Duration::from_millis(100);
const FIRST_SIGN_OF_LIFE: Duration = Duration::from_secs(3);
const LATER_SIGNS_OF_LIFE: Duration = Duration::from_secs(30);

/// How long each step took that has ended.
static TIMES: Mutex<Vec<(String, Duration)>> = Mutex::new(Vec::new());

/// What a step tells while it runs.
#[derive(Clone, Default)]
pub(crate) struct Step {
    live: Arc<Mutex<Live>>,
}

#[derive(Default)]
struct Live {
    last_line: String,
    note: String,
}

impl Step {
    /// Shows `line` beside the running step's title; a warning tells nothing of how far it is, and is in the log.
    pub(crate) fn says(&self, line: &str) {
        if !line.starts_with("warning:") {
            line.clone_into(&mut self.live().last_line);
        }
    }

    /// Adds `note` to the line that stays when the step has ended.
    pub(crate) fn note(&self, note: impl Into<String>) {
        self.live().note = note.into();
    }

    fn live(&self) -> std::sync::MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does `work` under a line that shows `title`, the elapsed time and the outcome.
pub(crate) fn step<T>(title: &str, work: impl FnOnce(&Step) -> Result<T>) -> Result<T> {
    let step = Step::default();
    let started = Instant::now();
    let ticker = Ticker::start(title.to_owned(), step.clone(), started);
    let result = work(&step);
    ticker.stop();
    let mark = if result.is_ok() { '✓' } else { '✗' };
    let note = step.live().note.clone();
    let note = if note.is_empty() {
        note
    } else {
        format!(": {note}")
    };
    clear_line();
    let took = started.elapsed();
    times().push((title.to_owned(), took));
    eprintln!("{mark} {title}{note}  {}", elapsed(took));
    result
}

fn times() -> std::sync::MutexGuard<'static, Vec<(String, Duration)>> {
    TIMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The steps that took longest, the slowest first.
pub(crate) fn slowest(count: usize) -> Vec<(String, Duration)> {
    let mut all = times().clone();
    all.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
    all.truncate(count);
    all
}

struct Ticker {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Ticker {
    fn start(title: String, step: Step, started: Instant) -> Self {
        let (stop, stopped) = channel();
        let thread = thread::spawn(move || {
            let terminal = stderr().is_terminal();
            let mut wait = if terminal { REDRAW } else { FIRST_SIGN_OF_LIFE };
            let mut frames = FRAMES.iter().cycle();
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                let last_line = step.live().last_line.clone();
                let mark = if terminal {
                    *frames.next().unwrap_or(&'·')
                } else {
                    '…'
                };
                let line = format!(
                    "{mark} {title}  {}  {last_line}",
                    elapsed(started.elapsed())
                );
                if terminal {
                    redraw(&line);
                } else {
                    eprintln!("{}", line.trim_end());
                    wait = LATER_SIGNS_OF_LIFE;
                }
            }
        });
        Self { stop, thread }
    }

    fn stop(self) {
        drop(self.stop);
        // A ticker that panicked has only failed to draw.
        let _ = self.thread.join();
    }
}

fn redraw(line: &str) {
    let width = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .unwrap_or(80);
    let visible: String = line
        .chars()
        .filter(|c| !c.is_control())
        .take(width - 1)
        .collect();
    eprint!("\r\u{1b}[2K{visible}");
    // Nothing is lost when a progress line cannot be drawn.
    let _ = stderr().flush();
}

fn clear_line() {
    if stderr().is_terminal() {
        eprint!("\r\u{1b}[2K");
    }
}

/// `0.3 s`, `12 s`, `3 min 05 s`.
pub(crate) fn elapsed(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elapsed_time_reads_naturally() {
        let cases = [(340, "0.3 s"), (12_900, "12 s"), (185_000, "3 min 05 s")];
        for (milliseconds, text) in cases {
            assert_eq!(elapsed(Duration::from_millis(milliseconds)), text);
        }
    }

    #[test]
    fn the_slowest_steps_come_first_and_a_failed_one_counts() {
        step("quick of these tests", |_| Ok(())).unwrap();
        let slow = step("slow of these tests", |_| -> Result<()> {
            thread::sleep(Duration::from_millis(30));
            anyhow::bail!("no")
        });
        slow.unwrap_err();
        let all = slowest(usize::MAX);
        let place = |title: &str| all.iter().position(|(other, _)| other == title).unwrap();
        assert!(place("slow of these tests") < place("quick of these tests"));
        assert_eq!(slowest(1).len(), 1);
    }

    #[test]
    fn a_step_passes_on_what_its_work_returns() {
        assert_eq!(step("works", |_| Ok(7)).unwrap(), 7);
        let failed: Result<()> = step("fails", |_| anyhow::bail!("why"));
        assert_eq!(failed.unwrap_err().to_string(), "why");
    }
}
