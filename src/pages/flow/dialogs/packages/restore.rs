//! The packages from before the last install, and going back to them.

use flowdeck_contract::{capability::Action, packages::LastGood};
use leptos::prelude::*;

use super::Part;
use crate::{
    pages::flow::{Actions, Dialogs},
    ui::{Button, local_time},
};

#[component]
pub(super) fn LastGoodSet(set: LastGood) -> impl IntoView {
    let actions = Actions::from_context();
    let open = Dialogs::from_context().packages;
    let state = Signal::derive(move || actions.state(Action::Install));
    let restore = move |()| {
        open.set(false);
        actions.restore_packages();
    };
    let what = format!(
        "Before the last install the session had {} packages, made on {}. They can take the place of those of now, which can then be restored in turn; the runtime restarts.",
        set.packages,
        local_time(set.made_at.0)
    );
    view! {
        <Part title="Last good set">
            <p>{what}</p>
            <div>
                <Button state=state on_press=restore>
                    "Restore the last good set"
                </Button>
            </div>
        </Part>
    }
}
