//! Bounds a log: its beginning and its end are kept, and a line between them says what was left out.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

/// How much of a log is kept, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// A longer log is cut.
    pub(crate) whole: u64,
    /// Of its beginning, where the lines of a start's phases are.
    pub(crate) head: u64,
    /// Of its end.
    pub(crate) tail: u64,
}

const MIB: u64 = 1024 * 1024;

/// A link is not followed (Linux's `O_NOFOLLOW`), and a pipe that came in between is not waited for (`O_NONBLOCK`).
const NO_FOLLOW: i32 = 0o400_000 | 0o4000;

/// Of every log of a session or a run.
pub const LIMIT: Limit = Limit {
    whole: 8 * MIB,
    head: MIB,
    tail: 3 * MIB,
};

/// How the line begins that says what was left out.
const MARK: &str = "… left out here: ";

/// What cutting made of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// The length of the log before, in bytes.
    pub(crate) before: u64,
    /// The length of the log after.
    pub(crate) after: u64,
    /// The length of its end, which stayed as it was.
    pub(crate) tail: u64,
}

/// Cuts the middle out of a log that is longer than it may be, whoever appends to it meanwhile; `None` when it is not.
///
/// The file stays the same one, as the runtime has it open. A line that is written in the very moment between the last
/// look and the cut is lost; the line that says what was left out does not know of it.
pub(crate) fn cut(path: &Path, limit: Limit) -> io::Result<Option<Cut>> {
    // A session writes into the folder of its run: a link or a pipe in the place of a log is none.
    let length = match path.symlink_metadata() {
        Ok(metadata) if !metadata.is_file() => return Ok(None),
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if length <= limit.whole {
        return Ok(None);
    }
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(NO_FOLLOW)
        .open(path)?;
    let head = end_of_line(&mut file, limit.head)?;
    let from = end_of_line(&mut file, length - limit.tail)?;
    let (lines, bytes) = count(&mut file, head, from)?;
    file.seek(SeekFrom::Start(from))?;
    let mut kept = Vec::new();
    file.read_to_end(&mut kept)?;
    let whole = format!("{MARK}{lines} lines, {bytes} bytes\n");
    file.set_len(head)?;
    let mut file = OpenOptions::new()
        .append(true)
        .custom_flags(NO_FOLLOW)
        .open(path)?;
    file.write_all(&[whole.as_bytes(), &kept].concat())?;
    let tail = kept.len() as u64;
    Ok(Some(Cut {
        before: from + tail,
        after: head + whole.len() as u64 + tail,
        tail,
    }))
}

/// The place after the line that stands at `at`.
fn end_of_line(file: &mut File, at: u64) -> io::Result<u64> {
    file.seek(SeekFrom::Start(at))?;
    let mut end = at;
    let mut reader = BufReader::new(file);
    loop {
        let bytes = reader.fill_buf()?;
        match bytes.iter().position(|byte| *byte == b'\n') {
            Some(place) => return Ok(end + place as u64 + 1),
            None if bytes.is_empty() => return Ok(at),
            None => {
                let length = bytes.len();
                end += length as u64;
                reader.consume(length);
            }
        }
    }
}

/// The lines and bytes between two places, with those that were left out there before.
fn count(file: &mut File, from: u64, until: u64) -> io::Result<(u64, u64)> {
    file.seek(SeekFrom::Start(from))?;
    let mut between = BufReader::new(file.take(until.saturating_sub(from)));
    let mut first = Vec::new();
    let read = (&mut between).take(200).read_until(b'\n', &mut first)? as u64;
    let before = left_out(&String::from_utf8_lossy(&first));
    let (mut lines, mut bytes) = before.unwrap_or((u64::from(first.ends_with(b"\n")), read));
    loop {
        let chunk = between.fill_buf()?;
        if chunk.is_empty() {
            return Ok((lines, bytes));
        }
        lines += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
        let length = chunk.len();
        bytes += length as u64;
        between.consume(length);
    }
}

/// What a line says that was left out.
fn left_out(line: &str) -> Option<(u64, u64)> {
    let (lines, rest) = line.strip_prefix(MARK)?.split_once(" lines, ")?;
    let bytes = rest.trim_end().strip_suffix(" bytes")?;
    Some((lines.parse().ok()?, bytes.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::LogFile;

    const SMALL: Limit = Limit {
        whole: 1_000,
        head: 100,
        tail: 300,
    };

    /// Lines of ten bytes each.
    fn write(log: &LogFile, numbers: std::ops::Range<u32>) {
        numbers.for_each(|number| log.line(format!("line {number:04}")));
    }

    fn lines(log: &LogFile) -> Vec<String> {
        let text = std::fs::read_to_string(log.path()).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_beginning_and_the_end_stay_and_a_line_says_what_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::at(folder.path().join("log"));
        assert!(
            cut(log.path(), SMALL).unwrap().is_none(),
            "there is no log yet"
        );
        write(&log, 0..100);
        assert!(cut(log.path(), SMALL).unwrap().is_none());
        write(&log, 100..200);
        let cut_once = cut(log.path(), SMALL).unwrap().unwrap();
        assert_eq!((cut_once.before, cut_once.tail), (2_000, 290));
        assert_eq!(cut_once.after, log.path().metadata().unwrap().len());
        let kept = lines(&log);
        assert_eq!((&*kept[0], &*kept[10]), ("line 0000", "line 0010"));
        assert_eq!(kept[11], "… left out here: 160 lines, 1600 bytes");
        assert_eq!((&*kept[12], kept.len()), ("line 0171", 41));

        write(&log, 200..300);
        assert!(cut(log.path(), SMALL).unwrap().is_some());
        let kept = lines(&log);
        assert_eq!(kept[11], "… left out here: 260 lines, 2600 bytes");
        assert_eq!(kept.last().unwrap(), "line 0299");
    }

    #[test]
    fn whoever_has_the_file_open_goes_on_at_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::at(folder.path().join("log"));
        let mut open = log.open().unwrap();
        write(&log, 0..200);
        cut(log.path(), SMALL).unwrap();
        open.write_all(b"after\n").unwrap();
        assert_eq!(lines(&log).last().unwrap(), "after");
        assert!(!std::fs::read(log.path()).unwrap().contains(&0));
    }

    #[test]
    fn a_log_without_an_end_of_line_is_bounded_too() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::at(folder.path().join("log"));
        log.open().unwrap().write_all(&[b'x'; 5_000]).unwrap();
        cut(log.path(), SMALL).unwrap();
        assert!(log.path().metadata().unwrap().len() < 500);
    }
}
