//! Whether a plan is still one of the requirements as they are on disk.

use flowdeck_contract::{
    ids::FilePath,
    packages::{InstallFault, InstallPlan},
};

use crate::{api::Load, live::FilesNews, pages::flow::Definition};

/// Why a plan has to be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OutOfDate {
    /// This file has changed.
    File(FilePath),
    /// The events were interrupted: anything may have changed.
    Unknown,
}

impl OutOfDate {
    /// What the news makes of a plan, or of the attempt to make one.
    pub(super) fn by(
        news: &FilesNews,
        definition: Option<&Definition>,
        plan: &Load<InstallPlan>,
    ) -> Option<Self> {
        let FilesNews::Changed(changes) = news else {
            return Some(Self::Unknown);
        };
        let requirements = definition.and_then(Definition::requirements);
        let named = definition.and_then(|definition| definition.path.as_ref());
        let is_read = |path: &FilePath| match plan {
            Load::Ready(plan) => plan.files.iter().any(|file| file == path.as_str()),
            Load::Failed(error) => error
                .install_fault
                .as_deref()
                .is_some_and(|fault| is_blamed(fault, path)),
            Load::Loading => false,
        };
        let mut changed = changes.iter().map(|change| &change.path);
        let changed = changed.find(|path| {
            Some(*path) == requirements.as_ref() || Some(*path) == named || is_read(path)
        });
        changed.cloned().map(Self::File)
    }
}

/// Whether a file is what a plan failed by: one that is missing, or one with the line at fault.
fn is_blamed(fault: &InstallFault, path: &FilePath) -> bool {
    let line = fault.asked_by.as_ref();
    fault.requirement.as_deref() == Some(path.as_str())
        || line.is_some_and(|line| line.file == path.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ApiError;
    use flowdeck_contract::{files::FileChange, packages::InstallCause};

    fn path(text: &str) -> FilePath {
        FilePath::try_from(text).unwrap()
    }

    fn by(changed: &[&str], plan: &Load<InstallPlan>) -> Option<OutOfDate> {
        let changes = changed.iter().map(|file| FileChange {
            path: path(file),
            entry: None,
        });
        let definition = Definition {
            path: Some(path("flow.dag.yaml")),
            report: None,
        };
        let news = FilesNews::Changed(changes.collect());
        OutOfDate::by(&news, Some(&definition), plan)
    }

    #[test]
    fn a_plan_is_out_of_date_when_a_file_changes_that_it_was_made_of() {
        let plan = Load::Ready(InstallPlan {
            files: vec!["requirements.txt".into(), "deps/more.txt".into()],
            ..InstallPlan::default()
        });
        let file = |name| Some(OutOfDate::File(path(name)));
        assert_eq!(by(&["a.py", "deps/more.txt"], &plan), file("deps/more.txt"));
        assert_eq!(by(&["flow.dag.yaml"], &plan), file("flow.dag.yaml"));
        assert_eq!(by(&["more.txt", "a.py"], &plan), None);
        assert_eq!(by(&["deps/more.txt"], &Load::Loading), None);
        let missing = ApiError {
            install_fault: Some(Box::new(InstallFault {
                cause: InstallCause::FileMissing,
                requirement: Some("deps/more.txt".into()),
                asked_by: None,
            })),
            ..ApiError::unreachable()
        };
        let failed = Load::Failed(missing);
        assert_eq!(by(&["deps/more.txt"], &failed), file("deps/more.txt"));
        assert_eq!(by(&["more.txt"], &failed), None);
        assert_eq!(
            OutOfDate::by(&FilesNews::Anything(None), None, &plan),
            Some(OutOfDate::Unknown)
        );
    }
}
