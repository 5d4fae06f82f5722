//! The flows of an archive.

use std::collections::BTreeMap;

use flowdeck_compute::DEFINITION_NAMES;
use flowdeck_connections::{ToolSignatures, needs};
use flowdeck_contract::{
    connections::ConnectionNeed,
    files::EDITABLE_LIMIT,
    flows::FlowProblem,
    ids::{FlowId, is_prompty},
    importing::FoundFlow,
};
use flowdeck_flow::{FileNames, check_definition, check_in};

use super::{Archive, ImportError, archive::PackedFile};
use crate::{
    files::is_hidden,
    flows::{Flows, definition::Description, manage::Shape},
};

/// What Azure and promptflow write into a flow's folder.
const EXTRAS: [&str; 4] = [".runs", ".promptflow", ".amlignore", ".azureml"];
/// What a file manager writes anywhere.
const CLUTTER: [&str; 3] = ["__MACOSX", ".DS_Store", "Thumbs.db"];
/// So many of its problems are told.
const MOST_PROBLEMS: usize = 20;

/// Flows of an archive, and what they ask for.
#[derive(Debug)]
pub struct Found {
    /// The flows, with all connections that they ask for as what they lack.
    pub flows: Vec<FoundFlow>,
    /// Files that are in no flow's folder.
    pub left_out: u32,
}

/// Whether a path, relative to a flow's folder, is one that Azure or promptflow wrote.
pub(super) fn extra(path: &str) -> Option<&str> {
    let first = path.split('/').next()?;
    EXTRAS.contains(&first).then_some(first)
}

/// Whether a file is one of tools and file managers, which isn't imported.
pub(super) fn is_clutter(path: &str) -> bool {
    is_hidden(path) || path.split('/').any(|part| CLUTTER.contains(&part))
}

/// The path relative to `folder`, if it's in it.
pub(super) fn within<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    match folder {
        "" => Some(path),
        folder => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

impl Archive {
    /// The folders of its flows, each with the names of what defines flows in it. A folder in another one's belongs to it.
    pub(super) fn flow_folders(&self) -> BTreeMap<String, Vec<String>> {
        let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for file in self.files() {
            let name = file.path.file_name();
            let defines = DEFINITION_NAMES.contains(&name) || is_prompty(name);
            if defines && !is_clutter(file.path.as_str()) && extra(file.path.as_str()).is_none() {
                let folder = file.path.parent().unwrap_or_default();
                folders
                    .entry(folder.to_owned())
                    .or_default()
                    .push(name.to_owned());
            }
        }
        let all: Vec<String> = folders.keys().cloned().collect();
        folders.retain(|folder, _| {
            !all.iter()
                .any(|other| other != folder && within(folder, other).is_some())
        });
        folders
    }

    /// Looks at its flows. `name` is what the archive is called.
    ///
    /// # Errors
    /// [`ImportError::NoFlow`], or when it can't be read.
    pub fn look(&mut self, name: &str, flows: &Flows) -> Result<Found, ImportError> {
        let folders = self.flow_folders();
        if folders.is_empty() {
            return Err(ImportError::NoFlow);
        }
        let is_in = |path: &str| folders.keys().any(|folder| within(path, folder).is_some());
        let lost = self.files().iter().filter(|file| {
            let path = file.path.as_str();
            !is_clutter(path) && !is_in(path)
        });
        let left_out = u32::try_from(lost.count()).unwrap_or(u32::MAX);
        let mut found = Vec::new();
        for (folder, definitions) in folders {
            let own = match folder.rsplit('/').next() {
                Some("") | None => name,
                Some(own) => own,
            };
            let flow = self.look_at(&folder, own, &definitions)?;
            found.push(place(flow, own, flows, &found)?);
        }
        Ok(Found {
            flows: found,
            left_out,
        })
    }

    fn look_at(
        &mut self,
        folder: &str,
        own: &str,
        definitions: &[String],
    ) -> Result<FoundFlow, ImportError> {
        let files: Vec<PackedFile> = self
            .files()
            .iter()
            .filter(|file| within(file.path.as_str(), folder).is_some())
            .filter(|file| !is_clutter(file.path.as_str()))
            .cloned()
            .collect();
        let relative = |file: &PackedFile| {
            within(file.path.as_str(), folder)
                .unwrap_or_default()
                .to_owned()
        };
        let definition = DEFINITION_NAMES
            .into_iter()
            .find(|name| definitions.iter().any(|found| found == name))
            .or(definitions.first().map(String::as_str))
            .unwrap_or_default();
        let packed = files.iter().find(|file| relative(file) == definition);
        let text = match packed {
            Some(packed) => self.text(packed)?,
            None => None,
        };
        let names: Vec<String> = files.iter().map(relative).collect();
        let names: FileNames = names.iter().map(String::as_str).collect();
        let mut extras: Vec<String> = files
            .iter()
            .filter_map(|file| extra(within(file.path.as_str(), folder)?).map(str::to_owned))
            .collect();
        extras.sort_unstable();
        extras.dedup();
        let path = packed.map(|packed| packed.path.clone());
        let described = path.zip(text.as_deref());
        let described = described.map(|(path, text)| Description::of_text(&path, text));
        let described = described.unwrap_or_else(|| {
            Description::of_problem("FileNotText", format!("{definition} isn’t UTF-8 text."))
        });
        let (mut problems, mut lacks) = (Vec::new(), Vec::new());
        match text.as_deref() {
            Some(text) => {
                let report = match is_prompty(definition) {
                    true => check_definition(definition, text),
                    false => check_in(text, &names),
                };
                problems.extend(report.errors().map(|finding| FlowProblem {
                    code: finding.code.clone(),
                    message: finding.message.clone(),
                    line: Some(finding.line),
                }));
                if let Some(flow) = &report.flow {
                    lacks = self.asked(folder, flow, text, &files);
                }
            }
            None => problems.extend(described.problem),
        }
        problems.truncate(MOST_PROBLEMS);
        let folder_id = FlowId::try_from("flow").map_err(std::io::Error::other)?;
        Ok(FoundFlow {
            path: folder.to_owned(),
            name: described.name.unwrap_or_else(|| own.to_owned()),
            flow_type: described.flow_type,
            files: u32::try_from(files.len()).unwrap_or(u32::MAX),
            bytes: files.iter().map(|file| file.size).sum(),
            folder: folder_id,
            is_taken: false,
            extras,
            problems,
            lacks,
        })
    }

    /// The connections that a flow's file and its tools ask for.
    fn asked(
        &mut self,
        folder: &str,
        flow: &flowdeck_flow::Flow,
        text: &str,
        files: &[PackedFile],
    ) -> Vec<ConnectionNeed> {
        let mut sources = BTreeMap::new();
        for path in flow.source_paths() {
            let packed = files
                .iter()
                .find(|file| within(file.path.as_str(), folder) == Some(path));
            if let Some(text) = packed.and_then(|packed| self.text(packed).ok()?) {
                sources.insert(path.to_owned(), text);
            }
        }
        let source = |path: &str| sources.get(path).cloned();
        needs(flow, text, source, &ToolSignatures::default())
    }

    /// The text of a file; none where it isn't one, or is too large.
    fn text(&mut self, file: &PackedFile) -> Result<Option<String>, ImportError> {
        if file.size > EDITABLE_LIMIT {
            return Ok(None);
        }
        let bytes = self.read(file, |content| {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes).map(|_| bytes)
        })?;
        Ok(String::from_utf8(bytes).ok())
    }
}

/// Gives a flow the first folder by its own name that is free, also of those before it.
fn place(
    flow: FoundFlow,
    own: &str,
    flows: &Flows,
    before: &[FoundFlow],
) -> Result<FoundFlow, ImportError> {
    let stem = own.trim().trim_start_matches('.').trim();
    let stem = match FlowId::try_from(stem) {
        Ok(stem) if stem.prompty().is_none() && !stem.as_str().ends_with(".prompty") => stem,
        _ => FlowId::try_from("imported-flow").map_err(std::io::Error::other)?,
    };
    for number in 1..1000 {
        let folder = match number {
            1 => stem.clone(),
            number => {
                FlowId::try_from(format!("{stem}-{number}")).map_err(std::io::Error::other)?
            }
        };
        let is_named = before.iter().any(|other| other.folder == folder);
        if !is_named && flows.is_free(&folder, Shape::Folder) {
            return Ok(FoundFlow {
                folder,
                is_taken: number > 1,
                ..flow
            });
        }
    }
    Ok(FoundFlow {
        folder: stem,
        is_taken: true,
        ..flow
    })
}
