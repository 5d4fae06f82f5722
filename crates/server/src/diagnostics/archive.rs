//! One archive of text files, a gzip-compressed tar. Every text is redacted on its way in: there is no other way in.

use std::{
    fs::File,
    io::{self, BufWriter, Seek as _},
};

use flate2::{Compression, write::GzEncoder};
use tar::{Builder, Header};

use super::redact::Redactor;

/// An archive that grows, in a file that nobody else sees and that is gone when it is closed.
pub(super) struct Archive {
    tar: Builder<GzEncoder<BufWriter<File>>>,
    folder: String,
    redactor: Redactor,
    /// Seconds since 1970.
    now: u64,
}

impl Archive {
    /// An empty one, whose files stand in `folder`.
    pub(super) fn new(folder: &str, redactor: Redactor, now: u64) -> io::Result<Self> {
        let file = BufWriter::new(tempfile::tempfile()?);
        Ok(Self {
            tar: Builder::new(GzEncoder::new(file, Compression::default())),
            folder: redactor.clean(folder),
            redactor,
            now,
        })
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

    /// The whole archive, to be read from its beginning.
    pub(super) fn finish(self) -> io::Result<File> {
        let written = self.tar.into_inner()?.finish()?;
        let mut file = written
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(file)
    }
}
