//! Gives a flow another display name.

use leptos::{ev::SubmitEvent, prelude::*};

use super::Managing;
use crate::{
    pages::{flows::style, parts::form_style},
    ui::{Button, ButtonKind, ButtonState},
};

const FIELD: &str = "flow-new-name";

/// What the dialog of the new name shows.
#[component]
pub(super) fn RenameForm() -> impl IntoView {
    let managing = expect_context::<Managing>();
    let Some(flow) = managing.renaming.get_untracked() else {
        return ().into_any();
    };
    let name = RwSignal::new(flow.name.clone());
    let fault = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let folder = format!("Its folder, {}, keeps its name.", flow.id.folder());
    let rename = Callback::new(move |()| {
        let wanted = name.get_untracked().trim().to_owned();
        if wanted.is_empty() {
            return fault.set(Some("Enter a name.".to_owned()));
        }
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let (id, old) = (flow.id.clone(), flow.name.clone());
        managing.spawn(async move {
            let renamed = managing.api.rename_flow(&id, &wanted).await;
            is_busy.try_set(false);
            match renamed {
                Ok(()) => {
                    managing.renaming.set(None);
                    managing.status.announce(format!("{old} is now {wanted}."));
                }
                Err(error) => {
                    fault.try_set(Some(error.with_remedy()));
                }
            }
        });
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        rename.run(());
    };
    let state = Signal::derive(move || ButtonState::busy_while(is_busy.get()));
    view! {
        <form class=style::page on:submit=submit>
            <div class=form_style::field>
                <label for=FIELD class=form_style::label>"Name"</label>
                <input
                    id=FIELD
                    type="text"
                    autofocus=true
                    autocomplete="off"
                    maxlength="200"
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    aria-describedby="flow-new-name-fault"
                    prop:value=name
                    on:input=move |event| {
                        name.set(event_target_value(&event));
                        fault.set(None);
                    }
                />
                <p class=form_style::help>{folder}</p>
                <p id="flow-new-name-fault" class=form_style::fault>{fault}</p>
            </div>
            <div class=style::answers>
                <Button on_press=move |()| managing.renaming.set(None)>"Cancel"</Button>
                <Button kind=ButtonKind::Primary state=state on_press=rename>"Rename"</Button>
            </div>
        </form>
    }
    .into_any()
}
