//! Where a flow may be put.

use cap_std::fs::Dir;
use flowdeck_contract::ids::FlowId;

use super::ManageError;
use crate::flows::{
    Flows,
    search::{DEPTH_LIMIT, is_tool_folder},
};

/// What a flow is: a folder, or a prompty's file in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flows) enum Shape {
    Folder,
    File,
}

impl Shape {
    pub(in crate::flows) fn of(flow: &FlowId) -> Self {
        match flow.prompty() {
            Some(_) => Self::File,
            None => Self::Folder,
        }
    }
}

impl Flows {
    /// Why flows can't come and go here; none where they can.
    pub(crate) fn fixed(&self) -> Option<String> {
        self.place().only().map(|flow| {
            format!(
                "This server was started for the flow ‘{flow}’ alone. To add, copy or delete flows, start it with --flows and a folder that holds flows."
            )
        })
    }

    pub(in crate::flows) fn require_free_hand(&self) -> Result<(), ManageError> {
        self.fixed()
            .map_or(Ok(()), |why| Err(ManageError::Fixed(why)))
    }

    /// The folder that `flow` is to be put into, and its name there: free, and one at which it would be found.
    pub(in crate::flows) fn free_place<'f>(
        &self,
        flow: &'f FlowId,
        shape: Shape,
    ) -> Result<(Dir, &'f str), ManageError> {
        check_name(flow, shape)?;
        let (parent, name) = self.parent(flow)?;
        match parent.symlink_metadata(name) {
            Ok(_) => return Err(ManageError::Exists(flow.clone())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(ManageError::io("Couldn’t look at the flows folder")(
                    error,
                ));
            }
        }
        let deleted = self.bin_entries()?;
        let is_deleted = |entry: &super::bin::Entry| {
            entry.about.flow.is_within(flow) || flow.is_within(&entry.about.flow)
        };
        match deleted.iter().any(is_deleted) {
            true => Err(ManageError::InBin(flow.clone())),
            false => Ok((parent, name)),
        }
    }

    /// Whether a flow could be put there.
    pub(in crate::flows) fn is_free(&self, flow: &FlowId, shape: Shape) -> bool {
        self.free_place(flow, shape).is_ok()
    }

    /// The folder that a flow's own folder or file is in, and its name there.
    pub(super) fn parent<'f>(&self, flow: &'f FlowId) -> Result<(Dir, &'f str), ManageError> {
        let (parent, name) = match flow.as_str().rsplit_once('/') {
            None => (self.root.try_clone(), flow.as_str()),
            Some((parent, name)) => {
                let opened = self.root.open_dir(parent);
                let opened = opened.map_err(|_| ManageError::NoParent(parent.to_owned()))?;
                (Ok(opened), name)
            }
        };
        let parent = parent.map_err(ManageError::io("Couldn’t open the flows folder"))?;
        Ok((parent, name))
    }
}

fn check_name(flow: &FlowId, shape: Shape) -> Result<(), ManageError> {
    let refused = |why| {
        Err(ManageError::Name {
            folder: flow.clone(),
            why,
        })
    };
    let parts: Vec<&str> = flow.as_str().split('/').collect();
    if parts.iter().any(|part| *part != part.trim()) {
        return refused("a name must not begin or end with a space");
    }
    if parts.iter().any(|part| is_tool_folder(part)) {
        return refused("folders of this name belong to tools, and flows aren’t looked for there");
    }
    let folders = parts.len() - usize::from(shape == Shape::File);
    if folders >= DEPTH_LIMIT {
        return refused("flows aren’t looked for so deep");
    }
    match (shape, Shape::of(flow)) {
        (Shape::Folder, Shape::File) => refused("a name with .prompty at its end is a file’s"),
        (Shape::File, Shape::Folder) => {
            refused("a prompty is a file in a folder, and its name ends with .prompty")
        }
        _ if shape == Shape::Folder && flow.as_str().ends_with(".prompty") => {
            refused("a name with .prompty at its end is a file’s")
        }
        _ => Ok(()),
    }
}
