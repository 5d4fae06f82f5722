//! What the process engine has on this machine to start and find its sessions' processes with.

use super::limits::Groups;
use crate::{environment::folders::Folders, install::given::VariableName};

/// The folders of one data folder, with the control groups beside them and the variables that processes get.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) folders: Folders,
    groups: Option<Groups>,
    /// Which variables of the server's sessions get in addition to the standard ones.
    variables: Vec<VariableName>,
}

impl Machine {
    /// The data folder of `folders` marks our processes.
    pub(super) fn new(folders: Folders, variables: Vec<VariableName>) -> Self {
        Self {
            folders,
            groups: None,
            variables,
        }
    }

    pub(super) fn variables(&self) -> &[VariableName] {
        &self.variables
    }

    /// Sessions get control groups, where this server may make some.
    pub(super) fn with_groups(self) -> Self {
        let groups = Groups::find(format!("{}-", self.folders.short_name()));
        Self { groups, ..self }
    }

    pub(super) fn groups(&self) -> Option<&Groups> {
        self.groups.as_ref()
    }
}
