//! Reading a log: as it grows, and its end.

use std::io::{self, Read as _, Seek as _, SeekFrom};

use flowdeck_access::folder::FileBeneath;
use flowdeck_contract::session::LogLine;

use super::limit::{Limit, cut};

/// A longer line is cut: nobody reads it, and it would be sent to every open page.
const LONGEST_LINE: usize = 16 * 1024;
/// At most this much is read at once; the rest comes with the next look.
const LARGEST_READ: u64 = 4 * 1024 * 1024;
const CHUNK: u64 = 64 * 1024;

/// Follows a log from its first line on.
#[derive(Debug)]
pub struct Tail {
    log: FileBeneath,
    /// Where the first line that was not given yet begins.
    offset: u64,
    /// How many lines were given.
    lines: u64,
}

impl Tail {
    /// Of a file that need not be there yet.
    pub fn new(log: impl Into<FileBeneath>) -> Self {
        Self {
            log: log.into(),
            offset: 0,
            lines: 0,
        }
    }

    /// The complete lines that came since the last look. A log that does not exist has none.
    pub fn read(&mut self) -> io::Result<Vec<LogLine>> {
        let bytes = self.unread()?;
        let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else {
            // A line longer than a read would never end: give up on its end.
            if (bytes.len() as u64) < LARGEST_READ {
                return Ok(Vec::new());
            }
            return Ok(self.take(&bytes, bytes.len() as u64));
        };
        Ok(self.take(&bytes[..end], end as u64 + 1))
    }

    /// As [`Tail::read`], with a last line that has no end: nobody writes to it any more.
    pub fn read_to_end(&mut self) -> io::Result<Vec<LogLine>> {
        let mut lines = self.read()?;
        let rest = self.unread()?;
        if !rest.is_empty() {
            lines.extend(self.take(&rest, rest.len() as u64));
        }
        Ok(lines)
    }

    fn take(&mut self, bytes: &[u8], consumed: u64) -> Vec<LogLine> {
        let lines: Vec<LogLine> = (self.lines..)
            .zip(bytes.split(|byte| *byte == b'\n'))
            .map(|(number, line)| LogLine {
                number,
                text: text(line),
            })
            .collect();
        self.lines += lines.len() as u64;
        self.offset += consumed;
        lines
    }

    fn unread(&self) -> io::Result<Vec<u8>> {
        let mut file = match self.log.open() {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        file.seek(SeekFrom::Start(self.offset))?;
        let mut bytes = Vec::new();
        file.take(LARGEST_READ).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Bounds the log. The lines to come are numbered on, whatever was left out.
    pub fn cut(&mut self, limit: Limit) -> io::Result<()> {
        if let Some(cut) = cut(&self.log, limit)? {
            let unread = cut.before.saturating_sub(self.offset).min(cut.tail);
            self.offset = cut.after - unread;
        }
        Ok(())
    }

    /// The last `count` of the lines given so far.
    pub fn last(&self, count: usize) -> io::Result<Vec<LogLine>> {
        if self.lines == 0 || count == 0 {
            return Ok(Vec::new());
        }
        let mut file = self.log.open()?;
        let (mut start, mut bytes) = (self.offset, Vec::new());
        while start > 0 && newlines(&bytes) <= count {
            let from = start.saturating_sub(CHUNK);
            file.seek(SeekFrom::Start(from))?;
            let mut chunk = vec![0; usize::try_from(start - from).unwrap_or(0)];
            file.read_exact(&mut chunk)?;
            chunk.append(&mut bytes);
            (start, bytes) = (from, chunk);
        }
        let ended = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let lines: Vec<&[u8]> = ended.split(|byte| *byte == b'\n').collect();
        let kept = &lines[lines.len().saturating_sub(count)..];
        let first = self.lines.saturating_sub(kept.len() as u64);
        Ok((first..)
            .zip(kept)
            .map(|(number, line)| LogLine {
                number,
                text: text(line),
            })
            .collect())
    }
}

/// The last `count` lines of a log that nobody writes to any more.
pub fn last_lines(log: impl Into<FileBeneath>, count: usize) -> io::Result<Vec<LogLine>> {
    let mut tail = Tail::new(log);
    while !tail.read_to_end()?.is_empty() {}
    tail.last(count)
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

fn text(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() <= LONGEST_LINE {
        return String::from_utf8_lossy(line).into_owned();
    }
    format!(
        "{} … ({} bytes)",
        String::from_utf8_lossy(&line[..LONGEST_LINE]),
        line.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::LogFile;
    use std::io::Write as _;

    fn texts(lines: &[LogLine]) -> Vec<(u64, &str)> {
        lines
            .iter()
            .map(|line| (line.number, line.text.as_str()))
            .collect()
    }

    #[test]
    fn a_line_is_given_once_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::at(folder.path().join("log"));
        let mut tail = Tail::new(log.path());
        assert!(
            tail.read().unwrap().is_empty(),
            "a log that is not there has no lines"
        );
        log.line("one");
        log.open().unwrap().write_all(b"tw").unwrap();
        assert_eq!(texts(&tail.read().unwrap()), [(0, "one")]);
        log.open().unwrap().write_all(b"o\r\n\nfour").unwrap();
        assert_eq!(texts(&tail.read().unwrap()), [(1, "two"), (2, "")]);
        assert_eq!(texts(&tail.read_to_end().unwrap()), [(3, "four")]);
        assert!(tail.read_to_end().unwrap().is_empty());
    }

    #[test]
    fn the_last_lines_keep_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::at(folder.path().join("log"));
        let long = "x".repeat(700);
        for number in 0..500 {
            log.line(format!("{number} {long}"));
        }
        let last = last_lines(log.path(), 3).unwrap();
        assert_eq!(
            last.iter().map(|line| line.number).collect::<Vec<_>>(),
            [497, 498, 499]
        );
        assert!(last[0].text.starts_with("497 "));
        assert_eq!(last_lines(log.path(), 9999).unwrap().len(), 500);
        assert!(
            last_lines(folder.path().join("none").as_path(), 3)
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn a_log_that_is_cut_is_followed_without_a_gap_or_a_double() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::at(folder.path().join("log"));
        let mut tail = Tail::new(log.path());
        (0..200).for_each(|number| log.line(format!("line {number:04}")));
        tail.read().unwrap();
        log.line("unread");
        let limit = Limit {
            whole: 1_000,
            head: 100,
            tail: 300,
        };
        tail.cut(limit).unwrap();
        log.line("after");
        assert_eq!(
            texts(&tail.read().unwrap()),
            [(200, "unread"), (201, "after")]
        );
        let last = tail.last(3).unwrap();
        assert_eq!(
            texts(&last),
            [(199, "line 0199"), (200, "unread"), (201, "after")]
        );
        let all = tail.last(9_999).unwrap();
        assert_eq!(all[0].text, "line 0000");
        assert!(all.iter().any(|line| line.text.contains("left out here")));
    }

    #[test]
    fn hostile_bytes_and_endless_lines_are_text_of_bounded_length() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::at(folder.path().join("log"));
        let mut bytes = vec![0xff; 20_000];
        bytes.push(b'\n');
        log.open().unwrap().write_all(&bytes).unwrap();
        let lines = Tail::new(log.path()).read().unwrap();
        assert!(
            lines[0].text.ends_with("(20000 bytes)"),
            "{}",
            lines[0].text.len()
        );
    }
}
