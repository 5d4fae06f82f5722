//! Unsaved edits as they are kept in the browser: what is written, and under which name.
//!
//! Each tab of the browser keeps its own, so that two of them with the same file never write over each other.

use std::fmt;

use flowdeck_contract::{
    Millis,
    address::encode,
    ids::{FilePath, FlowId, ProjectName},
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
    /// Their tab has left the flow: whoever opens the file next goes on with them.
    #[serde(default)]
    pub(crate) left: bool,
}

/// The tab that keeps a draft: 16 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Keeper(String);

impl Keeper {
    const DIGITS: usize = 16;

    /// The tab of this name; `None` for any other name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_name =
            text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_name.then(|| Self(text.to_owned()))
    }

    /// A tab that `random` bits tell from all others.
    pub(crate) fn new(random: u64) -> Self {
        Self(format!("{random:016x}"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whose drafts: all names of one flow start with this.
pub(crate) fn prefix(project: &ProjectName, flow: &FlowId) -> String {
    format!(
        "flowdeck.draft/{}/{}/",
        encode(project.as_str()),
        encode(flow.as_str())
    )
}

/// The name under which `keeper` keeps a file's draft.
pub(crate) fn name(prefix: &str, keeper: &Keeper, path: &FilePath) -> String {
    format!("{prefix}{keeper}/{}", path.as_str())
}

/// The tab and the file whose draft is kept under `name`, when it is one of that flow's.
pub(crate) fn parse(prefix: &str, name: &str) -> Option<(Keeper, FilePath)> {
    let (keeper, path) = name.strip_prefix(prefix)?.split_once('/')?;
    Some((Keeper::parse(keeper)?, FilePath::try_from(path).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_back_to_its_tab_and_file_and_to_no_other_flow() {
        let project = ProjectName::try_from("default").unwrap();
        let prefix_of = |flow: &str| prefix(&project, &FlowId::try_from(flow).unwrap());
        let (keeper, path) = (Keeper::new(7), FilePath::try_from("a/ü%2F.py").unwrap());
        let name = name(&prefix_of("my flow"), &keeper, &path);
        assert_eq!(parse(&prefix_of("my flow"), &name), Some((keeper, path)));
        assert_eq!(parse(&prefix_of("my"), &name), None);
        assert_eq!(parse(&prefix_of("my flow"), "theme"), None);
        assert_eq!(
            parse(
                &prefix_of("my flow"),
                &format!("{}a.py", prefix_of("my flow"))
            ),
            None
        );
    }

    #[test]
    fn a_tab_is_known_by_its_name_again() {
        let keeper = Keeper::new(u64::MAX);
        assert_eq!(Keeper::parse(keeper.as_str()), Some(keeper));
        for text in ["", "7", "000000000000000g", "00000000000000077"] {
            assert_eq!(Keeper::parse(text), None, "{text}");
        }
    }
}
