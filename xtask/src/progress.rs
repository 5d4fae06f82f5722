//! Says what is being done, and for how long: one line for each step, alive while it runs.
//!
//! On a terminal the line is redrawn with the elapsed time and what the step's command last said; steps that run side by
//! side share it. Elsewhere (a CI log) a step that takes long says so now and then.

use anyhow::Result;
use std::{
    io::{IsTerminal, Write, stderr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
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

/// The steps that run, the oldest first.
static RUNNING: Mutex<Vec<Running>> = Mutex::new(Vec::new());

/// A step that runs.
struct Running {
    title: String,
    started: Instant,
    live: Arc<Mutex<Live>>,
}

impl Running {
    fn is(&self, step: &Step) -> bool {
        Arc::ptr_eq(&self.live, &step.live)
    }

    fn line(&self) -> String {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let time = elapsed(self.started.elapsed());
        let line = format!("{}  {time}  {}", self.title, live.last_line);
        line.trim_end().to_owned()
    }
}

fn running() -> MutexGuard<'static, Vec<Running>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

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

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does `work` under a line that shows `title`, the elapsed time and the outcome.
pub(crate) fn step<T>(title: &str, work: impl FnOnce(&Step) -> Result<T>) -> Result<T> {
    let step = Step::default();
    let started = Instant::now();
    running().push(Running {
        title: title.to_owned(),
        started,
        live: Arc::clone(&step.live),
    });
    let ticker = Ticker::start(step.clone());
    let result = work(&step);
    ticker.stop();
    running().retain(|running| !running.is(&step));
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

fn times() -> MutexGuard<'static, Vec<(String, Duration)>> {
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
    fn start(step: Step) -> Self {
        let (stop, stopped) = channel();
        let thread = thread::spawn(move || {
            let terminal = stderr().is_terminal();
            let mut wait = if terminal { REDRAW } else { FIRST_SIGN_OF_LIFE };
            let mut frames = FRAMES.iter().cycle();
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                if terminal {
                    let frame = frames.next().unwrap_or(&'·');
                    if let Some(line) = shared_line(&step) {
                        redraw(&format!("{frame} {line}"));
                    }
                } else {
                    let running = running();
                    if let Some(running) = running.iter().find(|running| running.is(&step)) {
                        eprintln!("… {}", running.line());
                    }
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

/// The line of all steps that run, for the oldest of them to draw.
fn shared_line(step: &Step) -> Option<String> {
    let running = running();
    if !running.first()?.is(step) {
        return None;
    }
    let lines: Vec<_> = running.iter().map(Running::line).collect();
    Some(lines.join("  |  "))
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
    fn steps_side_by_side_share_a_line_that_the_oldest_draws() {
        step("outer of these tests", |outer| {
            outer.says("works");
            step("inner of these tests", |inner| {
                let both = running();
                let place = |step: &Step| both.iter().position(|running| running.is(step));
                assert!(place(outer).unwrap() < place(inner).unwrap());
                let line = both[place(outer).unwrap()].line();
                assert!(
                    line.starts_with("outer of these tests  0.0 s  works"),
                    "{line}"
                );
                drop(both);
                assert!(shared_line(inner).is_none());
                Ok(())
            })?;
            let all = running();
            assert!(
                all.iter()
                    .all(|running| running.title != "inner of these tests")
            );
            Ok(())
        })
        .unwrap();
    }

    #[test]
    fn a_step_passes_on_what_its_work_returns() {
        assert_eq!(step("works", |_| Ok(7)).unwrap(), 7);
        let failed: Result<()> = step("fails", |_| anyhow::bail!("why"));
        assert_eq!(failed.unwrap_err().to_string(), "why");
    }
}
