//! A package that is built into the product, and the licence texts that it comes with.

use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// How the names of files with licences and notices begin, in any case.
const NAMES: [&str; 6] = [
    "license",
    "licence",
    "copying",
    "copyright",
    "notice",
    "unlicense",
];

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// As the package names it, most often an SPDX expression.
    pub(super) licence: String,
    pub(super) repository: Option<String>,
    /// Whose it is, where no text says so.
    pub(super) holders: String,
    /// Where its files are; `None` where there are none to read.
    pub(super) folder: Option<PathBuf>,
}

impl Package {
    /// Compiled into the app and the server, and no package of any lock file.
    pub(super) fn standard_library() -> Self {
        Self {
            name: "The Rust standard library".to_owned(),
            version: String::new(),
            licence: "MIT OR Apache-2.0".to_owned(),
            repository: Some("https://github.com/rust-lang/rust".to_owned()),
            holders: "The Rust Project contributors".to_owned(),
            folder: None,
        }
    }

    /// The texts that it comes with, in the order of their files' names.
    pub(super) fn texts(&self) -> Result<Vec<String>> {
        let Some(folder) = &self.folder else {
            return Ok(Vec::new());
        };
        let cannot_read = |path: &Path| format!("cannot read {}", path.display());
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).with_context(|| cannot_read(folder))? {
            let path = entry.with_context(|| cannot_read(folder))?.path();
            let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
            let name = name.to_string_lossy();
            if path.is_file() && NAMES.iter().any(|known| name.starts_with(known)) {
                files.push(path);
            }
        }
        files.sort_unstable();
        files
            .iter()
            .map(|path| {
                let bytes = fs::read(path).with_context(|| cannot_read(path))?;
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            })
            .collect()
    }
}
