//! Takes a flow out of an archive.

use std::io;

use cap_std::fs::{Dir, Permissions, PermissionsExt as _};
use flowdeck_contract::{ids::FlowId, importing::ImportFlow};

use super::{
    Archive, ImportError,
    archive::PackedFile,
    found::{extra, is_clutter, within},
};
use crate::flows::{
    Flows, ManageError,
    manage::{Shape, Stage},
};

const FAILED: &str = "Couldn’t import the flow";

impl Flows {
    /// Takes a flow out of an archive. `go_on` is asked before each file.
    ///
    /// # Errors
    /// [`ImportError`], or what `go_on` fails with; nothing has changed then.
    pub fn import<E: From<ImportError>>(
        &self,
        archive: &mut Archive,
        asked: &ImportFlow,
        go_on: impl Fn() -> Result<(), E>,
    ) -> Result<FlowId, E> {
        let failed = |error| ImportError::from(ManageError::io(FAILED)(error));
        self.require_free_hand().map_err(ImportError::from)?;
        let folders = archive.flow_folders();
        let definitions = folders
            .get(&asked.path)
            .ok_or_else(|| ImportError::NotFound(asked.path.clone()))?;
        let files: Vec<(String, PackedFile)> = archive
            .files()
            .iter()
            .filter_map(|file| {
                let path = within(file.path.as_str(), &asked.path)?;
                let is_left = is_clutter(path) || !asked.keep_extras && extra(path).is_some();
                (!is_left).then(|| (path.to_owned(), file.clone()))
            })
            .collect();
        self.free_place(&asked.folder, Shape::Folder)
            .map_err(ImportError::from)?;
        let stage = Stage::make(&self.root).map_err(failed)?;
        let folder = stage.folder().map_err(failed)?;
        for (path, file) in files {
            go_on()?;
            let mut to = create(&folder, &path, file.runs).map_err(failed)?;
            let written = archive.read(&file, |content| io::copy(content, &mut to))?;
            if written != file.size {
                let broken = format!("‘{path}’ isn’t as long as the archive says");
                return Err(ImportError::Unreadable(broken).into());
            }
        }
        self.put(stage, &asked.folder, Shape::Folder, FAILED)
            .map_err(ImportError::from)?;
        Ok(flow_of(&asked.folder, definitions))
    }
}

/// The flow that is in a folder with these definitions: a prompty where there is nothing else.
fn flow_of(folder: &FlowId, definitions: &[String]) -> FlowId {
    let is_prompty = |file: &String| flowdeck_contract::ids::is_prompty(file);
    match definitions
        .first()
        .filter(|_| definitions.iter().all(is_prompty))
    {
        Some(file) => folder
            .prompty_beside(file)
            .unwrap_or_else(|_| folder.clone()),
        None => folder.clone(),
    }
}

fn create(folder: &Dir, path: &str, runs: bool) -> io::Result<cap_std::fs::File> {
    let file = Stage::file_in(folder, path)?;
    if runs {
        let mode = file.metadata()?.permissions().mode();
        file.set_permissions(Permissions::from_mode(mode | ((mode & 0o444) >> 2)))?;
    }
    Ok(file)
}
