//! The open files of a flow and the one editor they share: what every part of raw file mode looks at.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use flowdeck_contract::{Millis, files::FileKind, ids::FilePath};
use leptos::prelude::*;

use super::{
    checking::Checks,
    document::{Document, Status},
    drafts::Drafts,
    elsewhere::Elsewhere,
    ffi::{Editor, EditorError},
    keeping::Keeping,
    packages::Packages,
    tabs::Tabs,
};
use crate::{
    api::{ApiError, Disk, FlowFiles, Load},
    pages::flow::{
        context::FlowContext,
        files::{FilesContext, FlowListing},
    },
    ui,
};

/// Where a file in a tab stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FileState {
    /// Being read.
    Reading,
    /// Read; the editor is not there yet.
    Read(Disk),
    /// In the editor.
    Open(OpenFile),
    /// Is not text that the editor takes.
    Refused(FileKind),
    /// Is not there.
    Missing,
    /// Could not be read.
    Failed(ApiError),
}

impl FileState {
    /// Whether it is on its way into the editor.
    pub(super) fn is_coming(&self) -> bool {
        matches!(self, Self::Reading | Self::Read(_))
    }

    fn is_unsaved(&self) -> bool {
        matches!(self, Self::Open(open) if open.document.is_unsaved())
    }
}

/// A file in the editor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OpenFile {
    pub(crate) document: Document,
    /// When the unsaved edits were made that an earlier visit left and this one brought back, until that is dismissed.
    pub(crate) restored: Option<Millis>,
}

/// Where the editor stands. It is fetched when the first file is shown.
#[derive(Clone)]
pub(crate) enum EditorState {
    /// Not asked for.
    Idle,
    /// Being fetched.
    Loading,
    /// Here.
    Ready(Rc<Editor>),
    /// Could not be fetched.
    Failed(EditorError),
}

/// Raw file mode's state for one flow. It outlives the mode, so that turning the mode off and on loses nothing.
#[derive(Clone, Copy)]
pub struct Workbench {
    pub(super) flow: FlowContext,
    pub(super) listing: FlowListing,
    pub(super) status: ui::Status,
    pub(super) drafts: StoredValue<Drafts>,
    pub(super) owner: StoredValue<Owner>,
    pub(super) tabs: RwSignal<Tabs>,
    pub(super) files: RwSignal<BTreeMap<FilePath, FileState>>,
    pub(super) editor: RwSignal<EditorState, LocalStorage>,
    /// How often the editor was asked for.
    pub(super) attempts: StoredValue<u32>,
    /// The files that this tab has a draft of.
    pub(super) drafted: RwSignal<BTreeSet<FilePath>>,
    /// The browser refuses to keep drafts.
    pub(super) drafts_refused: RwSignal<bool>,
    /// The place to go to once its file is shown.
    pub(super) goal: StoredValue<Option<(FilePath, CursorPosition)>>,
    /// Where the cursor is in the file that it was moved in last.
    pub(super) cursor: RwSignal<Option<(FilePath, CursorPosition)>>,
    pub(super) checks: Checks,
    pub(super) packages: Packages,
    pub(super) keeping: Keeping,
    pub(super) elsewhere: Elsewhere,
}

/// A line and column, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CursorPosition {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Workbench {
    /// Makes raw file mode available below, until the current owner is cleaned up.
    pub(super) fn provide(flow: FlowContext, shared: FilesContext) -> Self {
        let drafts = Drafts::new(&flow.project(), &flow.flow());
        let drafted: BTreeSet<FilePath> = drafts.paths().into_iter().collect();
        let workbench = Self {
            flow,
            listing: shared.listing,
            status: ui::Status::from_context(),
            drafts: StoredValue::new(drafts),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            tabs: RwSignal::default(),
            files: RwSignal::default(),
            editor: RwSignal::new_local(EditorState::Idle),
            attempts: StoredValue::new(0),
            drafted: RwSignal::new(drafted),
            drafts_refused: RwSignal::new(false),
            goal: StoredValue::new(None),
            cursor: RwSignal::new(None),
            checks: Checks::new(),
            packages: Packages::new(),
            keeping: Keeping::new(),
            elsewhere: Elsewhere::new(),
        };
        provide_context(workbench);
        shared
            .on_removed
            .set_value(Callback::new(move |path: FilePath| workbench.close(&path)));
        workbench.tell_unsaved();
        workbench.follow_tabs();
        workbench.follow_route();
        workbench.follow_disk();
        workbench.keep_drafts();
        workbench.follow_other_tabs();
        workbench.check_when_files_come_and_go();
        workbench
    }

    /// The one in the context.
    #[must_use]
    pub fn from_context() -> Self {
        expect_context::<Self>()
    }

    /// The file shown in raw file mode; `None` when the mode is off.
    pub(crate) fn shown(&self) -> Signal<Option<FilePath>> {
        let (view, tabs) = (self.flow.view, self.tabs);
        let shown = move |_: Option<&Option<FilePath>>| {
            let on = view.with(|view| view.raw);
            tabs.with(|tabs| tabs.shown().filter(|_| on).cloned())
        };
        Memo::new(shown).into()
    }

    /// How a file's editor text and the disk stand to each other; `None` unless it is in the editor.
    pub(crate) fn status_of(&self, path: &FilePath) -> Option<Status> {
        self.files.with(|files| match files.get(path) {
            Some(FileState::Open(open)) => Some(open.document.status().clone()),
            _ => None,
        })
    }

    /// The file that defines the flow; `None` until that is known.
    pub(crate) fn definition(&self) -> Option<FilePath> {
        self.flow.detail.state().with(|state| match state {
            Load::Loading => None,
            Load::Ready(detail) => FilePath::try_from(detail.definition_path.as_str()).ok(),
            Load::Failed(_) => FilePath::try_from("flow.dag.yaml").ok(),
        })
    }

    /// Tells the page which files have edits that the disk does not.
    fn tell_unsaved(&self) {
        let Self {
            flow,
            files,
            drafted,
            ..
        } = *self;
        let unsaved = Memo::new(move |_| {
            let mut unsaved = drafted.get();
            files.with(|files| {
                let open = files.iter().filter(|(_, state)| state.is_unsaved());
                unsaved.extend(open.map(|(path, _)| path.clone()));
            });
            unsaved
        });
        Effect::new(move |_| flow.unsaved.set(unsaved.get()));
    }

    /// Looks at a file's document, without following it.
    pub(super) fn document<T>(
        &self,
        path: &FilePath,
        look: impl FnOnce(&Document) -> T,
    ) -> Option<T> {
        self.files.with_untracked(|files| match files.get(path) {
            Some(FileState::Open(open)) => Some(look(&open.document)),
            _ => None,
        })
    }

    /// Changes a file's document; tells only when it became another.
    pub(super) fn change<T>(
        &self,
        path: &FilePath,
        change: impl FnOnce(&mut Document) -> T,
    ) -> Option<T> {
        let mut result = None;
        self.files.try_maybe_update(|files| {
            let Some(FileState::Open(open)) = files.get_mut(path) else {
                return (false, ());
            };
            let before = open.document.clone();
            result = Some(change(&mut open.document));
            (before != open.document, ())
        });
        result
    }

    /// Asks the editor for something; a failure is shown.
    pub(super) fn ask_editor<T>(
        &self,
        ask: impl FnOnce(&Editor) -> Result<T, EditorError>,
    ) -> Option<T> {
        let EditorState::Ready(editor) = self.editor.try_get_untracked()? else {
            return None;
        };
        match ask(&editor) {
            Ok(answer) => Some(answer),
            Err(error) => {
                let remedy = "Reload the page: unsaved edits are kept in this browser.";
                self.status
                    .tell(ui::Tone::Bad, error.to_string(), Some(remedy.to_owned()));
                None
            }
        }
    }

    pub(super) fn flow_files(&self) -> FlowFiles {
        FlowFiles::new(self.flow.api, self.flow.flow())
    }

    /// Runs a task until the flow page is left.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.owner.with_value(|owner| {
            owner.with(|| leptos::task::spawn_local_scoped_with_cancellation(task));
        });
    }
}
