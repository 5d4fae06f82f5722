//! The packages from before the last install, and going back to them.

use flowdeck_contract::{capability::Action, packages::LastGood};
use leptos::prelude::*;

use super::Part;
use crate::{
    pages::flow::{Actions, Dialogs},
    ui::{Button, ButtonKind, local_time},
};

stylance::import_crate_style!(style, "src/pages/flow/dialogs/ending.module.css");

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
        "Go back to the {} packages from before the last install ({}). The runtime restarts. You can switch back.",
        set.packages,
        local_time(set.made_at.0)
    );
    let asks = RwSignal::new(false);
    view! {
        <Part title="Last good set">
            <p>{what}</p>
            <Show
                when=move || asks.get()
                fallback=move || {
                    view! {
                        <div>
                            <Button state=state on_press=move |()| asks.set(true)>
                                "Restore the last good set"
                            </Button>
                        </div>
                    }
                }
            >
                <p>"Restore these packages? The current ones are replaced."</p>
                <div class=style::answers>
                    <Button first_focus=true on_press=move |()| asks.set(false)>
                        "Cancel"
                    </Button>
                    <Button kind=ButtonKind::Danger state=state on_press=restore>
                        "Restore"
                    </Button>
                </div>
            </Show>
        </Part>
    }
}
