//! The buttons of an open requirements file: saving it is most often followed by installing it.

use flowdeck_contract::{
    azure::SetupFlowSessionAction,
    ids::FilePath,
    session::{PhaseState, SessionState, SessionView},
};
use leptos::prelude::*;

use super::{save_button::save_state, workbench::Workbench};
use crate::{
    pages::parts::tell_failure,
    ui::{Button, ButtonState, Tone},
};

stylance::import_crate_style!(style, "src/raw/requirements.module.css");

/// Counts as the flow's requirements file even where the definition does not name it.
const REQUIREMENTS: &str = "requirements.txt";

/// Buttons to save the requirements file, with and without an install; nothing while another file is shown.
#[component]
pub(super) fn RequirementsBar() -> impl IntoView {
    let workbench = Workbench::from_context();
    let shown = workbench.shown();
    let path = Memo::new(move |_| {
        let path = shown.get()?;
        workbench.status_of(&path)?;
        workbench.is_requirements(&path).then_some(path)
    });
    let asking = RwSignal::new(false);
    let session = workbench.flow.live.session;
    let install_state = Signal::derive(move || {
        if asking.get() {
            return ButtonState::Busy;
        }
        ButtonState::unless(session.with(|session| refusal(session.as_ref())))
    });
    let install = move |()| {
        if let Some(path) = path.get_untracked() {
            asking.set(true);
            workbench.spawn(async move {
                save_and_install(workbench, &path).await;
                asking.try_set(false);
            });
        }
    };
    view! {
        <Show when=move || path.with(Option::is_some)>
            <div class=style::bar>
                <Button state=install_state on_press=install>
                    "Save and install"
                </Button>
                <Button state=save_state(workbench) on_press=move |()| workbench.save_shown()>
                    "Save only"
                </Button>
            </div>
        </Show>
    }
}

async fn save_and_install(workbench: Workbench, path: &FilePath) {
    let (flow, status) = (workbench.flow, workbench.status);
    if !workbench.save(path).await {
        return;
    }
    match flow
        .api
        .set_up_session(&flow.flow(), SetupFlowSessionAction::Install)
        .await
    {
        Ok(()) => status.tell(
            Tone::Good,
            format!("Installing {path} into the compute session"),
            None,
        ),
        Err(error) => tell_failure(status, "The packages were not installed", &error),
    }
}

/// Whether `path` is the requirements file of a flow that names `named`.
pub(super) fn is_requirements(path: &FilePath, named: Option<&str>) -> bool {
    let named = named.map(|named| named.trim_start_matches("./"));
    path.as_str() == named.unwrap_or(REQUIREMENTS)
}

/// Why nothing can be installed now.
fn refusal(session: Option<&SessionView>) -> Option<&'static str> {
    let Some(session) = session else {
        return Some("The compute session's state is not known yet.");
    };
    let installing = session
        .install
        .as_ref()
        .is_some_and(|install| install.state == PhaseState::Running);
    match session.state {
        SessionState::Available if installing => Some("Packages are being installed already."),
        SessionState::Available => None,
        SessionState::Starting => Some("The compute session is still starting."),
        SessionState::Stopping => Some("The compute session is being stopped."),
        SessionState::NotExist | SessionState::Failed => {
            Some("There is no compute session. Start one first.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_the_definition_names_is_the_requirements_file() {
        let path = |text: &str| FilePath::try_from(text).unwrap();
        assert!(is_requirements(&path("requirements.txt"), None));
        assert!(!is_requirements(&path("data/requirements.txt"), None));
        assert!(is_requirements(
            &path("deps/all.txt"),
            Some("./deps/all.txt")
        ));
        assert!(!is_requirements(
            &path("requirements.txt"),
            Some("deps/all.txt")
        ));
    }

    #[test]
    fn only_a_session_that_runs_takes_an_install() {
        let view = |state| SessionView {
            state,
            ..SessionView::default()
        };
        assert_eq!(refusal(Some(&view(SessionState::Available))), None);
        assert_eq!(
            refusal(Some(&view(SessionState::NotExist))),
            Some("There is no compute session. Start one first.")
        );
        for state in [
            SessionState::Starting,
            SessionState::Stopping,
            SessionState::Failed,
        ] {
            assert!(refusal(Some(&view(state))).is_some());
        }
        assert!(refusal(None).is_some());
    }
}
