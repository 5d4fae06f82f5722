//! The buttons of an open requirements file: saving it is most often followed by installing it, after a look at what that
//! would change.

use flowdeck_contract::{capability::Action, ids::FilePath};
use leptos::prelude::*;

use super::{
    feeds::{FeedResults, FeedTesting, TestFeedButton},
    save_button::save_state,
    workbench::Workbench,
};
use crate::{
    pages::flow::{Actions, Dialogs},
    ui::{Button, ButtonKind, ButtonState},
};

stylance::import_crate_style!(style, "src/pages/flow/raw/requirements.module.css");

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
    let (actions, plan) = (Actions::from_context(), Dialogs::from_context().plan);
    let saving = RwSignal::new(false);
    let install_state = Signal::derive(move || {
        if saving.get() {
            ButtonState::Busy
        } else {
            actions.state(Action::Install)
        }
    });
    let install = move |()| {
        if let Some(path) = path.get_untracked() {
            saving.set(true);
            workbench.spawn(async move {
                let is_saved = workbench.save(&path).await;
                saving.try_set(false);
                if is_saved {
                    plan.try_set(true);
                }
            });
        }
    };
    let feeds = FeedTesting::new();
    let save = save_state(workbench);
    // It stands out while there is something to save.
    let kind = Signal::derive(move || match save.get() {
        ButtonState::Ready => ButtonKind::Primary,
        ButtonState::Busy | ButtonState::Refused(_) => ButtonKind::Plain,
    });
    view! {
        <Show when=move || path.with(Option::is_some)>
            <div class=style::bar>
                <Button kind=kind state=install_state on_press=install>
                    "Save and install"
                </Button>
                <Button state=save on_press=move |()| workbench.save_shown()>
                    "Save only"
                </Button>
                <TestFeedButton test=feeds />
            </div>
            {move || {
                workbench.packages.problem.get().map(|why| view! { <p class=style::problem>{why}</p> })
            }}
            <FeedResults test=feeds />
        </Show>
    }
}

/// Whether `path` is the requirements file of a flow that names `named`.
pub(super) fn is_requirements(path: &FilePath, named: Option<&str>) -> bool {
    let named = named.map(|named| named.trim_start_matches("./"));
    path.as_str() == named.unwrap_or(REQUIREMENTS)
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
}
