//! Where the flows are.

use std::{
    io,
    path::{Path, PathBuf},
};

use flowdeck_contract::ids::FlowId;
use thiserror::Error;

/// The files that define a flow, in the order in which promptflow looks for them.
pub const DEFINITION_NAMES: [&str; 2] = ["flow.dag.yaml", "flow.flex.yaml"];

/// The names that the definition of this flow may have in its folder; the first that exists counts.
#[must_use]
pub fn definition_names(flow: &FlowId) -> Vec<&str> {
    match flow.prompty() {
        Some(file) => vec![file],
        None => DEFINITION_NAMES.to_vec(),
    }
}

/// The folder that holds the flows. A folder that is itself a flow counts as one of its parent's, and the only one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowsFolder {
    root: PathBuf,
    only: Option<FlowId>,
}

/// Why a folder can't hold flows.
#[derive(Debug, Error)]
pub enum FlowsFolderError {
    /// It is missing, or can't be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is itself a flow, and its name can't be a flow's.
    #[error("The flow folder {0} has a name that flowdeck can’t use. Rename the folder.")]
    Name(String),
}

impl FlowsFolder {
    /// Looks at the folder that a person named.
    ///
    /// # Errors
    /// [`FlowsFolderError`].
    pub fn find(path: &Path) -> Result<Self, FlowsFolderError> {
        let path = path.canonicalize()?;
        let is_flow = DEFINITION_NAMES
            .iter()
            .any(|name| path.join(name).is_file());
        let Some(parent) = path.parent().filter(|_| is_flow) else {
            return Ok(Self::from(path));
        };
        let name = path.file_name().and_then(|name| name.to_str());
        let only = name.and_then(|name| FlowId::try_from(name).ok());
        match only {
            Some(only) => Ok(Self {
                root: parent.to_owned(),
                only: Some(only),
            }),
            None => Err(FlowsFolderError::Name(path.display().to_string())),
        }
    }

    /// The folder to which the ids of flows are relative.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The one flow to which this is limited, with the flows below it; `None` for all flows of the folder.
    #[must_use]
    pub fn only(&self) -> Option<&FlowId> {
        self.only.as_ref()
    }

    /// The folder that a person named.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        match &self.only {
            Some(only) => self.root.join(only.as_str()),
            None => self.root.clone(),
        }
    }

    /// Whether a flow of this id may be served, if there is one.
    #[must_use]
    pub fn admits(&self, flow: &FlowId) -> bool {
        self.only.as_ref().is_none_or(|only| flow.is_within(only))
    }
}

/// A folder that holds folders of flows.
impl From<PathBuf> for FlowsFolder {
    fn from(root: PathBuf) -> Self {
        Self { root, only: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn id(text: &str) -> FlowId {
        FlowId::try_from(text).unwrap()
    }

    #[test]
    fn a_folder_that_is_a_flow_is_the_only_one_of_its_parent() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("mine/evaluation")).unwrap();
        fs::write(root.join("mine/flow.dag.yaml"), "nodes: []\n").unwrap();
        let all = FlowsFolder::find(&root).unwrap();
        assert_eq!(
            (all.root(), all.only(), all.path()),
            (&*root, None, root.clone())
        );
        assert!(all.admits(&id("other")));

        let one = FlowsFolder::find(&root.join("mine")).unwrap();
        assert_eq!(one.root(), root);
        assert_eq!(one.path(), root.join("mine"));
        assert!(one.admits(&id("mine")) && one.admits(&id("mine/evaluation")));
        assert!(!one.admits(&id("other")) && !one.admits(&id("mine2")));
    }

    #[test]
    fn a_flow_whose_name_cannot_be_shown_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let hidden = root.path().join(".hidden");
        fs::create_dir(&hidden).unwrap();
        fs::write(hidden.join("flow.flex.yaml"), "entry: a:b\n").unwrap();
        assert!(matches!(
            FlowsFolder::find(&hidden),
            Err(FlowsFolderError::Name(_))
        ));
        assert!(matches!(
            FlowsFolder::find(&root.path().join("none")),
            Err(FlowsFolderError::Io(_))
        ));
    }
}
