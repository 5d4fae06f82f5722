//! Writing beneath a folder that a session's user can write into, too: whatever links are put there, nothing beyond it
//! changes.

use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::Path,
    time::SystemTime,
};

use cap_std::fs::{OpenOptions, OpenOptionsExt as _, Permissions, PermissionsExt as _};

use super::{Folder, ReadError, copy, within};
use crate::id;

/// A file of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// When it was last written.
    pub modified: SystemTime,
    /// Its size.
    pub bytes: u64,
    /// Its name.
    pub name: OsString,
}

impl Folder {
    /// The folder at `name` in this one, which is made where there is none.
    ///
    /// # Errors
    /// [`ReadError`], also when something else has its name, or a link that leads outside.
    pub fn make(&self, name: impl AsRef<Path>) -> Result<Self, ReadError> {
        let name = name.as_ref();
        match self.folder(name) {
            Err(ReadError::Missing) => {
                self.dir.create_dir_all(name)?;
                self.folder(name)
            }
            opened => opened,
        }
    }

    /// Puts a file of this content and mode there, whole, in the place of the one that has its name.
    ///
    /// # Errors
    /// [`ReadError`]; what had its name is as it was.
    pub fn put(&self, name: &str, content: &[u8], mode: u32) -> Result<(), ReadError> {
        let passing = format!(".{}", id::token());
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let mut file = self.dir.open_with(&passing, &options)?;
        let written = file
            .write_all(content)
            .and_then(|()| file.set_permissions(Permissions::from_mode(mode)))
            .and_then(|()| self.dir.rename(&passing, &self.dir, name));
        if written.is_err()
            && let Err(error) = self.remove(&passing)
        {
            tracing::warn!(%error, "a file that could not be written whole could not be removed");
        }
        Ok(written?)
    }

    /// Copies the file at `name` of another folder, of at most `limit` bytes, with its permissions there, in the place of the
    /// one that has its name; gives how many bytes.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn take(
        &self,
        from: &Folder,
        name: impl AsRef<Path>,
        limit: u64,
        to: impl AsRef<Path>,
    ) -> Result<u64, ReadError> {
        let (name, to) = (name.as_ref(), to.as_ref());
        let file = from.open_to_read(name)?;
        let permissions = Permissions::from_std(file.metadata()?.permissions());
        within(&file, name, limit)?;
        self.remove(to)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let mut target = self.dir.open_with(to, &options)?;
        let copied = copy(file, name, limit, &mut target)?;
        target.set_permissions(permissions)?;
        Ok(copied)
    }

    /// Removes the folder at `name` with all that is in it, or a link itself; fine when there is none.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn remove_folder(&self, name: impl AsRef<Path>) -> Result<(), ReadError> {
        let name = name.as_ref();
        match self.dir.remove_dir_all(name) {
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => self.remove(name),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Removes a file, or a link itself; fine when there is none.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn remove(&self, name: impl AsRef<Path>) -> Result<(), ReadError> {
        match self.dir.remove_file(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Its regular files, and links as what they are themselves; those that were written last come last.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn files(&self) -> Result<Vec<Kept>, ReadError> {
        let mut files = Vec::new();
        for entry in self.dir.entries()? {
            let entry = entry?;
            let metadata = match self.dir.symlink_metadata(entry.file_name()) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                metadata => metadata?,
            };
            if !metadata.is_dir() {
                files.push(Kept {
                    modified: metadata.modified()?.into_std(),
                    bytes: metadata.len(),
                    name: entry.file_name(),
                });
            }
        }
        files.sort();
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::fs::{PermissionsExt as _, symlink},
    };

    use super::*;

    #[test]
    fn nothing_beyond_the_folder_changes() {
        let top = tempfile::tempdir().unwrap();
        let (mine, other) = (top.path().join("mine"), top.path().join("other"));
        fs::create_dir(&mine).unwrap();
        fs::create_dir(&other).unwrap();
        fs::write(other.join("a"), "theirs").unwrap();
        let folder = Folder::open(&mine).unwrap();
        symlink("../other", mine.join("in")).unwrap();
        symlink("../none", mine.join("nowhere")).unwrap();
        assert!(matches!(folder.make("in"), Err(ReadError::Outside)));
        assert!(folder.make("nowhere").is_err());
        assert!(!top.path().join("none").exists());

        symlink("../other/a", mine.join("a")).unwrap();
        folder.put("a", b"mine", 0o644).unwrap();
        assert_eq!(fs::read_to_string(mine.join("a")).unwrap(), "mine");
        let mode = fs::metadata(mine.join("a")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644);
        folder.remove("in").unwrap();
        folder.remove("in").unwrap();
        assert_eq!(fs::read_to_string(other.join("a")).unwrap(), "theirs");
        assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_moved_away_under_it_is_still_the_one_that_is_written() {
        let top = tempfile::tempdir().unwrap();
        let (kept, other) = (top.path().join("f/kept"), top.path().join("other"));
        fs::create_dir_all(&kept).unwrap();
        fs::create_dir(&other).unwrap();
        let folder = Folder::open(&top.path().join("f")).unwrap();
        let opened = folder.make("kept").unwrap();
        fs::rename(&kept, top.path().join("f/moved")).unwrap();
        symlink("../other", &kept).unwrap();
        opened.put("a", b"x", 0o600).unwrap();
        assert!(top.path().join("f/moved/a").exists());
        assert_eq!(fs::read_dir(&other).unwrap().count(), 0);
    }

    #[test]
    fn a_copy_and_a_removal_follow_no_link_out_of_the_folder() {
        let top = tempfile::tempdir().unwrap();
        let (mine, other) = (top.path().join("mine"), top.path().join("other"));
        fs::create_dir_all(mine.join("deep/er")).unwrap();
        fs::create_dir(&other).unwrap();
        fs::write(other.join("a"), "theirs").unwrap();
        fs::set_permissions(other.join("a"), fs::Permissions::from_mode(0o751)).unwrap();
        let (folder, from) = (Folder::open(&mine).unwrap(), Folder::open(&other).unwrap());
        symlink("../other/b", mine.join("b")).unwrap();
        assert_eq!(folder.take(&from, "a", 6, "b").unwrap(), 6);
        assert_eq!(fs::read_to_string(mine.join("b")).unwrap(), "theirs");
        let mode = fs::symlink_metadata(mine.join("b"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o751);
        assert!(!other.join("b").exists());
        assert!(matches!(
            folder.take(&from, "a", 5, "b"),
            Err(ReadError::TooLarge(_))
        ));
        assert!(matches!(
            folder.take(&from, "a", 6, "deep"),
            Err(ReadError::Special)
        ));

        symlink("../other", mine.join("out")).unwrap();
        assert!(matches!(
            folder.take(&from, "a", 6, "out/c"),
            Err(ReadError::Outside)
        ));
        symlink("../../other", mine.join("deep/out")).unwrap();
        for name in ["out", "deep", "b", "nothing"] {
            folder.remove_folder(name).unwrap();
        }
        assert_eq!(fs::read_dir(&mine).unwrap().count(), 0);
        assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
    }

    #[test]
    fn files_are_listed_from_the_oldest_on_without_what_passes() {
        let top = tempfile::tempdir().unwrap();
        let folder = Folder::open(top.path()).unwrap();
        for (name, seconds) in [("b", 1), ("a", 2)] {
            folder.put(name, b"text", 0o600).unwrap();
            let file = fs::File::open(top.path().join(name)).unwrap();
            let age = std::time::Duration::from_secs(seconds);
            file.set_modified(SystemTime::UNIX_EPOCH + age).unwrap();
        }
        fs::create_dir(top.path().join("sub")).unwrap();
        let files = folder.files().unwrap();
        let names: Vec<_> = files.iter().map(|file| (&*file.name, file.bytes)).collect();
        assert_eq!(names, [("b".as_ref(), 4), ("a".as_ref(), 4)]);
    }
}
