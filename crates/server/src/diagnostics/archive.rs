//! One archive of text files, a gzip-compressed tar. Every text is redacted on its way in: there is no other way in.

use std::io;

use flate2::{Compression, write::GzEncoder};
use tar::{Builder, Header};

use super::redact::Redactor;

/// An archive that grows.
pub(super) struct Archive {
    tar: Builder<GzEncoder<Vec<u8>>>,
    folder: String,
    redactor: Redactor,
    /// Seconds since 1970.
    now: u64,
}

impl Archive {
    /// An empty one, whose files stand in `folder`.
    pub(super) fn new(folder: &str, redactor: Redactor, now: u64) -> Self {
        Self {
            tar: Builder::new(GzEncoder::new(Vec::new(), Compression::default())),
            folder: redactor.clean(folder),
            redactor,
            now,
        }
    }

    /// Adds a file, redacted.
    pub(super) fn add(&mut self, name: &str, text: &str) -> io::Result<()> {
        let text = self.redactor.clean(text);
        let mut header = Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(self.now);
        let path = format!("{}/{name}", self.folder);
        self.tar.append_data(&mut header, path, text.as_bytes())
    }

    /// The archive's bytes.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        self.tar.into_inner()?.finish()
    }
}
