//! Where the process engine keeps what: folders, and control groups where it may make some.

use std::{ops::Deref, path::PathBuf};

use super::limits::Groups;
use crate::{environment::folders::Folders, install::given::VariableName};

/// The places of one data folder: its folders, with the control groups beside them.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    folders: Folders,
    groups: Option<Groups>,
    /// Which variables of the server's sessions get in addition to the standard ones.
    variables: Vec<VariableName>,
}

impl Layout {
    /// `data` must be absolute and without links: it marks our processes.
    pub(super) fn new(data: PathBuf, base: Option<PathBuf>) -> Self {
        let base = base.unwrap_or_else(|| data.join("base"));
        Self {
            folders: Folders::new(data, base),
            groups: None,
            variables: Vec::new(),
        }
    }

    /// Sessions get these variables of the server's as well.
    pub(super) fn with_variables(self, variables: Vec<VariableName>) -> Self {
        Self { variables, ..self }
    }

    pub(super) fn variables(&self) -> &[VariableName] {
        &self.variables
    }

    /// Sessions get control groups, where this server may make some.
    pub(super) fn with_groups(self) -> Self {
        let groups = Groups::find(format!("{}-", self.short_name()));
        Self { groups, ..self }
    }

    pub(super) fn groups(&self) -> Option<&Groups> {
        self.groups.as_ref()
    }
}

impl Deref for Layout {
    type Target = Folders;

    fn deref(&self) -> &Folders {
        &self.folders
    }
}
