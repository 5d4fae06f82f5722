//! What to do about requirements that can't be installed: each way is a button.

use flowdeck_contract::{
    ids::FilePath,
    packages::{InstallCause, InstallFault, RuntimeVersions},
    settings::SessionSettings,
};
use leptos::prelude::*;

use super::{Actions, Dialogs, FlowContext, asked_by::open_line};
use crate::{
    api::{FlowFiles, Precondition},
    pages::parts::tell_failure,
    ui::{NextStep, Status},
};

/// The ways out of a fault, the likeliest first; `on_keep_base` does the same again with the base's versions of the
/// runtime, where that can be chosen.
pub(super) fn fault_steps(
    fault: &InstallFault,
    on_keep_base: Option<Callback<()>>,
) -> Vec<NextStep> {
    let keep = on_keep_base.filter(|_| fault.cause == InstallCause::RuntimePackage);
    let keep = keep.map(|keep| NextStep::new("Keep the base’s version", move || keep.run(())));
    let create = missing(fault).map(create_file);
    let open = fault.asked_by.as_ref().and_then(open_line);
    [keep, create, open].into_iter().flatten().collect()
}

/// Starts a session like the one that failed, with the base's versions of the runtime.
pub(super) fn start_keeping_base() -> Callback<()> {
    let context = FlowContext::from_context();
    let session = context.live.session;
    let actions = Actions::from_context();
    Callback::new(move |()| {
        let settings = session.with_untracked(|session| Some(session.as_ref()?.settings.clone()));
        actions.start_with(SessionSettings {
            runtime_versions: RuntimeVersions::KeepBase,
            // The flow says which image.
            base_image: context.image(),
            ..settings.unwrap_or_default()
        });
    })
}

/// The file that would mend it if it were made.
fn missing(fault: &InstallFault) -> Option<FilePath> {
    let named = fault.requirement.as_deref()?;
    (fault.cause == InstallCause::FileMissing)
        .then(|| FilePath::try_from(named).ok())
        .flatten()
}

fn create_file(path: FilePath) -> NextStep {
    let context = FlowContext::from_context();
    let plan = Dialogs::from_context().plan;
    let status = Status::from_context();
    let label = format!("Create {path}");
    NextStep::new(label, move || {
        let path = path.clone();
        leptos::task::spawn_local_scoped_with_cancellation(async move {
            let files = FlowFiles::new(context.api, context.flow());
            // Where somebody was faster, theirs is shown.
            match files.write(&path, &Precondition::Absent, "").await {
                Ok(_) => {
                    plan.set(false);
                    context.open_file(path, Some(1));
                }
                Err(error) => tell_failure(status, &format!("Couldn’t create {path}"), &error),
            }
        });
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_beneath_the_flow_folder_can_be_created() {
        let fault = |cause, named: &str| InstallFault {
            cause,
            requirement: Some(named.to_owned()),
            asked_by: None,
        };
        let path = missing(&fault(InstallCause::FileMissing, "deps/more.txt"));
        assert_eq!(path.as_ref().map(FilePath::as_str), Some("deps/more.txt"));
        for (cause, named) in [
            (InstallCause::FileMissing, "../more.txt"),
            (InstallCause::FileMissing, "/etc/more.txt"),
            (InstallCause::NotFound, "flask"),
        ] {
            assert_eq!(missing(&fault(cause, named)), None, "{named}");
        }
    }
}
