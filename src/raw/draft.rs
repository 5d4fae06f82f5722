//! Unsaved edits as they are kept in the browser: what is written, and under which name.

use flowdeck_contract::{
    Millis,
    ids::{FilePath, FlowId, ProjectName},
    paths::encode,
};
use serde::{Deserialize, Serialize};

/// Unsaved edits of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Draft {
    /// The tag of the content that they were made from; `None` where there was no file.
    pub(crate) base: Option<String>,
    /// The whole text.
    pub(crate) text: String,
    /// When the last of them was made.
    pub(crate) edited: Millis,
}

/// Whose drafts: all names of one flow start with this.
pub(crate) fn prefix(project: &ProjectName, flow: &FlowId) -> String {
    format!(
        "flowdeck.draft/{}/{}/",
        encode(project.as_str()),
        encode(flow.as_str())
    )
}

/// The name under which a file's draft is kept.
pub(crate) fn name(prefix: &str, path: &FilePath) -> String {
    format!("{prefix}{path}")
}

/// The file whose draft is kept under `name`, when it is one of that flow's.
pub(crate) fn path_of(prefix: &str, name: &str) -> Option<FilePath> {
    FilePath::try_from(name.strip_prefix(prefix)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_back_to_its_file_and_to_no_other_flow() {
        let project = ProjectName::try_from("default").unwrap();
        let prefix_of = |flow: &str| prefix(&project, &FlowId::try_from(flow).unwrap());
        let path = FilePath::try_from("a/ü%2F.py").unwrap();
        let name = name(&prefix_of("my flow"), &path);
        assert_eq!(path_of(&prefix_of("my flow"), &name), Some(path));
        assert_eq!(path_of(&prefix_of("my"), &name), None);
        assert_eq!(path_of(&prefix_of("my flow"), "theme"), None);
    }
}
