//! `flowdeck check`: finds the files, flow definitions and requirements, and prints what is wrong with them.

use std::{
    collections::VecDeque,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use flowdeck_compute::{
    CheckedRequirements, check_flow_requirements, check_requirements,
    folder::{Folder, LIMIT, ReadError},
};
use flowdeck_flow::{
    Flow, Sources, check_file,
    cli::{CheckedFile, exit_code, to_json, to_text},
    is_checked,
};

use crate::{
    files::is_hidden,
    flows::{Found, search_below},
};

const DEFINITIONS: [&str; 2] = ["flow.dag.yaml", "flow.flex.yaml"];

/// A folder with more entries than this is not looked through for missing sources.
const NAMES_LIMIT: usize = 10_000;

/// Exit code when a file could not be read, or the result not be written.
const UNREADABLE: u8 = 2;

#[derive(Args)]
pub(crate) struct Check {
    /// Flow definitions, folders that hold flows, or requirements files
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
        let files: Vec<_> = self.paths.iter().flat_map(|path| check(path)).collect();
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

/// A reader that stops reading, such as `head`, isn't a failure.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// What a path leads to: the file itself, and what belongs to it.
fn check(given: &Path) -> Vec<CheckedFile> {
    if given.is_dir() {
        return match definition(given) {
            Some(definition) => check_definition(&definition),
            None => check_below(given),
        };
    }
    match is_yaml(given) || is_prompty(given) {
        true => check_definition(given),
        false => check_requirements_file(given),
    }
}

/// The flows in the folders below one that isn't a flow itself, as `flowdeck serve` finds them.
fn check_below(folder: &Path) -> Vec<CheckedFile> {
    let unreadable = |why: &str| CheckedFile::unreadable(folder.display().to_string(), why);
    let Found { folders, searched } = match search_below(folder) {
        Ok(found) => found,
        Err(error) => return vec![unreadable(&error.to_string())],
    };
    let definitions = folders.iter().filter_map(|flow| match flow.prompty() {
        Some(_) => Some(folder.join(flow.as_str())),
        None => definition(&folder.join(flow.as_str())),
    });
    let mut files: Vec<_> = definitions
        .flat_map(|path| check_definition(&path))
        .collect();
    let not_searched = searched.left_out.saturating_add(searched.unreadable);
    if files.is_empty() {
        files.push(unreadable(
            "neither it nor a folder below it holds a flow.dag.yaml, flow.flex.yaml or prompty file",
        ));
    }
    if not_searched > 0 {
        files.push(unreadable(&format!(
            "folders below it that couldn't be searched, or are too deep or too many: {not_searched}"
        )));
    }
    files
}

fn check_definition(path: &Path) -> Vec<CheckedFile> {
    let shown = path.display().to_string();
    let text = match read(path) {
        Ok(text) => text,
        Err(why) => return vec![CheckedFile::unreadable(shown, &why)],
    };
    if is_prompty(path) {
        let findings = flowdeck_flow::check_definition(&shown, &text).findings;
        return vec![CheckedFile::beside(shown, findings)];
    }
    let names = names_beside(path);
    let flow = flowdeck_flow::check(&text).flow;
    let folder = folder_of(path);
    let sources = sources(folder, flow.as_ref());
    let files = names.as_ref().map(|names| names.iter().collect());
    let checked = CheckedFile::with_sources(shown, &text, files.as_ref(), &sources);
    let requirements = check_flow_requirements(folder, flow.as_ref());
    let requirements = requirements
        .into_iter()
        .map(|checked| requirements_file(folder, checked));
    let others = names
        .iter()
        .flatten()
        .filter_map(|name| other_file(folder, name));
    [checked]
        .into_iter()
        .chain(requirements)
        .chain(others)
        .collect()
}

/// The texts of the files that the flow's nodes run. What can't be read is not looked into: where it is missing, a finding
/// says so.
fn sources(folder: &Path, flow: Option<&Flow>) -> Sources {
    let paths = flow.map(Flow::source_paths).unwrap_or_default();
    let text = |path: &str| Some((path.to_owned(), read(&folder.join(path)).ok()?));
    paths.into_iter().filter_map(text).collect()
}

/// A file beside the definition, where something is wrong with it.
fn other_file(folder: &Path, name: &str) -> Option<CheckedFile> {
    if !is_checked(name) {
        return None;
    }
    let path = folder.join(name);
    let shown = match folder == Path::new(".") {
        true => name.to_owned(),
        false => path.display().to_string(),
    };
    match read(&path) {
        Ok(text) => {
            let findings = check_file(name, &text);
            (!findings.is_empty()).then(|| CheckedFile::beside(shown, findings))
        }
        // Data may be as long as it likes, and of any encoding.
        Err(_) => None,
    }
}

fn is_yaml(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ["yaml", "yml"].contains(&ending.to_lowercase().as_str()))
}

fn is_prompty(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(flowdeck_contract::ids::is_prompty)
}

fn check_requirements_file(path: &Path) -> Vec<CheckedFile> {
    let shown = || path.display().to_string();
    let Some(name) = path.file_name() else {
        return vec![CheckedFile::unreadable(shown(), "it isn't a file")];
    };
    let Some(name) = name.to_str() else {
        return vec![CheckedFile::unreadable(shown(), "its name isn't UTF-8")];
    };
    let folder = folder_of(path);
    let checked = check_requirements(folder, name).into_iter();
    checked
        .map(|checked| requirements_file(folder, checked))
        .collect()
}

fn requirements_file(folder: &Path, checked: CheckedRequirements) -> CheckedFile {
    let path = match folder == Path::new(".") {
        true => PathBuf::from(checked.file),
        false => folder.join(checked.file),
    };
    let shown = path.display().to_string();
    match checked.findings {
        Ok(findings) => CheckedFile::beside(shown, findings),
        Err(why) => CheckedFile::unreadable(shown, &why),
    }
}

/// The file that defines the flow in a folder.
fn definition(folder: &Path) -> Option<PathBuf> {
    let mut candidates = DEFINITIONS.iter().map(|name| folder.join(name));
    // What can't be looked at is there, and reading it says what is wrong.
    candidates.find(|path| path.symlink_metadata().is_ok())
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn read(path: &Path) -> Result<String, String> {
    // Whoever names a link means what it leads to.
    let path = path.canonicalize().map_err(ReadError::from);
    let read = path.and_then(|path| {
        let name = path.file_name().unwrap_or_default();
        Folder::open(folder_of(&path))?.read(name, LIMIT)
    });
    let bytes = read.map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| format!("it isn't UTF-8: {error}"))
}

/// The files of the folder that `path` stands in; `None` when they cannot all be named.
fn names_beside(path: &Path) -> Option<Vec<String>> {
    let top = folder_of(path);
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
    names.sort();
    Some(names)
}
