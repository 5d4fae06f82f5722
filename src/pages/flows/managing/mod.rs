//! New flows, copies, and deleting flows. The dialogs for it load when the first of them is asked for.

mod bin;
mod clone_form;
mod dialogs;
mod folder_name;
mod importing;
mod new_form;
mod removal;
mod rename_form;

use flowdeck_contract::{flows::FlowSummary, ids::FlowId, paths, session::SessionState};
use leptos::{ev::DragEvent, prelude::*, task::spawn_local_scoped_with_cancellation};
use web_sys::File;

pub(crate) use self::dialogs::FlowDialogs;
use super::search::{show, use_view};
use crate::{
    api::{Api, ApiError},
    lazy::{FLOW_DIALOGS, Lazy, save_file},
    nav::{Nav, Step, use_nav},
    pages::parts::tell_failure,
    routes::{FlowsDialog, FlowsView, Route},
    ui::{
        Button, ButtonKind, ButtonState, MenuButton, MenuItem, NextStep, Status, Tone, lowercase,
    },
};

/// Makes, copies, downloads, deletes and restores flows. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Managing {
    flows: Memo<Vec<FlowSummary>>,
    /// Why none of it can be done here.
    fixed: Memo<Option<String>>,
    /// The flow that is to be copied.
    cloning: RwSignal<Option<FlowSummary>>,
    /// The flow that is to have another name.
    renaming: RwSignal<Option<FlowSummary>>,
    /// The flow of which it's asked whether it's to be deleted.
    removing: RwSignal<Option<FlowSummary>>,
    /// A file that was dropped on the page, until the import has it.
    dropped: RwSignal<Option<File>, LocalStorage>,
    api: Api,
    nav: Nav,
    view: Memo<FlowsView>,
    status: Status,
    owner: StoredValue<Owner>,
}

impl Managing {
    /// Makes it available below.
    pub(super) fn provide(flows: Memo<Vec<FlowSummary>>, fixed: Memo<Option<String>>) -> Self {
        let managing = Self {
            flows,
            fixed,
            cloning: RwSignal::new(None),
            renaming: RwSignal::new(None),
            removing: RwSignal::new(None),
            dropped: RwSignal::new_local(None),
            api: Api::from_context(),
            nav: use_nav(),
            view: use_view(),
            status: Status::from_context(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        };
        provide_context(managing);
        managing
    }

    /// Opens a dialog, or closes the one that is open.
    fn open(self, dialog: Option<FlowsDialog>) {
        let view = FlowsView {
            dialog,
            ..self.view.get_untracked()
        };
        show(self.nav, view);
    }

    /// Other flows that are in a flow's folder.
    fn within(self, flow: &FlowId) -> Vec<FlowSummary> {
        self.flows.with(|flows| {
            let within = flows
                .iter()
                .filter(|other| other.id != *flow && other.id.is_within(flow));
            within.cloned().collect()
        })
    }

    /// Why a flow can't be deleted now.
    fn keeps(self, flow: &FlowSummary) -> Option<String> {
        if let Some(fixed) = self.fixed.get() {
            return Some(fixed);
        }
        let is_at_work = |flow: &FlowSummary| {
            !matches!(flow.session, SessionState::NotExist | SessionState::Failed)
        };
        if is_at_work(flow) {
            return Some("Stop its compute session first.".to_owned());
        }
        let within = self.within(&flow.id).into_iter().find(is_at_work)?;
        Some(format!(
            "Stop the compute session of {} first.",
            within.name
        ))
    }

    fn download(self, flow: &FlowSummary) {
        let (id, title) = (flow.id.clone(), flow.name.clone());
        self.status.announce(format!("Downloading {title}."));
        self.spawn(async move {
            let name = format!("{}.zip", id.folder().rsplit('/').next().unwrap_or("flow"));
            let path = paths::flow_archive(&self.api.project(), &id);
            let saved = match save_file().await {
                Ok(save) => save(self.api, path, name).await,
                Err(_) => Err(ApiError::unreachable()),
            };
            if let Err(error) = saved {
                tell_failure(self.status, &format!("Couldn’t download {title}"), &error);
            }
        });
    }

    fn delete(self, flow: FlowSummary) {
        self.spawn(async move {
            match self.api.delete_flow(&flow.id).await {
                Ok(deleted) => {
                    let undo =
                        NextStep::new("Undo", move || self.restore(deleted.id.clone(), || ()));
                    self.status.offer(format!("{} deleted", flow.name), undo);
                }
                Err(error) => {
                    tell_failure(
                        self.status,
                        &format!("Couldn’t delete {}", flow.name),
                        &error,
                    );
                }
            }
        });
    }

    fn restore(self, deleted: String, then: impl FnOnce() + 'static) {
        self.spawn(async move {
            match self.api.restore_flow(&deleted).await {
                Ok(flow) => self.status.announce(format!("{flow} restored.")),
                Err(error) => tell_failure(self.status, "Couldn’t restore the flow", &error),
            }
            then();
        });
    }

    /// Opens the import with a zip that is dropped on the page.
    pub(super) fn take(self, event: &DragEvent) {
        let dropped = event.data_transfer().and_then(|data| data.files()?.get(0));
        let Some(dropped) = dropped else { return };
        event.prevent_default();
        let refused = match self.fixed.get_untracked() {
            Some(fixed) => Some(fixed),
            None if lowercase(&dropped.name()).ends_with(".zip") => None,
            None => Some("Drop a zip file, or select Import to choose a folder.".to_owned()),
        };
        if refused.is_some() {
            return self.status.tell(Tone::Bad, "Couldn’t import", refused);
        }
        self.dropped.set(Some(dropped));
        self.open(Some(FlowsDialog::Import));
    }

    fn go_to(self, flow: FlowId) {
        self.nav.go(&Route::flow(flow), Step::Push);
    }

    fn spawn(self, future: impl Future<Output = ()> + 'static) {
        self.owner
            .get_value()
            .with(|| spawn_local_scoped_with_cancellation(future));
    }
}

/// What stands beside the heading of the page.
#[component]
pub(super) fn Actions() -> impl IntoView {
    let managing = expect_context::<Managing>();
    let state = Signal::derive(move || ButtonState::unless(managing.fixed.get()));
    view! {
        <Button kind=ButtonKind::Quiet on_press=move |()| managing.open(Some(FlowsDialog::Deleted))>
            "Deleted flows"
        </Button>
        <Button state=state on_press=move |()| managing.open(Some(FlowsDialog::Import))>"Import"</Button>
        <Button
            kind=ButtonKind::Primary
            state=state
            on_press=move |()| managing.open(Some(FlowsDialog::New))
        >
            "New flow"
        </Button>
    }
}

/// What can be done with a flow of the list.
#[component]
pub(super) fn RowActions(flow: FlowSummary) -> impl IntoView {
    let managing = expect_context::<Managing>();
    let label = format!("Actions for {}", flow.name);
    let items = Signal::derive(move || {
        let (renamed, cloned) = (flow.clone(), flow.clone());
        let (downloaded, removed) = (flow.clone(), flow.clone());
        let fixed = managing.fixed.get();
        let rename = Callback::new(move |()| managing.renaming.set(Some(renamed.clone())));
        let copy = Callback::new(move |()| managing.cloning.set(Some(cloned.clone())));
        let download = Callback::new(move |()| managing.download(&downloaded));
        let remove = Callback::new(move |()| managing.removing.set(Some(removed.clone())));
        vec![
            MenuItem::new("Rename", None, rename),
            MenuItem::new("Clone", fixed.as_deref(), copy),
            MenuItem::new("Download as zip", None, download),
            MenuItem::new("Delete", managing.keeps(&flow).as_deref(), remove).destructive(),
        ]
    });
    view! { <MenuButton label=label label_hidden=true items=items /> }
}

/// The dialogs, once the first of them is asked for. Belongs into the page once.
#[component]
pub(super) fn Dialogs() -> impl IntoView {
    let managing = expect_context::<Managing>();
    let wanted = Memo::new(move |before: Option<&bool>| {
        before == Some(&true)
            || managing.view.with(|view| view.dialog.is_some())
            || managing.cloning.with(Option::is_some)
            || managing.renaming.with(Option::is_some)
            || managing.removing.with(Option::is_some)
    });
    view! {
        <Show when=move || wanted.get()>
            <Lazy part=FLOW_DIALOGS />
        </Show>
    }
}
