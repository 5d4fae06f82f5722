//! The files of a flow as a run finds them, within bounds: kept beside the run, so that two runs can be compared.

use std::io;

use flowdeck_access::folder::{EntryKind, Folder, ReadError};
use flowdeck_connections::Masks;
use flowdeck_contract::{
    ids::{FilePath, FlowId, RunId},
    runs::{RunFile, RunFiles},
};
use sha2::{Digest as _, Sha256};

use crate::{
    error::ComputeError,
    paths::{PRIVATE, RUN_FILES},
    runs::Runs,
};

/// So many files are remembered…
const MOST_FILES: usize = 500;
/// …in folders that are so deep.
const DEEPEST: usize = 12;
/// So many bytes of one file are read…
const LARGEST: u64 = 1_000_000;
/// …and of all together.
const MOST_BYTES: usize = 8_000_000;
/// So many bytes of one text are kept…
const LONGEST_TEXT: usize = 64_000;
/// …and of all together.
const MOST_TEXT: usize = 256_000;

/// The record is never larger: each text can be three times as long as JSON, and paths come on top.
const LARGEST_RECORD: u64 = 4_000_000;

/// What a run writes, or a tool leaves: no part of what a flow is.
fn is_passing(name: &str) -> bool {
    name.starts_with('.') || name == "__pycache__"
}

/// Writes down what is in the flow's `folder` for the run whose folder is `to`.
pub(super) fn keep(
    folder: Result<&Folder, &ReadError>,
    to: &Folder,
    masks: &Masks,
) -> io::Result<()> {
    let mut walk = Walk {
        masks,
        found: RunFiles::default(),
        bytes: 0,
        text: 0,
    };
    match folder {
        Ok(folder) => walk.folder(folder, "", 0),
        Err(_) => walk.found.incomplete = true,
    }
    let json = serde_json::to_vec(&walk.found)?;
    Ok(to.put(RUN_FILES, &json, PRIVATE)?)
}

struct Walk<'a> {
    masks: &'a Masks,
    found: RunFiles,
    bytes: usize,
    text: usize,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Folder, before: &str, depth: usize) {
        let Ok(entries) = folder.entries() else {
            self.found.incomplete = true;
            return;
        };
        for (name, kind) in entries {
            let Some(name) = name.to_str() else {
                self.found.incomplete = true;
                continue;
            };
            if is_passing(name) {
                continue;
            }
            if self.found.files.len() >= MOST_FILES {
                self.found.incomplete = true;
                return;
            }
            let path = format!("{before}{name}");
            match kind {
                EntryKind::File => self.file(folder, name, &path),
                EntryKind::Folder if depth < DEEPEST => match folder.folder(name) {
                    Ok(inner) => self.folder(&inner, &format!("{path}/"), depth + 1),
                    Err(_) => self.found.incomplete = true,
                },
                EntryKind::Folder => self.found.incomplete = true,
            }
        }
    }

    fn file(&mut self, folder: &Folder, name: &str, path: &str) {
        let Ok(path) = FilePath::try_from(path) else {
            self.found.incomplete = true;
            return;
        };
        let read = match self.bytes >= MOST_BYTES {
            true => None,
            false => match folder.read(name, LARGEST) {
                Ok(bytes) => Some(bytes),
                Err(ReadError::TooLarge(_)) => None,
                Err(ReadError::Missing) => return,
                Err(_) => {
                    self.found.incomplete = true;
                    return;
                }
            },
        };
        let digest = read
            .as_ref()
            .map(|bytes| hex::encode(Sha256::digest(bytes)));
        let text = read.and_then(|bytes| {
            self.bytes += bytes.len();
            self.text(bytes)
        });
        self.found.files.push(RunFile { path, digest, text });
    }

    fn text(&mut self, bytes: Vec<u8>) -> Option<String> {
        if bytes.len() > LONGEST_TEXT || self.text + bytes.len() > MOST_TEXT || bytes.contains(&0) {
            return None;
        }
        self.text += bytes.len();
        let text = String::from_utf8(bytes).ok()?;
        Some(self.masks.text(&text).into_owned())
    }
}

impl Runs {
    /// The files of the flow as a run found them.
    pub(crate) fn run_files(&self, flow: &FlowId, run: &RunId) -> Result<RunFiles, ComputeError> {
        self.run_detail(flow, run)?;
        let failed = ComputeError::io("Reading the files that the run found");
        let file = match self.parts.paths.run_file(flow, run, RUN_FILES).open() {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ComputeError::FilesNotKept);
            }
            Err(error) => return Err(failed(error)),
        };
        let mut json = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(file, LARGEST_RECORD), &mut json)
            .map_err(failed)?;
        Ok(serde_json::from_slice(&json)?)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    fn kept(folder: &Path) -> RunFiles {
        let to = tempfile::tempdir().unwrap();
        let run = Folder::open(to.path()).unwrap();
        keep(
            Folder::open(folder).as_ref(),
            &run,
            &Masks::new(["sk-canary"]),
        )
        .unwrap();
        serde_json::from_slice(&fs::read(to.path().join(RUN_FILES)).unwrap()).unwrap()
    }

    #[test]
    fn texts_are_kept_without_secrets_and_what_passes_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        };
        write("flow.dag.yaml", b"key: sk-canary\n");
        write("a/b.jinja2", b"Hello");
        write("a/picture.png", b"\x89PNG\0");
        write("large.txt", &vec![b'x'; 1_000_001]);
        write("long.txt", &vec![b'x'; 64_001]);
        write(".promptflow/x", b"x");
        write("__pycache__/x.pyc", b"x");
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).unwrap();
        let kept = kept(folder.path());
        let shown: Vec<(&str, bool, Option<&str>)> = kept
            .files
            .iter()
            .map(|file| {
                (
                    file.path.as_str(),
                    file.digest.is_some(),
                    file.text.as_deref(),
                )
            })
            .collect();
        let expected = [
            ("a/b.jinja2", true, Some("Hello")),
            ("a/picture.png", true, None),
            ("flow.dag.yaml", true, Some("key: **data_scrubbed**\n")),
            ("large.txt", false, None),
            ("long.txt", true, None),
        ];
        assert_eq!(shown, expected);
        assert!(!kept.incomplete);
    }

    #[test]
    fn many_files_are_bounded_and_it_is_said() {
        let folder = tempfile::tempdir().unwrap();
        for at in 0..=MOST_FILES {
            fs::write(folder.path().join(format!("{at}.txt")), "x".repeat(1000)).unwrap();
        }
        let kept = kept(folder.path());
        let texts = kept.files.iter().filter_map(|file| file.text.as_ref());
        assert!(texts.map(String::len).sum::<usize>() <= MOST_TEXT);
        assert!(kept.incomplete && kept.files.len() == MOST_FILES);
    }
}
