//! Why a runtime ended.

use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

use crate::{
    engine::EngineError,
    log::{LogFile, last_lines},
};

/// What a runtime that died said last; the cause is in the last of them.
const LAST_LINES: usize = 20;

/// Why a runtime ended, as far as that can be known. `out_of_memory` says that the machine's memory was wanting meanwhile.
pub(crate) fn reason(status: Option<ExitStatus>, out_of_memory: bool) -> EngineError {
    let start_again = "Start the session again.";
    let (how, remedy) = match status {
        Some(status) if status.signal() == Some(9) && out_of_memory => (
            "because the machine ran out of memory".to_owned(),
            "Give the machine more memory, or make the flow use less; then start the session again.",
        ),
        Some(status) => match (status.signal(), status.code()) {
            (Some(signal), _) => (
                format!("because it was sent the signal {}", name(signal)),
                start_again,
            ),
            (None, Some(code)) => (
                format!("with exit code {code}"),
                "The log shows what it said last.",
            ),
            (None, None) => ("for a reason that is not known".to_owned(), start_again),
        },
        None if out_of_memory => (
            "probably because the machine ran out of memory".to_owned(),
            start_again,
        ),
        None => ("for a reason that is not known".to_owned(), start_again),
    };
    EngineError::new("RuntimeDied", format!("The runtime ended {how}.")).with_remedy(remedy)
}

fn name(signal: i32) -> String {
    let known = [
        (1, "SIGHUP"),
        (2, "SIGINT"),
        (4, "SIGILL"),
        (6, "SIGABRT"),
        (7, "SIGBUS"),
        (8, "SIGFPE"),
        (9, "SIGKILL"),
        (11, "SIGSEGV"),
        (15, "SIGTERM"),
    ];
    known
        .iter()
        .find(|(number, _)| *number == signal)
        .map_or_else(|| signal.to_string(), |(_, name)| (*name).to_owned())
}

/// A death with what the runtime said last, which is most often a Python exception.
pub(crate) fn with_last_lines(death: EngineError, log: &LogFile) -> EngineError {
    let lines = last_lines(log.path(), LAST_LINES).unwrap_or_default();
    let exception = lines
        .iter()
        .rev()
        .map(|line| line.text.trim())
        .find(|text| !text.is_empty());
    match exception {
        Some(last) => EngineError {
            message: format!("{} It said: {last}", death.message),
            ..death
        },
        None => death,
    }
}
