//! How a runtime ended.

use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

use crate::{
    engine::EngineError,
    log::{LogFile, last_lines},
};

/// What a runtime that died said last; the cause is in the last of them.
const LAST_LINES: usize = 20;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With an exit code.
    Code(i32),
    /// By a signal.
    Signal(i32),
    /// As Docker tells it: 128 and the number of a signal, or an exit code of the same number.
    CodeOrSignal(i32),
}

impl Ending {
    /// As the kernel reports it to the parent.
    pub(crate) fn of_process(status: ExitStatus) -> Self {
        match status.signal() {
            Some(signal) => Self::Signal(signal),
            None => Self::Code(status.code().unwrap_or_default()),
        }
    }

    /// As Docker reports the end of a container; `None` for what isn't an exit code.
    pub(crate) fn of_container(code: i64) -> Option<Self> {
        let code = i32::try_from(code).ok()?;
        Some(match code {
            129..=192 => Self::CodeOrSignal(code),
            code => Self::Code(code),
        })
    }

    fn said(self) -> String {
        match self {
            Self::Code(code) => format!("ended with exit code {code}"),
            Self::Signal(signal) => format!("was ended by the signal {}", name(signal)),
            Self::CodeOrSignal(code) => format!(
                "ended with exit code {code}, which stands for the signal {}",
                name(code - 128)
            ),
        }
    }
}

/// How a runtime ended, as far as that is known: only the process that started it learns it. `out_of_memory` says that
/// the machine's memory was wanting meanwhile, which is reported as that and not as the cause.
pub(crate) fn reason(ending: Option<Ending>, out_of_memory: bool) -> EngineError {
    let said = match ending {
        Some(ending) => ending.said(),
        None => "ended, and its exit code isn’t known".to_owned(),
    };
    let mut message = format!("The runtime {said}.");
    if out_of_memory && !matches!(ending, Some(Ending::Code(_))) {
        message.push_str(" This machine ran out of memory since the server started, and its kernel ended processes.");
    }
    let remedy = "Start the session again. The log shows what the runtime printed last.";
    EngineError::new("RuntimeDied", message).with_remedy(remedy)
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
pub(crate) fn with_last_lines(mut death: EngineError, log: &LogFile) -> EngineError {
    let lines = last_lines(log.path(), LAST_LINES).unwrap_or_default();
    let exception = lines
        .iter()
        .rev()
        .map(|line| line.text.trim())
        .find(|text| !text.is_empty());
    if let Some(last) = exception {
        death.failure.message = format!("{} It said: {last}", death.failure.message);
    }
    death
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_as_it_is_known() {
        let said = |ending, out_of_memory| reason(ending, out_of_memory).failure.message;
        let process = |status| Some(Ending::of_process(ExitStatus::from_raw(status)));
        assert_eq!(
            said(process(7 << 8), true),
            "The runtime ended with exit code 7."
        );
        assert_eq!(
            said(process(11), false),
            "The runtime was ended by the signal SIGSEGV."
        );
        assert!(said(process(9), true).contains("SIGKILL. This machine ran out of memory since"));
        assert_eq!(
            said(Ending::of_container(137), false),
            "The runtime ended with exit code 137, which stands for the signal SIGKILL."
        );
        assert_eq!(
            said(None, false),
            "The runtime ended, and its exit code isn’t known."
        );
    }
}
