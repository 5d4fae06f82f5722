//! Makes a copy of a flow.

use flowdeck_contract::{flows::FlowSummary, managing::CloneFlow};
use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    Managing,
    folder_name::{NameFields, Naming, suggested},
};
use crate::{
    pages::flows::style,
    ui::{Button, ButtonKind, ButtonState},
};

/// What the dialog of a copy shows.
#[component]
pub(super) fn CloneForm() -> impl IntoView {
    let managing = expect_context::<Managing>();
    let flow = managing.cloning.get_untracked();
    flow.map(|flow| view! { <Form flow=flow /> })
}

#[component]
fn Form(flow: FlowSummary) -> impl IntoView {
    let managing = expect_context::<Managing>();
    let is_prompty = flow.id.prompty().is_some();
    // Beside the flow, where what it includes is found.
    let (around, end) = match (flow.id.as_str().rsplit_once('/'), is_prompty) {
        (Some((around, _)), true) => (format!("{around}/"), ".prompty"),
        (Some((around, _)), false) => (format!("{around}/"), ""),
        (None, _) => (String::new(), ""),
    };
    let folder_for = StoredValue::new(move |name: &str| {
        managing.flows.with_untracked(|flows| {
            let beside: Vec<FlowSummary> = flows
                .iter()
                .filter_map(|flow| {
                    let id = flow.id.as_str().strip_prefix(around.as_str())?;
                    let id = id.try_into().ok()?;
                    Some(FlowSummary { id, ..flow.clone() })
                })
                .collect();
            format!("{around}{}", suggested(name, end, &beside))
        })
    });
    let suggest = move |name: &str| folder_for.with_value(|folder_for| folder_for(name));
    let naming = {
        let name = format!("{} (copy)", flow.name);
        let folder = suggest(&name);
        Naming::new(name, folder)
    };
    let is_placed = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let id = flow.id.clone();
    let copy = Callback::new(move |()| {
        let Some(folder) = naming.checked().filter(|_| !is_busy.get_untracked()) else {
            return;
        };
        let asked = CloneFlow {
            folder,
            name: naming.given_name(),
        };
        is_busy.set(true);
        let id = id.clone();
        managing.spawn(async move {
            let made = managing.api.clone_flow(&id, &asked).await;
            is_busy.try_set(false);
            match made {
                Ok(flow) => managing.go_to(flow),
                Err(error) => naming.refused(&error),
            }
        });
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        copy.run(());
    };
    let state = Signal::derive(move || ButtonState::busy_while(is_busy.get()));
    let what = match is_prompty {
        true => "Copies the prompty’s file.",
        false => "Copies every file of the flow’s folder.",
    };
    view! {
        <form class=style::page on:submit=submit>
            <p>{what} " Its runs, conversations and compute session stay with the original."</p>
            <NameFields
                naming=naming
                first_focus=true
                on_name=move |name: String| {
                    if !is_placed.get_untracked() {
                        let folder = suggest(&name);
                        naming.suggest(name, folder);
                    }
                }
                on_folder=move |()| is_placed.set(true)
            />
            // Enter in a field needs one.
            <button type="submit" hidden tabindex="-1"></button>
            <div class=style::answers>
                <Button on_press=move |()| managing.cloning.set(None)>"Cancel"</Button>
                <Button kind=ButtonKind::Primary state=state on_press=copy>"Clone"</Button>
            </div>
        </form>
    }
}
