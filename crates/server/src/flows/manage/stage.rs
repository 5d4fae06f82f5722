//! A hidden folder in which something is made before it's put in its place.

use std::io;

use cap_std::fs::{Dir, OpenOptions};
use flowdeck_contract::ids::FlowId;

use super::{ManageError, Shape};
use crate::{files::rename_to_free, flows::Flows};

const START: &str = ".flowdeck-part-";
const END: &str = ".tmp";
/// What is made is called so meanwhile.
pub(super) const CONTENT: &str = "content";

/// Whether a name in the flows folder is a stage's; after a crash it's a leftover.
fn is_leftover(name: &str) -> bool {
    name.starts_with(START) && name.ends_with(END)
}

impl Flows {
    /// Removes what was being made when the server was killed.
    pub(crate) fn remove_stages(&self) {
        for entry in self.root.entries().into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_left = name.to_str().is_some_and(is_leftover);
            if is_left && let Err(error) = self.root.remove_dir_all(&name) {
                tracing::warn!(?name, %error, "a leftover could not be removed");
            }
        }
    }
}

impl Flows {
    /// Puts what was made to where `flow` is to be, if nothing has come there meanwhile. Only this holds up others that change
    /// which flows there are.
    pub(in crate::flows) fn put(
        &self,
        stage: Stage<'_>,
        flow: &FlowId,
        shape: Shape,
        failed: &'static str,
    ) -> Result<(), ManageError> {
        let _one = self.managing.lock();
        let (parent, name) = self.free_place(flow, shape)?;
        stage.put(&parent, name).map_err(not_put(flow, failed))
    }
}

/// A hidden folder in the flows folder, gone with all in it when it's dropped.
pub(in crate::flows) struct Stage<'r> {
    root: &'r Dir,
    name: String,
    /// The folder itself.
    pub(super) dir: Dir,
}

impl<'r> Stage<'r> {
    pub(in crate::flows) fn make(root: &'r Dir) -> io::Result<Self> {
        let name = format!("{START}{}{END}", crate::random::hex_digits(8));
        root.create_dir(&name)?;
        let dir = root.open_dir(&name)?;
        Ok(Self { root, name, dir })
    }

    /// A folder for what is made.
    pub(in crate::flows) fn folder(&self) -> io::Result<Dir> {
        self.dir.create_dir(CONTENT)?;
        self.dir.open_dir(CONTENT)
    }

    /// A new file in the folder for what is made, with the folders that it's in.
    pub(in crate::flows) fn file_in(folder: &Dir, path: &str) -> io::Result<cap_std::fs::File> {
        if let Some((parent, _)) = path.rsplit_once('/') {
            folder.create_dir_all(parent)?;
        }
        folder.open_with(path, OpenOptions::new().write(true).create_new(true))
    }

    /// Puts what was made to `name` in `parent`, never over something that came there meanwhile.
    pub(in crate::flows) fn put(self, parent: &Dir, name: &str) -> io::Result<()> {
        rename_to_free(&self.dir, CONTENT, parent, name)
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        match self.root.remove_dir_all(&self.name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(name = self.name, %error, "a temporary folder could not be removed");
            }
            _ => {}
        }
    }
}

/// What is said where something couldn't be put into the place of a flow.
pub(super) fn not_put(
    flow: &FlowId,
    failed: &'static str,
) -> impl FnOnce(io::Error) -> ManageError {
    move |error| match error.kind() {
        io::ErrorKind::AlreadyExists => ManageError::Exists(flow.clone()),
        _ => ManageError::io(failed)(error),
    }
}

/// Takes a folder out of sight at once, and then removes it with all in it.
pub(super) fn remove_whole(root: &Dir, parent: &Dir, name: &str) -> Result<(), ManageError> {
    let failed = || ManageError::io("Couldn’t delete the flow for good");
    let stage = Stage::make(root).map_err(failed())?;
    parent.rename(name, &stage.dir, CONTENT).map_err(failed())
}
