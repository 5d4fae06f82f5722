//! One flow's folder: opens and reads its files.

use std::{io, sync::Arc};

use cap_std::fs::{Dir, Metadata};
use flowdeck_compute::folder::{self, ReadError};
use flowdeck_contract::{
    files::{EDITABLE_LIMIT, FileEntry, FileKind, TooLarge},
    ids::FilePath,
};

use crate::files::{
    ContentCache, ETag, FileError,
    cache::{Content, Stamp},
    names::is_hidden,
};

/// A flow's folder; what is beyond it cannot be reached through this.
#[derive(Clone, Debug)]
pub struct FlowFolder {
    pub(crate) dir: Arc<Dir>,
    pub(crate) cache: Arc<ContentCache>,
}

/// A text file, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// Its text, byte for byte.
    pub text: String,
    /// Its tag.
    pub etag: ETag,
}

impl FlowFolder {
    /// The files below `dir`.
    #[must_use]
    pub fn new(dir: Dir, cache: Arc<ContentCache>) -> Self {
        Self {
            dir: Arc::new(dir),
            cache,
        }
    }

    /// Reads a text file.
    ///
    /// # Errors
    /// [`FileError`], also for what isn't text or is larger than [`EDITABLE_LIMIT`].
    pub fn read(&self, path: &FilePath) -> Result<TextFile, FileError> {
        let bytes = self.read_bytes(path)?;
        let etag = ETag::of(&bytes);
        match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => Ok(TextFile { text, etag }),
            _ => Err(FileError::NotText(path.to_string())),
        }
    }

    /// The entry of a file or folder as it stands now; `None` when it is not there.
    ///
    /// # Errors
    /// [`FileError`] when nobody could look.
    pub fn entry(&self, path: &FilePath) -> Result<Option<FileEntry>, FileError> {
        refuse_hidden(path)?;
        match self.dir.symlink_metadata(path.as_str()) {
            Ok(metadata) => self.describe(path, &metadata).map(Some),
            Err(error) => match FileError::of(path, error) {
                FileError::NotFound(_) => Ok(None),
                error => Err(error),
            },
        }
    }

    /// The metadata of a file, links followed; `None` when it is not there. A link that leads out is its own metadata,
    /// so that it counts as there and fails when it is read.
    pub(crate) fn stat(&self, path: &FilePath) -> Result<Option<Metadata>, FileError> {
        let outside = |error: &io::Error| error.kind() != io::ErrorKind::NotFound;
        let found = match self.dir.metadata(path.as_str()) {
            Err(error) if outside(&error) => self.dir.symlink_metadata(path.as_str()),
            found => found,
        };
        match found.map_err(|error| FileError::of(path, error)) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(FileError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the file at `path` is, given its own metadata (a link's are the link's).
    pub(crate) fn describe(
        &self,
        path: &FilePath,
        metadata: &Metadata,
    ) -> Result<FileEntry, FileError> {
        let mut entry = FileEntry {
            path: path.clone(),
            kind: FileKind::Folder,
            size: 0,
            modified: modified(metadata),
            etag: String::new(),
        };
        if metadata.is_dir() {
            return Ok(entry);
        }
        let target;
        let metadata = if metadata.is_symlink() {
            match self.dir.metadata(path.as_str()) {
                Ok(metadata) if !metadata.is_dir() => target = metadata,
                _ => {
                    entry.kind = FileKind::OutsideLink;
                    return Ok(entry);
                }
            }
            &target
        } else {
            metadata
        };
        let content = self.content(path, metadata)?;
        entry.modified = modified(metadata);
        entry.size = metadata.len();
        entry.kind = content.kind;
        entry.etag = content.etag.as_str().to_owned();
        Ok(entry)
    }

    fn content(&self, path: &FilePath, metadata: &Metadata) -> Result<Content, FileError> {
        let by_stamp = |kind| Content {
            kind,
            etag: ETag::of_stamp(&Stamp::of(metadata)),
        };
        if !metadata.is_file() {
            return Ok(by_stamp(FileKind::Binary));
        }
        if metadata.len() > EDITABLE_LIMIT {
            return Ok(by_stamp(FileKind::TooLarge));
        }
        if let Some(content) = self.cache.get(metadata) {
            return Ok(content);
        }
        match self.read_bytes(path) {
            Ok(bytes) => {
                let content = Content {
                    kind: kind_of(&bytes),
                    etag: ETag::of(&bytes),
                };
                self.cache.put(metadata, &content);
                Ok(content)
            }
            // It is there but may not be read: listed as something that cannot be opened.
            Err(FileError::Denied(_)) => Ok(by_stamp(FileKind::Binary)),
            Err(FileError::TooLarge(_)) => Ok(by_stamp(FileKind::TooLarge)),
            Err(error) => Err(error),
        }
    }

    /// Opens any file to read it, from its beginning.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn open(&self, path: &FilePath) -> Result<std::fs::File, FileError> {
        refuse_hidden(path)?;
        let opened = folder::open_to_read_in(&self.dir, path.as_str());
        opened.map_err(|error| self.unread(path, error))
    }

    pub(crate) fn read_bytes(&self, path: &FilePath) -> Result<Vec<u8>, FileError> {
        refuse_hidden(path)?;
        let read = folder::read_in(&self.dir, path.as_str(), EDITABLE_LIMIT);
        read.map_err(|error| self.unread(path, error))
    }

    fn unread(&self, path: &FilePath, error: ReadError) -> FileError {
        let name = path.to_string();
        match error {
            ReadError::Missing => FileError::NotFound(name),
            ReadError::Outside => FileError::Outside(name),
            ReadError::Special => match self.dir.metadata(path.as_str()) {
                Ok(metadata) if metadata.is_dir() => FileError::Folder(name),
                _ => FileError::Special(name),
            },
            ReadError::TooLarge(_) => FileError::TooLarge(TooLarge::to_edit(name)),
            ReadError::Io(source) => FileError::of(path, source),
        }
    }
}

pub(crate) fn refuse_hidden(path: &FilePath) -> Result<(), FileError> {
    if is_hidden(path.as_str()) {
        return Err(FileError::Hidden(path.to_string()));
    }
    Ok(())
}

fn kind_of(bytes: &[u8]) -> FileKind {
    if bytes.contains(&0) || std::str::from_utf8(bytes).is_err() {
        FileKind::Binary
    } else {
        FileKind::Text
    }
}

pub(crate) fn modified(metadata: &Metadata) -> flowdeck_contract::Millis {
    match metadata.modified() {
        Ok(time) => crate::time::millis(time.into_std()),
        // Every file system that flows can stand on keeps times.
        Err(_) => flowdeck_contract::Millis(0),
    }
}
