//! What every part of the flow page shares.

use std::collections::BTreeSet;

use flowdeck_contract::{
    flows::FlowDetail,
    ids::{FilePath, FlowId, ProjectName},
};
use leptos::prelude::*;

use super::{needs::FlowConnections, playground::Playgrounds};
use crate::{
    api::{Api, Load, Remote},
    live::{FilesNews, FlowLive, is_as_of},
    nav::{Nav, Step, use_nav},
    routes::{FlowView, Route},
};

/// The flow page's context: which flow, its live state, and the seams between the page's parts. Cheap to copy; take it
/// with [`FlowContext::from_context`] before an `.await`.
#[derive(Clone, Copy)]
pub struct FlowContext {
    /// The client.
    pub api: Api,
    /// The flow with the text of its definition; asked for again when that file changes.
    pub detail: Remote<FlowDetail>,
    /// What happens to the flow: session, runs, logs, file changes.
    pub live: FlowLive,
    /// What the address says is shown: raw file mode, the file and line, the run.
    pub view: Memo<FlowView>,
    /// Shown in the toolbar's place for saving while it is there: raw file mode puts its buttons here when it is shown
    /// and takes them away with [`FlowContext::set_save_slot`].
    pub save_slot: RwSignal<Option<ViewFn>>,
    /// Files with edits that are not saved: a run says that it does not see them.
    pub unsaved: RwSignal<BTreeSet<FilePath>>,
    /// What the page's parts know of connections, once one of them has asked.
    pub(super) connections: StoredValue<Option<FlowConnections>>,
    /// What was tried of recorded calls, as long as the page is open.
    pub(super) playgrounds: StoredValue<Playgrounds>,
    /// What lives as long as the page is owned by this.
    pub(super) owner: StoredValue<Owner>,
    project: StoredValue<ProjectName>,
    flow: StoredValue<FlowId>,
    nav: Nav,
}

impl FlowContext {
    /// Follows `flow` and makes the context available below.
    pub(super) fn provide(flow: FlowId) -> Self {
        let api = Api::from_context();
        let nav = use_nav();
        let live = FlowLive::follow(&flow);
        let asked = flow.clone();
        let detail = Remote::new(move || {
            let flow = asked.clone();
            async move { api.flow(&flow).await }
        });
        let context = Self {
            api,
            detail,
            live,
            view: nav.flow_view(),
            save_slot: RwSignal::new(None),
            unsaved: RwSignal::default(),
            connections: StoredValue::new(None),
            playgrounds: StoredValue::default(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            project: StoredValue::new(api.project()),
            flow: StoredValue::new(flow),
            nav,
        };
        live.on_files(move |news| context.on_files(news));
        provide_context(context);
        context
    }

    /// The one in the context.
    #[must_use]
    pub fn from_context() -> Self {
        expect_context::<FlowContext>()
    }

    /// The project.
    #[must_use]
    pub fn project(&self) -> ProjectName {
        self.project.get_value()
    }

    /// The flow.
    #[must_use]
    pub fn flow(&self) -> FlowId {
        self.flow.get_value()
    }

    /// The route that shows `view` of this flow, for a link.
    #[must_use]
    pub fn route(&self, view: FlowView) -> Route {
        Route::Flow {
            flow: self.flow(),
            view,
        }
    }

    /// Shows `view` of this flow.
    pub fn show(&self, view: FlowView, step: Step) {
        self.nav.go(&self.route(view), step);
    }

    /// Opens `file` in raw file mode, at `line` (from 1) when one is given; the run that is shown stays.
    pub fn open_file(&self, file: FilePath, line: Option<u32>) {
        let view = self.view.get_untracked();
        self.show(
            FlowView {
                run: view.run,
                details: view.details,
                ..FlowView::of_file(file, line)
            },
            Step::Push,
        );
    }

    /// Shows the page of all compute sessions.
    pub fn show_sessions(&self) {
        self.nav.go(&Route::Sessions, Step::Push);
    }

    /// The flow's definition file, once the flow is loaded.
    #[must_use]
    pub fn definition_path(&self) -> Option<FilePath> {
        let known = self.detail.state().with_untracked(|state| match state {
            Load::Ready(detail) => Some(detail.definition_path.clone()),
            Load::Loading | Load::Failed(_) => None,
        });
        known.and_then(|path| FilePath::try_from(path).ok())
    }

    /// The base image that the flow's definition names, as far as it could be read.
    #[must_use]
    pub fn image(&self) -> Option<String> {
        self.detail.state().with_untracked(|state| match state {
            Load::Ready(detail) => {
                let flow = detail.report.as_ref()?.flow.as_ref()?;
                flow.environment.image.clone()
            }
            Load::Loading | Load::Failed(_) => None,
        })
    }

    /// Puts `controls` into the toolbar's place for saving until the current owner is cleaned up.
    pub fn set_save_slot(&self, controls: impl Into<ViewFn>) {
        let slot = self.save_slot;
        slot.set(Some(controls.into()));
        on_cleanup(move || {
            slot.try_set(None);
        });
    }

    fn on_files(&self, news: &FilesNews) {
        let changes = match news {
            FilesNews::Changed(changes) => changes,
            FilesNews::Anything(as_of) => {
                let as_of = as_of.clone();
                let is_current =
                    move |detail: &FlowDetail| is_as_of(detail.as_of.as_deref(), as_of.as_deref());
                self.detail.refresh_unless(is_current);
                return;
            }
        };
        let path = self.definition_path();
        // Until the flow is known, every file may be its definition.
        if path.is_none_or(|path| changes.iter().any(|change| change.path == path)) {
            self.detail.refresh();
        }
    }
}
