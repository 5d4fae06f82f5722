//! Gives a flow another display name. Its folder, by which all else knows it, stays.

use flowdeck_contract::ids::{FilePath, FlowId};

use super::{ManageError, new::named};
use crate::{
    files::Precondition,
    flows::{FlowError, Flows},
};

impl Flows {
    /// Sets the display name in a flow's definition, and changes nothing else of it; gives the file.
    ///
    /// # Errors
    /// [`ManageError`], also where the file changes meanwhile; nothing has changed then.
    pub fn rename(&self, flow: &FlowId, name: &str) -> Result<FilePath, ManageError> {
        let folder = self.folder(flow)?;
        let (path, _) = self.definition(flow, &folder)?;
        let file = folder.read(&path).map_err(FlowError::from)?;
        let text = named(path.as_str(), &file.text, name)?;
        let when = Precondition::if_match(file.etag.as_str());
        self.save(flow, &path, &when, text.as_bytes())?;
        Ok(path)
    }
}
