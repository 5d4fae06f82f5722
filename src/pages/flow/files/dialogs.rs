//! The dialogs and the menu about files, which load when the first of them is asked for.

use flowdeck_contract::help::HelpTopic;
use leptos::prelude::*;

use super::{
    Asked, FileTasks, context_menu::ContextMenu, deleted::Bin, folder_form::FolderForm,
    move_form::MoveForm, removal::Removal, rename_form::RenameForm, work::named,
};
use crate::{
    pages::parts::form_style,
    ui::{Button, ButtonKind, ButtonState, Dialog, DialogKind, open_while_asked, unique_id},
};

stylance::import_crate_style!(pub(super) style, "src/pages/flow/files/tasks.module.css");

/// All dialogs about files, and the menu.
#[component]
pub(crate) fn FileDialogs() -> impl IntoView {
    let tasks = expect_context::<FileTasks>();
    let title = |what: &'static str, asked: Asked, end: &'static str| {
        Signal::derive(move || {
            let name = asked.with(|paths| paths.as_deref().map(named));
            format!("{what} {}{end}", name.unwrap_or_default())
        })
    };
    let help = HelpTopic::Files.address();
    view! {
        <ContextMenu />
        <Dialog open=open_while_asked(tasks.making) title="New folder" kind=DialogKind::Form help=help>
            <FolderForm />
        </Dialog>
        <Dialog
            open=open_while_asked(tasks.renaming)
            title=title("Rename", tasks.renaming, "")
            kind=DialogKind::Form
            help=help
        >
            <RenameForm />
        </Dialog>
        <Dialog
            open=open_while_asked(tasks.moving)
            title=title("Move", tasks.moving, "")
            kind=DialogKind::Form
            help=help
        >
            <MoveForm />
        </Dialog>
        <Dialog
            open=open_while_asked(tasks.removing)
            title=title("Delete", tasks.removing, "?")
            kind=DialogKind::Confirm
            help=help
        >
            <Removal />
        </Dialog>
        <Dialog
            open=open_while_asked(tasks.restoring)
            title="Deleted files"
            kind=DialogKind::Form
            help=help
        >
            <Bin />
        </Dialog>
    }
}

/// Why it can't be done, in the place of a form.
#[component]
pub(super) fn Refused(asked: Asked, reason: String) -> impl IntoView {
    view! {
        <p>{reason}</p>
        <div class=style::answers>
            <Button first_focus=true on_press=move |()| asked.set(None)>"Close"</Button>
        </div>
    }
}

/// The field of a form that asks for a name.
#[component]
pub(super) fn NameField(name: RwSignal<String>, fault: RwSignal<Option<String>>) -> impl IntoView {
    let (field, fault_id) = (unique_id("file-name"), unique_id("file-name-fault"));
    let (label_for, described_by) = (field.clone(), fault_id.clone());
    view! {
        <div class=form_style::field>
            <label for=label_for class=form_style::label>"Name"</label>
            <input
                id=field
                type="text"
                autofocus=true
                autocomplete="off"
                spellcheck="false"
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                aria-describedby=described_by
                prop:value=name
                on:input=move |event| {
                    name.set(event_target_value(&event));
                    fault.set(None);
                }
            />
            <p id=fault_id class=form_style::fault role="alert">{fault}</p>
        </div>
    }
}

/// What ends a form.
#[component]
pub(super) fn Answers(
    asked: Asked,
    label: &'static str,
    is_busy: RwSignal<bool>,
    on_press: Callback<()>,
) -> impl IntoView {
    let state = Signal::derive(move || ButtonState::busy_while(is_busy.get()));
    view! {
        <div class=style::answers>
            <Button on_press=move |()| asked.set(None)>"Cancel"</Button>
            <Button kind=ButtonKind::Primary state=state on_press=on_press>{label}</Button>
        </div>
    }
}
