//! Adds a file.

use flowdeck_contract::ids::FilePath;
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
};

use super::{
    FileTasks, FilesContext, FlowListing,
    name::{exists, path_of},
};
use crate::{
    api::{FlowFiles, Precondition, Written},
    pages::{flow::context::FlowContext, parts::tell_failure},
    ui::{Button, ButtonKind, Status, unique_id},
};

stylance::import_crate_style!(style, "src/pages/flow/files/new_file.module.css");

/// Asks for the name of a new file.
#[component]
pub(crate) fn NameForm() -> impl IntoView {
    let FileTasks {
        adding, on_cancel, ..
    } = expect_context();
    let flow = FlowContext::from_context();
    let listing = expect_context::<FilesContext>().listing;
    let status = Status::from_context();
    let name = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let field = NodeRef::<html::Input>::new();
    let (field_id, fault_id) = (unique_id("new-file"), unique_id("new-file-fault"));
    let (label_for, described_by) = (field_id.clone(), fault_id.clone());
    let focus = move || {
        if let Some(field) = field.get() {
            // Focusing an element that is shown cannot fail.
            let _ = field.focus();
        }
    };
    Effect::new(move |_| focus());

    let add = move || match check(&name.get_untracked(), listing) {
        Err(reason) => {
            fault.set(Some(reason));
            focus();
        }
        Ok(path) => leptos::task::spawn_local_scoped_with_cancellation(async move {
            let files = FlowFiles::new(flow.api, flow.flow());
            match files.write(&path, &Precondition::Absent, "").await {
                Ok(Written::Done(entry)) => {
                    listing.put(entry);
                    status.announce(format!("{path} added."));
                    adding.set(false);
                    // A line gives the editor the focus, which the field had.
                    flow.open_file(path, Some(1));
                }
                Ok(Written::Refused) => fault.set(Some(exists(&path))),
                Err(error) => tell_failure(status, &format!("Couldn’t add {path}"), &error),
            }
        }),
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        add();
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            on_cancel.run(());
        }
    };
    view! {
        <form class=style::form on:submit=on_submit on:keydown=on_key>
            <label for=label_for>"Name of the new file"</label>
            <input
                node_ref=field
                id=field_id
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder="prompts/answer.jinja2"
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                aria-describedby=described_by
                prop:value=name
                on:input=move |event| {
                    name.set(event_target_value(&event));
                    fault.set(None);
                }
            />
            <p id=fault_id class=style::fault>{fault}</p>
            <div class=style::choices>
                <Button kind=ButtonKind::Primary on_press=move |()| add()>"Add"</Button>
                <Button kind=ButtonKind::Quiet on_press=on_cancel>"Cancel"</Button>
            </div>
        </form>
    }
}

/// The path that a name stands for, or what is wrong with it.
fn check(name: &str, listing: FlowListing) -> Result<FilePath, String> {
    let path = path_of("", name)?;
    match listing.peek(|listed| listed.files.get(&path).is_some()) {
        Some(true) => Err(exists(&path)),
        Some(false) | None => Ok(path),
    }
}
