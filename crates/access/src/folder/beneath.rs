//! A file of the server's in a folder that sessions write into, too.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use cap_std::fs::{OpenOptions, OpenOptionsExt as _};

use super::{Folder, NON_BLOCKING, ReadError};

/// A link is not followed (Linux's `O_NOFOLLOW`).
const NO_FOLLOW: i32 = 0o400_000;

/// A file that is reached beneath a folder alone: a link out of that, or a pipe in the file's place, is refused.
#[derive(Clone, Debug)]
pub struct FileBeneath {
    top: PathBuf,
    name: PathBuf,
}

impl FileBeneath {
    /// The file `name`, a relative path, in the folder `top`.
    #[must_use]
    pub fn new(top: impl Into<PathBuf>, name: impl Into<PathBuf>) -> Self {
        let (top, name) = (top.into(), name.into());
        Self { top, name }
    }

    /// The file called `name` beside this one.
    #[must_use]
    pub fn beside(&self, name: &str) -> Self {
        Self::new(&self.top, self.name.with_file_name(name))
    }

    /// Opens it to read.
    ///
    /// # Errors
    /// `NotFound` when it isn't there; also when it isn't a regular file beneath its folder.
    pub fn open(&self) -> io::Result<File> {
        Ok(Folder::open(&self.top)?.open_to_read(&self.name)?)
    }

    /// Opens it to read and change.
    ///
    /// # Errors
    /// Those of [`FileBeneath::open`]; also when it's a link.
    pub fn open_to_change(&self) -> io::Result<File> {
        let folder = Folder::open(&self.top)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        options.custom_flags(NON_BLOCKING | NO_FOLLOW);
        let file = folder.dir.open_with(&self.name, &options);
        let file = file.map_err(ReadError::from)?.into_std();
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(ReadError::Special.into()),
        }
    }
}

impl From<&Path> for FileBeneath {
    /// The file in the folder that is its parent.
    fn from(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default();
        Self::new(path.parent().unwrap_or(Path::new(".")), name)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn a_link_that_leads_elsewhere_is_neither_read_nor_changed() {
        let root = tempfile::tempdir().unwrap();
        let top = root.path().join("mine");
        fs::create_dir_all(top.join("run")).unwrap();
        fs::create_dir(root.path().join("theirs")).unwrap();
        fs::write(root.path().join("theirs/log"), "x").unwrap();
        fs::write(top.join("run/log"), "x").unwrap();
        symlink("../theirs", top.join("away")).unwrap();
        symlink("../../theirs/log", top.join("run/out")).unwrap();
        symlink("log", top.join("run/near")).unwrap();
        let file = |name: &str| FileBeneath::new(&top, name);
        assert!(file("run/log").open().is_ok() && file("run/log").open_to_change().is_ok());
        assert!(file("run/near").open().is_ok());
        assert!(FileBeneath::from(&*top.join("run/log")).open().is_ok());
        for name in ["away/log", "run/out", "run"] {
            assert!(file(name).open().is_err(), "{name}");
            assert!(file(name).open_to_change().is_err(), "{name}");
        }
        assert!(file("run/near").open_to_change().is_err());
        for name in ["none", "run/none", "none/log"] {
            let error = file(name).open().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound, "{name}");
        }
    }
}
