//! The toolbar's button for saving.

use leptos::prelude::*;

use super::{document::Status, workbench::Workbench};
use crate::ui::{Button, ButtonState};

/// Saves the file that is shown.
#[component]
pub(crate) fn SaveButton() -> impl IntoView {
    let workbench = Workbench::from_context();
    let state = save_state(workbench);
    view! {
        <Button state=state on_press=move |()| workbench.save_shown()>
            "Save"
        </Button>
    }
}

/// Whether the file that is shown can be saved.
pub(crate) fn save_state(workbench: Workbench) -> Signal<ButtonState> {
    let shown = workbench.shown();
    let state = move |_: Option<&ButtonState>| {
        let Some(path) = shown.get() else {
            return ButtonState::Refused("No file is open.".to_owned());
        };
        match workbench.status_of(&path) {
            None => ButtonState::Refused(format!("{path} isn’t open for editing.")),
            Some(Status::Clean) => ButtonState::Refused(format!("{path} has no unsaved edits.")),
            Some(Status::Saving { .. }) => ButtonState::Busy,
            Some(Status::Dirty | Status::SaveFailed(_) | Status::Diverged { .. }) => {
                ButtonState::Ready
            }
        }
    };
    Memo::new(state).into()
}
