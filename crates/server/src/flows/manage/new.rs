//! Makes a flow: from a template, or as a copy of another one.

use std::io::Write as _;

use cap_std::fs::Dir;
use flowdeck_compute::folder::read_in;
use flowdeck_contract::{
    files::EDITABLE_LIMIT,
    ids::FlowId,
    managing::{CloneFlow, NewFlow},
};
use flowdeck_flow::{EditError, set_flow_name};

use super::{
    ManageError,
    copy::{Budget, DEEPEST, copy_folder},
    place::Shape,
    stage::{CONTENT, Stage},
    templates::template,
};
use crate::flows::Flows;

const FAILED: &str = "Couldn’t make the flow";

impl Flows {
    /// Makes a flow from a template.
    ///
    /// # Errors
    /// [`ManageError`]; nothing has changed then.
    pub fn make(&self, asked: &NewFlow) -> Result<FlowId, ManageError> {
        self.require_free_hand()?;
        let template = template(&asked.template)
            .ok_or_else(|| ManageError::NoTemplate(asked.template.clone()))?;
        self.free_place(&asked.folder, Shape::Folder)?;
        let stage = Stage::make(&self.root).map_err(ManageError::io(FAILED))?;
        let folder = stage.folder().map_err(ManageError::io(FAILED))?;
        for (path, text) in template.files {
            let text = match asked.name.as_deref() {
                Some(name) if *path == template.definition() => named(path, text, name)?,
                _ => (*text).to_owned(),
            };
            write(&folder, path, text.as_bytes()).map_err(ManageError::io(FAILED))?;
        }
        self.put(stage, &asked.folder, Shape::Folder, FAILED)?;
        let named = template.flow_in(&asked.folder);
        named.map_err(|_| ManageError::Name {
            folder: asked.folder.clone(),
            why: "it’s too long",
        })
    }

    /// Makes a copy of a flow: all files of its folder but those of tools, or a prompty's file.
    ///
    /// # Errors
    /// [`ManageError`]; nothing has changed then.
    pub fn copy(&self, flow: &FlowId, asked: &CloneFlow) -> Result<FlowId, ManageError> {
        self.require_free_hand()?;
        self.require(flow)?;
        let shape = Shape::of(flow);
        self.free_place(&asked.folder, shape)?;
        let stage = Stage::make(&self.root).map_err(ManageError::io(FAILED))?;
        match shape {
            Shape::Folder => {
                let from = self.folder(flow)?;
                let to = stage.folder().map_err(ManageError::io(FAILED))?;
                copy_folder(&from.dir, &to, DEEPEST, &mut Budget::default())?;
                if let Some(name) = asked.name.as_deref() {
                    rename_in(&to, name)?;
                }
            }
            Shape::File => {
                let (from, file) = self.parent(flow)?;
                from.copy(file, &stage.dir, CONTENT)
                    .map_err(ManageError::io(FAILED))?;
                if let Some(name) = asked.name.as_deref() {
                    rename_file(&stage.dir, CONTENT, file, name)?;
                }
            }
        }
        self.put(stage, &asked.folder, shape, FAILED)?;
        Ok(asked.folder.clone())
    }
}

/// Sets the display name in the definition that is in `folder`.
fn rename_in(folder: &Dir, name: &str) -> Result<(), ManageError> {
    let mut files = flowdeck_compute::DEFINITION_NAMES.into_iter();
    match files.find(|file| folder.is_file(file)) {
        Some(file) => rename_file(folder, file, file, name),
        None => Ok(()),
    }
}

/// Sets the display name in the definition `file`, which is called `path` for now.
fn rename_file(folder: &Dir, path: &str, file: &str, name: &str) -> Result<(), ManageError> {
    let text = read_in(folder, path, EDITABLE_LIMIT)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| ManageError::DisplayName(format!("‘{file}’ can’t be read as text.")))?;
    let text = named(file, &text, name)?;
    folder.write(path, text).map_err(ManageError::io(FAILED))
}

/// The text of a definition with another display name.
pub(super) fn named(file: &str, text: &str, name: &str) -> Result<String, ManageError> {
    set_flow_name(file, text, name).map_err(|error| {
        ManageError::DisplayName(match error {
            EditError::Unreadable => error.to_string(),
            EditError::Unusual => {
                "It’s written in an unusual way. Change it in raw file mode.".to_owned()
            }
        })
    })
}

fn write(folder: &Dir, path: &str, content: &[u8]) -> std::io::Result<()> {
    let mut file = Stage::file_in(folder, path)?;
    file.write_all(content)?;
    file.sync_all()
}
