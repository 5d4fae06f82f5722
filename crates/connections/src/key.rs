//! The keys that seal secrets, in a file that the server's user alone can read.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::ConnectionError;

/// How many bytes a key has.
pub(crate) const LENGTH: usize = 32;
/// A longer file holds no keys.
const LONGEST: u64 = 4096;

/// A key, and what it's known by.
pub(crate) struct Key {
    /// Says nothing of the key but which one it is.
    pub(crate) id: String,
    pub(crate) bytes: Zeroizing<[u8; LENGTH]>,
}

/// The file of the keys: a line each, the one that seals first.
#[derive(Clone, Debug)]
pub(crate) struct KeyFile(PathBuf);

impl Key {
    pub(crate) fn random() -> Result<Self, ConnectionError> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        getrandom::fill(&mut *bytes).map_err(|_| ConnectionError::NoRandom)?;
        Ok(Self::of(bytes))
    }

    fn of(bytes: Zeroizing<[u8; LENGTH]>) -> Self {
        let hash = Sha256::new()
            .chain_update("flowdeck secrets key")
            .chain_update(*bytes)
            .finalize();
        let id = hash.iter().take(8).map(|byte| format!("{byte:02x}"));
        Self {
            id: id.collect(),
            bytes,
        }
    }

    fn read(line: &str) -> Option<Self> {
        let decoded = Zeroizing::new(BASE64_STANDARD.decode(line.trim()).ok()?);
        let bytes: [u8; LENGTH] = decoded.as_slice().try_into().ok()?;
        Some(Self::of(Zeroizing::new(bytes)))
    }
}

impl KeyFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The keys, the one that seals first.
    pub(crate) fn read(&self) -> Result<Vec<Key>, ConnectionError> {
        let failed = |source| ConnectionError::KeyFile {
            file: self.0.clone(),
            source,
        };
        let file = match File::open(&self.0) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ConnectionError::KeyMissing(self.0.clone()));
            }
            Err(error) => return Err(failed(error)),
        };
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(ConnectionError::KeyUnreadable(self.0.clone()));
        }
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(ConnectionError::KeyOpen(self.0.clone()));
        }
        let mut text = Zeroizing::new(String::new());
        let read = file.take(LONGEST).read_to_string(&mut text);
        match read {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(ConnectionError::KeyUnreadable(self.0.clone()));
            }
            read => read.map_err(failed)?,
        };
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let keys: Option<Vec<Key>> = lines.map(Key::read).collect();
        keys.filter(|keys| !keys.is_empty())
            .ok_or_else(|| ConnectionError::KeyUnreadable(self.0.clone()))
    }

    /// Writes the keys in the place of what the file holds; it's there whole or as before.
    pub(crate) fn write(&self, keys: &[&Key]) -> Result<(), ConnectionError> {
        let failed = |source| ConnectionError::KeyFile {
            file: self.0.clone(),
            source,
        };
        let mut temporary = self.0.clone().into_os_string();
        temporary.push(".new");
        let temporary = PathBuf::from(temporary);
        // What an interrupted write left may have another mode.
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)
            .map_err(failed)?;
        for key in keys {
            let line = Zeroizing::new(BASE64_STANDARD.encode(*key.bytes));
            writeln!(file, "{}", *line).map_err(failed)?;
        }
        file.sync_all().map_err(failed)?;
        fs::rename(&temporary, &self.0).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_for_its_user_alone_and_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::new(folder.path().join("key"));
        assert!(matches!(file.read(), Err(ConnectionError::KeyMissing(_))));
        let (new, old) = (Key::random().unwrap(), Key::random().unwrap());
        file.write(&[&new, &old]).unwrap();
        let ids: Vec<String> = file.read().unwrap().into_iter().map(|key| key.id).collect();
        assert_eq!(ids, [new.id, old.id]);
        let mode = fs::metadata(file.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(file.read(), Err(ConnectionError::KeyOpen(_))));
    }

    #[test]
    fn what_holds_no_key_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::new(folder.path().join("key"));
        for content in [&b""[..], b"abc", b"\xff\xfe", b"YWJj\n"] {
            fs::write(file.path(), content).unwrap();
            fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).unwrap();
            assert!(matches!(
                file.read(),
                Err(ConnectionError::KeyUnreadable(_))
            ));
        }
    }
}
