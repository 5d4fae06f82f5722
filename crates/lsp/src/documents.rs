//! The documents that the editor has open, and the flow folders that they stand in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use flowdeck_language::{Workspace, source_paths};

use crate::uri;

const DEFINITIONS: [&str; 2] = ["flow.dag.yaml", "flow.flex.yaml"];

/// A flow's files aren't deeper below its definition.
const DEEPEST: usize = 16;

/// A folder with more entries isn't listed: then no file is missing.
const MOST_NAMES: usize = 10_000;

/// Sources on disk that are longer aren't looked into.
const LONGEST_SOURCE: u64 = 1 << 20;

/// Folders of tools, which hold nothing of a flow's author.
const TOOL_FOLDERS: [&str; 5] = [".git", ".venv", "__pycache__", "node_modules", ".runs"];

/// The open documents, by address.
#[derive(Debug, Default)]
pub(crate) struct Documents(BTreeMap<String, String>);

/// A document within its flow.
#[derive(Debug)]
pub(crate) struct Within {
    /// What is known of the flow.
    pub(crate) workspace: Workspace,
    /// The document's path in the flow folder.
    pub(crate) file: String,
    /// The flow folder; `None` of a document that is on no disk.
    folder: Option<PathBuf>,
}

impl Within {
    /// The address of a file of the flow.
    pub(crate) fn uri_of(&self, file: &str, own: &str) -> Option<String> {
        if file == self.file {
            return Some(own.to_owned());
        }
        uri::of_path(&self.folder.as_ref()?.join(file))
    }
}

impl Documents {
    pub(crate) fn put(&mut self, uri: String, text: String) {
        self.0.insert(uri, text);
    }

    pub(crate) fn close(&mut self, uri: &str) {
        self.0.remove(uri);
    }

    pub(crate) fn text(&self, uri: &str) -> Option<&str> {
        self.0.get(uri).map(String::as_str)
    }

    /// The addresses of those that stand in the same flow folder as `uri`, itself too.
    pub(crate) fn beside(&self, uri: &str) -> Vec<String> {
        let folder = uri::to_path(uri).map(|path| folder_of(&path));
        let is_beside = |other: &&String| {
            let path = uri::to_path(other);
            *other == uri || folder.is_some() && path.map(|path| folder_of(&path)) == folder
        };
        self.0.keys().filter(is_beside).cloned().collect()
    }

    /// A document with what is known of its flow.
    pub(crate) fn within(&self, uri: &str) -> Within {
        let Some(path) = uri::to_path(uri) else {
            return self.on_no_disk(uri);
        };
        let folder = folder_of(&path);
        let file = relative(&folder, &path);
        let is_prompty = file.ends_with(".prompty");
        let definition = match is_prompty {
            true => file.clone(),
            false => definition_of(&folder, &file),
        };
        let mut workspace = Workspace {
            files: names(&folder),
            definition,
            ..Workspace::default()
        };
        for (uri, text) in &self.0 {
            let within = uri::to_path(uri).filter(|path| path.starts_with(&folder));
            if let Some(path) = within {
                let name = relative(&folder, &path);
                // What is open is there, whether it is saved or not.
                if let Some(files) = &mut workspace.files
                    && !files.contains(&name)
                {
                    files.push(name.clone());
                }
                workspace.texts.insert(name, text.clone());
            }
        }
        read_sources(&folder, &mut workspace);
        Within {
            workspace,
            file,
            folder: Some(folder),
        }
    }

    /// One that isn't saved yet is a flow of its own, of whose files nothing is known.
    fn on_no_disk(&self, uri: &str) -> Within {
        let name = uri.rsplit('/').next().unwrap_or(uri).to_owned();
        let text = self.0.get(uri).cloned().unwrap_or_default();
        let workspace = Workspace {
            definition: name.clone(),
            texts: [(name.clone(), text)].into(),
            ..Workspace::default()
        };
        Within {
            workspace,
            file: name,
            folder: None,
        }
    }
}

/// The nearest folder above a file that holds a definition, else its own.
fn folder_of(path: &Path) -> PathBuf {
    let above = path.ancestors().skip(1).take(DEEPEST);
    let is_flow = |folder: &&Path| DEFINITIONS.iter().any(|name| folder.join(name).is_file());
    let found = above.into_iter().find(is_flow);
    let found = match is_definition(path) {
        true => path.parent(),
        false => found.or(path.parent()),
    };
    found.unwrap_or(Path::new("/")).to_owned()
}

fn is_definition(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| DEFINITIONS.contains(&name))
}

fn definition_of(folder: &Path, file: &str) -> String {
    let is_there = |name: &&&str| **name == file || folder.join(name).is_file();
    let found = DEFINITIONS.iter().find(is_there);
    (*found.unwrap_or(&DEFINITIONS[0])).to_owned()
}

fn relative(folder: &Path, path: &Path) -> String {
    let within = path.strip_prefix(folder).unwrap_or(path);
    within.to_string_lossy().into_owned()
}

/// Puts the texts of the definition and of the files that its nodes run into the workspace, as far as they aren't open.
fn read_sources(folder: &Path, workspace: &mut Workspace) {
    let definition = workspace.definition.clone();
    if !workspace.texts.contains_key(&definition)
        && let Some(text) = read(&folder.join(&definition))
    {
        workspace.texts.insert(definition.clone(), text);
    }
    let Some(text) = workspace.texts.get(&definition) else {
        return;
    };
    for path in source_paths(text) {
        let is_inside = !path.starts_with('/') && !path.split('/').any(|part| part == "..");
        if is_inside
            && !workspace.texts.contains_key(&path)
            && let Some(text) = read(&folder.join(&path))
        {
            workspace.texts.insert(path, text);
        }
    }
}

/// A file's text; `None` of one that is too long, isn't UTF-8, or isn't a file.
fn read(path: &Path) -> Option<String> {
    let about = fs::metadata(path).ok()?;
    let is_short = about.is_file() && about.len() <= LONGEST_SOURCE;
    is_short.then(|| fs::read_to_string(path).ok()).flatten()
}

/// All files of a folder; `None` where they can't all be named.
fn names(top: &Path) -> Option<Vec<String>> {
    let (mut names, mut folders, mut seen) = (Vec::new(), vec![top.to_owned()], 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).ok()? {
            let entry = entry.ok()?;
            seen += 1;
            if seen > MOST_NAMES {
                return None;
            }
            let path = entry.path();
            let name = entry.file_name();
            if name
                .to_str()
                .is_some_and(|name| TOOL_FOLDERS.contains(&name))
            {
                continue;
            }
            match entry.file_type().ok()?.is_dir() {
                true => folders.push(path),
                false => names.push(relative(top, &path)),
            }
        }
    }
    names.sort();
    Some(names)
}
