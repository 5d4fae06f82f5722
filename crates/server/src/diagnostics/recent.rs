//! The last lines of the server's own log, in memory, so that diagnostics can give those that concern a session.

use std::{collections::VecDeque, io, sync::Arc};

use parking_lot::{Mutex, MutexGuard};

/// More lines than that are not kept…
const LINE_LIMIT: usize = 5_000;
/// …nor longer ones.
const LENGTH_LIMIT: usize = 4_000;

/// The last lines of the server's log. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct RecentLog(Arc<Mutex<VecDeque<String>>>);

impl RecentLog {
    fn lines(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock()
    }

    /// The kept lines that hold one of `words`, in order.
    pub(crate) fn about(&self, words: &[String]) -> Vec<String> {
        let lines = self.lines();
        let about = |line: &&String| words.iter().any(|word| line.contains(word.as_str()));
        lines.iter().filter(about).cloned().collect()
    }

    /// Keeps what is written through it, and writes it to standard error as well.
    #[must_use]
    pub fn writer(&self) -> Tee {
        Tee(self.clone())
    }

    fn keep(&self, bytes: &[u8]) {
        let mut lines = self.lines();
        for line in String::from_utf8_lossy(bytes).lines() {
            if lines.len() >= LINE_LIMIT {
                lines.pop_front();
            }
            lines.push_back(line.chars().take(LENGTH_LIMIT).collect());
        }
    }
}

/// Writes to standard error, and keeps it. Each write is whole lines.
#[derive(Debug)]
pub struct Tee(RecentLog);

impl io::Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.keep(bytes);
        // All of it: what is written again would be kept again.
        io::stderr().write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_found_by_a_word() {
        let log = RecentLog::default();
        for number in 0..LINE_LIMIT + 2 {
            log.keep(format!("line {number} of 3f2a\n").as_bytes());
        }
        log.keep(b"another\n");
        assert_eq!(log.lines().len(), LINE_LIMIT);
        assert_eq!(log.about(&["line 1 ".to_owned()]), [""; 0]);
        assert_eq!(log.about(&["3f2a".to_owned()]).len(), LINE_LIMIT - 1);
        assert_eq!(log.about(&[]), [""; 0]);
    }
}
