//! Bounds a log: its beginning and its end are kept, and a line between them says what was left out.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom},
    os::unix::fs::FileExt as _,
};

use flowdeck_access::folder::FileBeneath;

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

/// Of every log of a session or a run.
pub const LIMIT: Limit = Limit {
    whole: 8 * MIB,
    head: MIB,
    tail: 3 * MIB,
};

/// So often a cut looks for lines that were appended during it. What appends faster than that loses lines.
const LOOKS: u32 = 16;

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
/// The file stays the same one, as the runtime has it open. Its end is written below its beginning before the file gets
/// shorter, so that a reader never misses the end. A line that is written in the very moment between the last look and the
/// cut is lost; the line that says what was left out does not know of it.
pub(crate) fn cut(log: &FileBeneath, limit: Limit) -> io::Result<Option<Cut>> {
    let length = match log.open() {
        Ok(file) => file.metadata()?.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if length <= limit.whole {
        return Ok(None);
    }
    let mut file = log.open_to_change()?;
    let longest = limit.head / 4;
    let head = end_of_line(&mut file, limit.head, longest)?;
    let from = end_of_line(&mut file, length - limit.tail, longest)?;
    let (lines, bytes) = count(&mut file, head, from)?;
    let mark = format!("{MARK}{lines} lines, {bytes} bytes\n");
    file.write_all_at(mark.as_bytes(), head)?;
    let start = head + mark.len() as u64;
    let tail = move_down(&mut file, from, start)?;
    file.set_len(start + tail)?;
    Ok(Some(Cut {
        before: from + tail,
        after: start + tail,
        tail,
    }))
}

/// Copies what stands from `from` on to `to`, which is before it, with what is appended meanwhile; gives how many bytes.
fn move_down(file: &mut File, from: u64, to: u64) -> io::Result<u64> {
    let mut moved = 0;
    for _ in 0..LOOKS {
        file.seek(SeekFrom::Start(from + moved))?;
        let mut more = Vec::new();
        file.read_to_end(&mut more)?;
        if more.is_empty() {
            break;
        }
        file.write_all_at(&more, to + moved)?;
        moved += more.len() as u64;
    }
    Ok(moved)
}

/// The place after the line that stands at `at`; `at` itself when that line goes on for longer than `longest` bytes.
fn end_of_line(file: &mut File, at: u64, longest: u64) -> io::Result<u64> {
    file.seek(SeekFrom::Start(at))?;
    let mut rest = Vec::new();
    let read = BufReader::new(file.take(longest)).read_until(b'\n', &mut rest)? as u64;
    Ok(if rest.ends_with(b"\n") { at + read } else { at })
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
    use std::io::Write as _;

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
            cut(&log.path().into(), SMALL).unwrap().is_none(),
            "there is no log yet"
        );
        write(&log, 0..100);
        assert!(cut(&log.path().into(), SMALL).unwrap().is_none());
        write(&log, 100..200);
        let cut_once = cut(&log.path().into(), SMALL).unwrap().unwrap();
        assert_eq!((cut_once.before, cut_once.tail), (2_000, 290));
        assert_eq!(cut_once.after, log.path().metadata().unwrap().len());
        let kept = lines(&log);
        assert_eq!((&*kept[0], &*kept[10]), ("line 0000", "line 0010"));
        assert_eq!(kept[11], "… left out here: 160 lines, 1600 bytes");
        assert_eq!((&*kept[12], kept.len()), ("line 0171", 41));

        write(&log, 200..300);
        assert!(cut(&log.path().into(), SMALL).unwrap().is_some());
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
        cut(&log.path().into(), SMALL).unwrap();
        open.write_all(b"after\n").unwrap();
        assert_eq!(lines(&log).last().unwrap(), "after");
        assert!(!std::fs::read(log.path()).unwrap().contains(&0));
    }

    #[test]
    fn a_log_without_an_end_of_line_is_bounded_too() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::at(folder.path().join("log"));
        log.open().unwrap().write_all(&[b'x'; 5_000]).unwrap();
        cut(&log.path().into(), SMALL).unwrap();
        assert!(log.path().metadata().unwrap().len() < 500);
    }

    #[test]
    fn a_line_that_is_longer_than_a_log_may_be_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::at(folder.path().join("log"));
        let mut open = log.open().unwrap();
        for length in [500, 2_000, 900, 3_000, 5] {
            open.write_all(&[b'x'; 3_000][..length]).unwrap();
            open.write_all(b"\nand more\n").unwrap();
            cut(&log.path().into(), SMALL).unwrap();
            let text = std::fs::read_to_string(log.path()).unwrap();
            assert!(text.len() <= 1_000, "{length}: {}", text.len());
            assert!(text.ends_with("\nand more\n"), "{length}");
        }
    }

    #[test]
    fn a_reader_finds_the_end_at_every_moment_of_a_cut() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::at(folder.path().join("log"));
        let path = log.path().to_owned();
        let is_done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..100 {
                    write(&log, round * 100..(round + 1) * 100);
                    cut(&path.as_path().into(), SMALL).unwrap();
                }
                is_done.store(true, std::sync::atomic::Ordering::Relaxed);
            });
            let mut last = 0;
            loop {
                let is_last = is_done.load(std::sync::atomic::Ordering::Relaxed);
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let whole = text.rfind('\n').map_or("", |end| &text[..end]);
                let line = whole.lines().last().unwrap_or("line 0");
                let number: u32 = line.strip_prefix("line ").unwrap().parse().unwrap();
                assert!(number >= last, "{line} after {last}");
                last = number;
                if is_last {
                    break;
                }
            }
            assert_eq!(last, 9_999);
        });
    }
}
