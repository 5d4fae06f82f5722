//! `flowdeck check`: finds the files and prints what `flowdeck_flow` says of them.

use std::{
    collections::VecDeque,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use flowdeck_flow::{
    FileNames,
    cli::{CheckedFile, exit_code, to_json, to_text},
};

use crate::files::is_hidden;

const DEFINITIONS: [&str; 2] = ["flow.dag.yaml", "flow.flex.yaml"];

/// A folder with more entries than this is not looked through for missing sources.
const NAMES_LIMIT: usize = 10_000;

/// Larger files are no flows, and would only fill the memory.
const SIZE_LIMIT: u64 = 64 * 1024 * 1024;

/// Exit code when a file could not be read, or the result not be written.
const UNREADABLE: u8 = 2;

#[derive(Args)]
pub(crate) struct Check {
    /// Flow definitions, or folders that hold one
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A line for each finding
    Text,
    /// An array with an object for each file
    Json,
}

impl Check {
    pub(crate) fn run(self) -> ExitCode {
        let files: Vec<_> = self.paths.iter().map(|path| check(path)).collect();
        let printed = match self.format {
            Format::Text => Ok(to_text(&files)),
            Format::Json => to_json(&files).map_err(io::Error::from),
        };
        match printed.and_then(|text| print(&text)) {
            Ok(()) => ExitCode::from(exit_code(&files)),
            Err(error) => {
                eprintln!("flowdeck: can't write the result: {error}");
                ExitCode::from(UNREADABLE)
            }
        }
    }
}

/// A reader that has seen enough, such as `head`, is no failure.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn check(given: &Path) -> CheckedFile {
    let path = definition(given);
    let shown = path.display().to_string();
    match read(&path) {
        Ok(text) => CheckedFile::new(shown, &text, names_beside(&path).as_ref()),
        Err(why) => CheckedFile::unreadable(shown, &why),
    }
}

/// The file that defines the flow in a folder; any other path is the file itself.
fn definition(given: &Path) -> PathBuf {
    if !given.is_dir() {
        return given.to_owned();
    }
    let candidates = DEFINITIONS.map(|name| given.join(name));
    let found = candidates.iter().find(|path| path.exists());
    found.unwrap_or(&candidates[0]).clone()
}

fn read(path: &Path) -> Result<String, String> {
    let metadata = fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it isn't a regular file".to_owned());
    }
    if metadata.len() > SIZE_LIMIT {
        return Err(format!("it is larger than {SIZE_LIMIT} bytes"));
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| format!("it isn't UTF-8: {error}"))
}

/// The files of the folder that `path` stands in; `None` when they cannot all be named.
fn names_beside(path: &Path) -> Option<FileNames> {
    let top = match path.parent()? {
        here if here == Path::new("") => Path::new("."),
        folder => folder,
    };
    let mut names = Vec::new();
    let mut folders = VecDeque::from([top.to_owned()]);
    while let Some(folder) = folders.pop_front() {
        for entry in fs::read_dir(&folder).ok()? {
            let entry = entry.ok()?;
            let name = entry.path().strip_prefix(top).ok()?.to_str()?.to_owned();
            if is_hidden(&name) {
                continue;
            }
            if entry.file_type().ok()?.is_dir() {
                folders.push_back(entry.path());
            } else {
                names.push(name);
            }
            if names.len() + folders.len() > NAMES_LIMIT {
                return None;
            }
        }
    }
    Some(names.into_iter().collect())
}
