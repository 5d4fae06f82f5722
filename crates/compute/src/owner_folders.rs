//! Where an owner's files are, and where its session is at work.

use std::path::{Path, PathBuf};

use flowdeck_engines::engine::{EngineError, WorkFolders};

use flowdeck_contract::codes;

use crate::{
    error::ComputeError, flow::Definition, flows_folder::FlowsFolder, owner::Owner, paths::Paths,
};

/// The folders of all owners.
#[derive(Clone, Debug)]
pub(crate) struct OwnerFolders {
    flows: FlowsFolder,
    paths: Paths,
}

impl OwnerFolders {
    pub(crate) fn new(flows: FlowsFolder, paths: Paths) -> Self {
        Self { flows, paths }
    }

    /// What holds the flows' folders.
    pub(crate) fn root(&self) -> &Path {
        self.flows.root()
    }

    /// The folder whose files say what a session is made of: the flow's, or a session's own.
    pub(crate) fn of(&self, owner: &Owner) -> Result<PathBuf, ComputeError> {
        let folder = self.around(owner).join(owner.folder());
        match owner {
            Owner::Flow(flow) if !self.flows.admits(flow) => {
                Err(ComputeError::FlowNotFound(flow.to_string()))
            }
            _ if folder.is_dir() => Ok(folder),
            Owner::Flow(flow) => Err(ComputeError::FlowNotFound(flow.to_string())),
            Owner::Nobody(session) => Err(ComputeError::SessionNotFound(session.to_string())),
        }
    }

    /// The folder of folders like an owner's, which may include files from each other.
    pub(crate) fn around(&self, owner: &Owner) -> PathBuf {
        match owner {
            Owner::Flow(_) => self.flows.root().to_owned(),
            Owner::Nobody(_) => self.paths.own_folders(),
        }
    }

    /// Where an owner's session is at work; the folders are made.
    pub(crate) fn place_of(&self, owner: &Owner) -> Result<WorkFolders, EngineError> {
        let flow = self
            .of(owner)
            .map_err(|error| EngineError::new(codes::FLOW_NOT_FOUND, error.to_string()))?;
        let runs = owner.flow().map(|flow| self.paths.runs(flow));
        let others: Vec<PathBuf> = runs.into_iter().chain([self.paths.works(owner)]).collect();
        for folder in &others {
            std::fs::create_dir_all(folder)
                .map_err(|error| EngineError::io("Making the session’s folders", &error))?;
        }
        let flow = Some(flow);
        Ok(WorkFolders { flow, others })
    }

    /// The flow's definition, as an engine's task needs it.
    pub(crate) fn definition(&self, owner: &Owner) -> Result<(PathBuf, Definition), EngineError> {
        let folder = self
            .of(owner)
            .map_err(|error| EngineError::new(codes::FLOW_NOT_FOUND, error.to_string()))?;
        let definition = Definition::read(&folder, owner).map_err(|error| {
            EngineError::new(error.code(), error.to_string())
                .with_remedy("Add or correct the flow’s definition.")
        })?;
        Ok((folder, definition))
    }
}
