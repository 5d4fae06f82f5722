//! Secrets are taken out of what comes of a run before it is kept or shown.

use std::{borrow::Cow, fs, io, os::unix::fs::OpenOptionsExt as _, path::Path};

use flowdeck_access::{folder::open_beside, id};
use flowdeck_connections::Masks;
use flowdeck_engines::engine::ExecutorReply;

use super::live::{LiveRun, PIECES};

/// Masks an answer of the executor.
pub(super) fn reply(masks: &Masks, reply: &mut ExecutorReply) {
    if masks.is_empty() {
        return;
    }
    let text = String::from_utf8_lossy(&reply.body);
    if let Cow::Owned(masked) = masks.json(&text) {
        reply.body = masked.into_bytes();
    }
}

impl LiveRun {
    /// Masks the log of a run that has ended.
    pub(super) fn mask_log(&self, log: &Path) {
        let pieces = log.with_file_name(PIECES);
        let masks = self.masks();
        let masked = mask_file(&masks, log).and_then(|()| mask_file(&masks, &pieces));
        if let Err(error) = masked {
            tracing::warn!(flow = %self.flow, %error, "secrets in a run's log could not be masked");
        }
    }
}

/// A log as it stands, masked: whoever writes to it goes on in the file itself. `None` where there is none.
pub(crate) fn masked_copy(masks: &Masks, log: &Path) -> io::Result<Option<fs::File>> {
    let mut opened = match open_beside(log) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if masks.is_empty() {
        return Ok(Some(opened));
    }
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut opened, &mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let copy = log.with_extension(format!("shown-{}", id::token()));
    let mut file = write_new(&copy, &masks.text(&text))?;
    fs::remove_file(&copy)?;
    io::Seek::rewind(&mut file)?;
    Ok(Some(file))
}

/// Masks a file that may be the session's user's: another takes its place.
fn mask_file(masks: &Masks, file: &Path) -> io::Result<()> {
    if masks.is_empty() {
        return Ok(());
    }
    let mut bytes = Vec::new();
    match open_beside(file) {
        Ok(mut opened) => io::Read::read_to_end(&mut opened, &mut bytes)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let text = String::from_utf8_lossy(&bytes);
    let Cow::Owned(masked) = masks.text(&text) else {
        return Ok(());
    };
    let beside = file.with_extension("masked");
    drop(write_new(&beside, &masked)?);
    fs::rename(beside, file)
}

/// Writes a file that is new, whatever was there; gives it open at its end, to read as well.
fn write_new(path: &Path, text: &str) -> io::Result<fs::File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_and_a_log_lose_their_secrets_and_nothing_else() {
        let masks = Masks::new(["sk-canary"]);
        let mut answer = ExecutorReply {
            status: 200,
            body: br#"{"output": {"a": "key sk-canary", "n": NaN}}"#.to_vec(),
        };
        reply(&masks, &mut answer);
        let body = String::from_utf8(answer.body).unwrap();
        assert_eq!(
            body,
            r#"{"output": {"a": "key **data_scrubbed**", "n": NaN}}"#
        );
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        mask_file(&masks, &log).unwrap();
        fs::write(&log, "one\nBearer sk-canary\n").unwrap();
        mask_file(&masks, &log).unwrap();
        assert_eq!(
            fs::read_to_string(&log).unwrap(),
            "one\nBearer **data_scrubbed**\n"
        );
    }
}
