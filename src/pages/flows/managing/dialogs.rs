//! The dialogs about flows that come and go.

use flowdeck_contract::{flows::FlowSummary, help::HelpTopic};
use leptos::prelude::*;

use super::{
    Managing, bin::Bin, clone_form::CloneForm, importing::ImportFlows, new_form::NewForm,
    removal::Removal, rename_form::RenameForm,
};
use crate::{
    routes::FlowsDialog,
    ui::{Dialog, DialogKind, open_while_asked},
};

/// All dialogs about flows that come and go.
#[component]
pub(crate) fn FlowDialogs() -> impl IntoView {
    let managing = expect_context::<Managing>();
    let title_of = |what: &'static str, flow: RwSignal<Option<FlowSummary>>, end: &'static str| {
        Signal::derive(move || {
            let name = flow.with(|flow| flow.as_ref().map(|flow| flow.name.clone()));
            format!("{what} {}{end}", name.unwrap_or_default())
        })
    };
    let help = HelpTopic::FlowsComeAndGo.address();
    view! {
        <Dialog open=open_at(managing, FlowsDialog::New) title="New flow" kind=DialogKind::Form help=help>
            <NewForm />
        </Dialog>
        <Dialog open=open_at(managing, FlowsDialog::Import) title="Import flows" kind=DialogKind::Form help=help>
            <ImportFlows />
        </Dialog>
        <Dialog open=open_at(managing, FlowsDialog::Deleted) title="Deleted flows" kind=DialogKind::Form help=help>
            <Bin />
        </Dialog>
        <Dialog
            open=open_while_asked(managing.cloning)
            title=title_of("Clone", managing.cloning, "")
            kind=DialogKind::Form
            help=help
        >
            <CloneForm />
        </Dialog>
        <Dialog
            open=open_while_asked(managing.renaming)
            title=title_of("Rename", managing.renaming, "")
            kind=DialogKind::Form
            help=help
        >
            <RenameForm />
        </Dialog>
        <Dialog
            open=open_while_asked(managing.removing)
            title=title_of("Delete", managing.removing, "?")
            kind=DialogKind::Confirm
            help=help
        >
            <Removal />
        </Dialog>
    }
}

/// Whether the dialog is open that the address names. Closing it changes the address.
fn open_at(managing: Managing, dialog: FlowsDialog) -> RwSignal<bool> {
    let named = Memo::new(move |_| managing.view.with(|view| view.dialog == Some(dialog)));
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if open.get_untracked() != named.get() {
            open.set(named.get_untracked());
        }
    });
    Effect::new(move |_| {
        if !open.get() && named.get_untracked() {
            managing.open(None);
        }
    });
    open
}
