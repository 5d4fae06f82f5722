//! Secrets are taken out of what comes of a run before it is kept or shown.

use std::{
    borrow::Cow,
    fs,
    io::{self, Read as _, Seek as _, Write as _},
};

use flowdeck_access::folder::{Folder, ReadError};
use flowdeck_connections::Masks;
use flowdeck_engines::engine::ExecutorReply;

use super::live::{LiveRun, PIECES};
use crate::paths::{PRIVATE, RUN_LOG};

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
    pub(super) fn mask_log(&self, folder: Result<Folder, ReadError>) {
        let masks = self.masks();
        let masked = folder.and_then(|folder| {
            mask_file(&masks, &folder, RUN_LOG)?;
            mask_file(&masks, &folder, PIECES)
        });
        if let Err(error) = masked {
            tracing::warn!(flow = %self.flow, %error, "secrets in a run's log could not be masked");
        }
    }
}

/// A log as it stands, masked: whoever writes to it goes on in the file itself.
pub(crate) fn masked_copy(masks: &Masks, mut log: fs::File) -> io::Result<fs::File> {
    if masks.is_empty() {
        return Ok(log);
    }
    let mut bytes = Vec::new();
    log.read_to_end(&mut bytes)?;
    let mut copy = tempfile::tempfile()?;
    copy.write_all(masks.text(&String::from_utf8_lossy(&bytes)).as_bytes())?;
    copy.rewind()?;
    Ok(copy)
}

/// Masks a file that may be the session's user's: another takes its place.
fn mask_file(masks: &Masks, folder: &Folder, name: &str) -> Result<(), ReadError> {
    if masks.is_empty() {
        return Ok(());
    }
    let mut bytes = Vec::new();
    match folder.open_to_read(name) {
        Ok(mut file) => file.read_to_end(&mut bytes)?,
        Err(ReadError::Missing) => return Ok(()),
        Err(error) => return Err(error),
    };
    let text = String::from_utf8_lossy(&bytes);
    match masks.text(&text) {
        Cow::Owned(masked) => folder.put(name, masked.as_bytes(), PRIVATE),
        Cow::Borrowed(_) => Ok(()),
    }
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
        let top = tempfile::tempdir().unwrap();
        let (folder, log) = (Folder::open(top.path()).unwrap(), top.path().join("log"));
        mask_file(&masks, &folder, "log").unwrap();
        fs::write(&log, "one\nBearer sk-canary\n").unwrap();
        mask_file(&masks, &folder, "log").unwrap();
        assert_eq!(
            fs::read_to_string(&log).unwrap(),
            "one\nBearer **data_scrubbed**\n"
        );
    }
}
