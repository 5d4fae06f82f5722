//! What tells environments from each other: everything that decides what an install brings, but for the credentials.

use std::{
    env, io,
    path::{Path, PathBuf},
};

use flowdeck_access::{
    folder::{EntryKind, Folder, ReadError},
    redact::without_passwords,
    requirements::RequirementFile,
};
use flowdeck_flow::LineKind;
use sha2::{Digest as _, Sha256};

use crate::engine::{Requirements, Variables};

/// Names what is kept of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(String);

/// What an environment is made from.
#[derive(Debug)]
pub(crate) struct Ingredients<'a> {
    /// The base environment's folder, whose name follows from its lock and its Python.
    pub(crate) base: &'a Path,
    /// The user whose sessions alone share what is kept, where sessions have users of their own.
    pub(crate) user: Option<u32>,
    /// The settings of uv that come from the machine.
    pub(crate) variables: &'a Variables,
    pub(crate) requirements: &'a Requirements,
}

/// More than this is not read to tell whether a local package is the same.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
const MOST_FILES: usize = 10_000;

impl Key {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// That of an environment; `Err` says, as a half sentence, why such a one is not kept.
    pub(crate) fn of(ingredients: &Ingredients<'_>) -> Result<Self, String> {
        let mut hash = Parts::default();
        hash.add("base", ingredients.base.as_os_str().as_encoded_bytes());
        if let Some(user) = ingredients.user {
            hash.add("user", &user.to_be_bytes());
        }
        for (name, value) in ingredients.variables {
            hash.add(name, without_passwords(value).as_bytes());
        }
        // uv's own, which it takes from the server's environment.
        for (name, value) in env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"UV_") {
                let value = without_passwords(&value.to_string_lossy());
                hash.add(&name.to_string_lossy(), value.as_bytes());
            }
        }
        let set = &ingredients.requirements.set;
        if let Some(line) = set.elsewhere().first() {
            return Err(format!("‘{line}’ is a file outside the flow folder"));
        }
        // Names what these keys are made of: none is one of an earlier version's.
        hash.add("requirements", b"as decoded");
        for file in set.files() {
            hash.add(&file.name, file.text.as_bytes());
            hash.variables(&file.text);
            hash.local(set.folder(), file)?;
        }
        Ok(Self(hex::encode(hash.hash.finalize())[..32].to_owned()))
    }

    #[cfg(test)]
    pub(super) fn of_text(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[derive(Default)]
struct Parts {
    hash: Sha256,
    bytes: u64,
    files: usize,
}

impl Parts {
    fn add(&mut self, name: &str, content: &[u8]) {
        for part in [name.as_bytes(), content] {
            self.hash.update((part.len() as u64).to_be_bytes());
            self.hash.update(part);
        }
    }

    /// `${NAME}` is the variable's value to uv.
    fn variables(&mut self, text: &str) {
        for (_, rest) in text
            .match_indices("${")
            .map(|(at, _)| text.split_at(at + 2))
        {
            if let Some((name, _)) = rest.split_once('}') {
                let value = env::var_os(name).unwrap_or_default();
                self.add(name, value.as_encoded_bytes());
            }
        }
    }

    /// The files and folders on this disk that a requirements file names.
    fn local(&mut self, folder: &Path, file: &RequirementFile) -> Result<(), String> {
        for line in &file.lines {
            if line.text.starts_with("-e") || line.text.starts_with("--editable") {
                return Err(format!("‘{}’ is a folder that is used in place", line.text));
            }
            let named = match &line.kind {
                LineKind::Located { location } => location.as_str(),
                // A package by its name and where it is.
                LineKind::Named { .. } => line.text.split_once('@').map_or("", |(_, at)| at.trim()),
                LineKind::Index(location) => location.as_str(),
                _ => "",
            };
            let Some(path) = local_path(named) else {
                continue;
            };
            let mut places =
                [folder.join(&path), folder.join(file.beside()).join(&path)].into_iter();
            if let Some(place) = places.find(|place| place.exists()) {
                let read = self.tree(&place);
                read.map_err(|error| format!("can’t read all of ‘{named}’: {error}"))?;
            }
        }
        Ok(())
    }

    /// Regular files alone, each up to what is left of all.
    fn tree(&mut self, top: &Path) -> Result<(), ReadError> {
        let Ok(folder) = Folder::open(top) else {
            let name = top.file_name().unwrap_or_default();
            let beside = Folder::open(top.parent().unwrap_or(top))?;
            return self.file(&beside, Path::new(name), Path::new(""));
        };
        let mut folders = vec![PathBuf::new()];
        while let Some(name) = folders.pop() {
            let path = if name.as_os_str().is_empty() {
                Path::new(".")
            } else {
                name.as_path()
            };
            let inner = folder.folder(path)?;
            for (entry, kind) in inner.entries()? {
                let left_out = [".git", "__pycache__", "build", ".venv"];
                if left_out.iter().any(|left_out| entry == *left_out) {
                    continue;
                }
                match kind {
                    EntryKind::Folder => folders.push(name.join(&entry)),
                    EntryKind::File => self.file(&inner, Path::new(&entry), &name.join(&entry))?,
                }
            }
        }
        Ok(())
    }

    fn file(&mut self, folder: &Folder, name: &Path, shown: &Path) -> Result<(), ReadError> {
        let bytes = folder.read(name, MOST_BYTES.saturating_sub(self.bytes))?;
        self.bytes += bytes.len() as u64;
        self.files += 1;
        if self.files > MOST_FILES {
            return Err(ReadError::Io(io::Error::other("there is too much of it")));
        }
        self.add(&shown.to_string_lossy(), &bytes);
        Ok(())
    }
}

/// The path that a line means; `None` for an address elsewhere.
fn local_path(named: &str) -> Option<PathBuf> {
    let end = named.find(['#', ';', '[']).unwrap_or(named.len());
    let bare = named[..end].trim();
    let path = match bare.strip_prefix("file:") {
        Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
        None if bare.contains("://") => return None,
        None => bare,
    };
    (!path.is_empty()).then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn everything_that_decides_what_is_installed_decides_the_key() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path();
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "r.txt",
            "flask\n-r more.txt\n./w/x-1.whl\n./local\n-f wheels\n",
        );
        write("more.txt", "-c c.txt\n");
        for name in [
            "c.txt",
            "w/x-1.whl",
            "local/setup.py",
            "local/build/x",
            "wheels/y-1.whl",
        ] {
            write(name, "1");
        }
        let key_for = |user: Option<u32>, base: &str, variable: &str| {
            Key::of(&Ingredients {
                base: Path::new(base),
                user,
                variables: &Variables::from([("UV_INDEX".to_owned(), variable.to_owned())]),
                requirements: &Requirements::read(folder, "r.txt").unwrap(),
            })
        };
        let key = |base: &str, variable: &str| key_for(None, base, variable);
        let first = key("/b", "i").unwrap();
        let of_users = [1, 2].map(|user| key_for(Some(user), "/b", "i").unwrap());
        assert!(of_users[0] != of_users[1] && !of_users.contains(&first));
        assert_eq!(
            key("/b", "https://me:old@h/simple"),
            key("/b", "https://me:new@h/simple"),
            "whoever opens an index"
        );
        assert_eq!(key("/b", "i").unwrap(), first);
        assert!(key("/c", "i").unwrap() != first && key("/b", "j").unwrap() != first);
        for name in [
            "c.txt",
            "w/x-1.whl",
            "local/setup.py",
            "wheels/y-1.whl",
            "more.txt",
        ] {
            let before = fs::read_to_string(folder.join(name)).unwrap();
            write(name, &format!("{before}# 2\n"));
            assert_ne!(key("/b", "i").unwrap(), first, "{name}");
            write(name, &before);
        }
        write("local/build/x", "2");
        assert_eq!(key("/b", "i").unwrap(), first, "what a build leaves");
        write("r.txt", "flask\n-e ./local\n");
        assert!(key("/b", "i").unwrap_err().contains("used in place"));
    }

    #[test]
    fn addresses_are_no_paths() {
        assert_eq!(local_path("https://{private}@h/simple"), None);
        assert_eq!(
            local_path("file:///w/x.whl#sha256=1"),
            Some("/w/x.whl".into())
        );
        assert_eq!(local_path("./w/x.whl[y] ; z"), Some("./w/x.whl".into()));
    }
}
