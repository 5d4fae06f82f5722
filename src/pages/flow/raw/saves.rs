//! Which versions of files the tabs of this browser have saved, so that a change by another tab is told from one by
//! another program.

use flowdeck_contract::ids::{FilePath, FlowId, ProjectName};
use serde::{Deserialize, Serialize};

use super::draft::Keeper;
use crate::{api::json, storage::Store};

/// Where all tabs look.
pub(super) const KEY: &str = "flowdeck.saves";

/// More than a person saves while one of their tabs does not look.
const MOST: usize = 50;

/// One version of a file, and the tab that saved it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Save {
    project: String,
    flow: String,
    path: String,
    etag: String,
    tab: String,
}

/// The saves of one flow's files.
#[derive(Clone, Debug)]
pub(super) struct Saves {
    project: String,
    flow: String,
    tab: String,
}

impl Saves {
    pub(super) fn new(project: &ProjectName, flow: &FlowId, tab: &Keeper) -> Self {
        Self {
            project: project.to_string(),
            flow: flow.to_string(),
            tab: tab.as_str().to_owned(),
        }
    }

    /// This tab has saved a file, which has this tag now.
    pub(super) fn note(&self, path: &FilePath, etag: &str) {
        let mut saves = read();
        saves.push(Save {
            project: self.project.clone(),
            flow: self.flow.clone(),
            path: path.to_string(),
            etag: etag.to_owned(),
            tab: self.tab.clone(),
        });
        let surplus = saves.len().saturating_sub(MOST);
        saves.drain(..surplus);
        if let Ok(text) = serde_json::to_string(&saves) {
            // A browser that keeps nothing lets the other tab speak of a program, as before.
            Store::Local.write(KEY, &text);
        }
    }

    /// Whether another tab of this browser saved the version of a file with this tag.
    pub(super) fn is_of_other_tab(&self, path: &FilePath, etag: &str) -> bool {
        read().iter().any(|save| self.is_other(save, path, etag))
    }

    fn is_other(&self, save: &Save, path: &FilePath, etag: &str) -> bool {
        let same_flow = save.project == self.project && save.flow == self.flow;
        same_flow && save.path == path.as_str() && save.etag == etag && save.tab != self.tab
    }
}

/// What is kept by something else under the name counts as nothing.
fn read() -> Vec<Save> {
    let kept = Store::Local.read(KEY);
    kept.and_then(|text| json::from_str(&text).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saves(flow: &str, tab: u64) -> Saves {
        let project = ProjectName::try_from("p").unwrap();
        Saves::new(
            &project,
            &FlowId::try_from(flow).unwrap(),
            &Keeper::new(tab),
        )
    }

    #[test]
    fn only_another_tab_s_save_of_this_very_version_counts() {
        let path = FilePath::try_from("a.py").unwrap();
        let here = saves("f", 1);
        let by = |of: &Saves, path: &str, etag: &str| Save {
            project: of.project.clone(),
            flow: of.flow.clone(),
            path: path.to_owned(),
            etag: etag.to_owned(),
            tab: of.tab.clone(),
        };
        let there = saves("f", 2);
        assert!(here.is_other(&by(&there, "a.py", "2"), &path, "2"));
        for other in [
            by(&there, "a.py", "1"),
            by(&there, "b.py", "2"),
            by(&here, "a.py", "2"),
            by(&saves("g", 2), "a.py", "2"),
        ] {
            assert!(!here.is_other(&other, &path, "2"), "{other:?}");
        }
    }
}
