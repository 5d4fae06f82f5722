//! Named settings of a session, kept in the flow folder, where they are shared with the flow.

use flowdeck_contract::{
    ids::{FilePath, FlowId, InvalidId},
    settings::Preset,
};
use thiserror::Error;

use crate::{
    files::{FileError, Precondition},
    flows::{FlowError, Flows},
};

/// The file, which people may edit, too: a JSON array of presets.
const FILE: &str = ".flowdeck/presets.json";
const NAME_LIMIT: usize = 60;

/// Why presets could not be read or written; the message is for people.
#[derive(Debug, Error)]
pub enum PresetError {
    /// A name that cannot be one.
    #[error(
        "Use 1 to {NAME_LIMIT} characters for a preset’s name, without control characters or ‘/’."
    )]
    Name,
    /// There is none of that name.
    #[error("Preset ‘{0}’ doesn’t exist.")]
    NotFound(String),
    /// The file holds something else.
    #[error("Can’t read the presets in {FILE}: {0}. Nothing was changed.")]
    Broken(String),
    /// The flow or the file.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// Our own path or text is wrong.
    #[error("Couldn’t save the presets: {0}")]
    Internal(String),
}

impl From<FileError> for PresetError {
    fn from(error: FileError) -> Self {
        Self::Flow(error.into())
    }
}

impl From<InvalidId> for PresetError {
    fn from(error: InvalidId) -> Self {
        Self::Internal(error.to_string())
    }
}

/// Where presets stand in a flow folder.
///
/// # Errors
/// Never: it is a valid path.
pub fn path() -> Result<FilePath, PresetError> {
    Ok(FilePath::try_from(FILE)?)
}

/// The presets of a flow, in the file's order.
///
/// # Errors
/// When the file cannot be read or holds something else; one that is not there holds none.
pub fn list(flows: &Flows, flow: &FlowId) -> Result<Vec<Preset>, PresetError> {
    Ok(read(flows, flow)?.0)
}

/// Keeps a preset, in the place of one of its name if there is one.
///
/// # Errors
/// When the name is none, or the file cannot be read or written.
pub fn put(flows: &Flows, flow: &FlowId, preset: Preset) -> Result<(), PresetError> {
    check_name(&preset.name)?;
    change(flows, flow, |presets| {
        match presets.iter_mut().find(|other| other.name == preset.name) {
            Some(old) => *old = preset.clone(),
            None => presets.push(preset.clone()),
        }
        Ok(())
    })
}

/// Forgets a preset.
///
/// # Errors
/// When there is none of that name, or the file cannot be read or written.
pub fn remove(flows: &Flows, flow: &FlowId, name: &str) -> Result<(), PresetError> {
    change(flows, flow, |presets| {
        let before = presets.len();
        presets.retain(|preset| preset.name != name);
        match presets.len() < before {
            true => Ok(()),
            false => Err(PresetError::NotFound(name.to_owned())),
        }
    })
}

fn check_name(name: &str) -> Result<(), PresetError> {
    let length = name.chars().count();
    let wrong = |c: char| c.is_control() || c == '/';
    if length == 0 || length > NAME_LIMIT || name.trim().is_empty() || name.contains(wrong) {
        return Err(PresetError::Name);
    }
    Ok(())
}

/// What is in the file, and what must still hold of it when it is written.
fn read(flows: &Flows, flow: &FlowId) -> Result<(Vec<Preset>, Precondition), PresetError> {
    match flows.folder(flow)?.read(&path()?) {
        Err(FileError::NotFound(_)) => Ok((Vec::new(), Precondition::Absent)),
        Err(error) => Err(error.into()),
        Ok(file) => {
            let presets: Vec<Preset> = serde_json::from_str(&file.text)
                .map_err(|error| PresetError::Broken(error.to_string()))?;
            for preset in &presets {
                check_name(&preset.name).map_err(|error| PresetError::Broken(error.to_string()))?;
            }
            Ok((presets, Precondition::if_match(file.etag.as_str())))
        }
    }
}

/// Another writer may come between the reading and the writing; then it is done again.
fn change(
    flows: &Flows,
    flow: &FlowId,
    change: impl Fn(&mut Vec<Preset>) -> Result<(), PresetError>,
) -> Result<(), PresetError> {
    const TRIES: usize = 5;
    let mut tries = 0;
    loop {
        let (mut presets, precondition) = read(flows, flow)?;
        change(&mut presets)?;
        let text = serde_json::to_string_pretty(&presets)
            .map_err(|error| PresetError::Internal(error.to_string()))?;
        let saved = flows.save(flow, &path()?, &precondition, (text + "\n").as_bytes());
        tries += 1;
        match saved {
            Err(FlowError::File(FileError::Changed { .. } | FileError::Exists { .. }))
                if tries < TRIES => {}
            saved => return Ok(saved.map(drop)?),
        }
    }
}
