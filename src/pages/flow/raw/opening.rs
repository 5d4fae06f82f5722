//! Opens files: from the address to the editor.

use flowdeck_contract::{
    address::encode,
    files::FileKind,
    ids::{FilePath, FlowId, ProjectName},
};
use leptos::prelude::*;

use super::{
    document::Document,
    drafts::Drafts,
    ffi::{Editor, EditorError},
    tabs::Tabs,
    workbench::{CursorPosition, EditorState, FileState, OpenFile, Workbench},
};
use crate::{api::Disk, nav::Step, routes::FlowView, storage::Store};

impl Workbench {
    /// Shows a file in the place of the one that is shown.
    pub(crate) fn turn_to(&self, path: Option<FilePath>) {
        let view = FlowView {
            raw: true,
            file: path,
            line: None,
            ..self.flow.view.get_untracked()
        };
        self.flow.show(view, Step::Replace);
    }

    /// Puts the cursor at a place of the file that is shown.
    pub(crate) fn go_to_place(&self, path: &FilePath, place: CursorPosition) {
        self.ask_editor(|editor| editor.go_to(path.as_str(), place.line, place.column));
    }

    /// Opens a file in a tab of its own and leaves shown what is shown.
    pub(super) fn open_behind(&self, path: &FilePath) {
        self.tabs.update(|tabs| tabs.open_behind(path));
        self.ensure_read(path);
    }

    /// Shows the file again after the editor came to another place on the page.
    pub(crate) fn show_again(&self) {
        if let Some(path) = self.shown().get_untracked() {
            self.bring_up(&path);
        }
    }

    /// Gives the editor the focus once the page shows it again.
    pub(crate) fn focus_editor_soon(&self) {
        let workbench = *self;
        request_animation_frame(move || {
            workbench.ask_editor(|editor| {
                editor.focus();
                Ok(())
            });
        });
    }

    /// Closes a file; its unsaved edits are forgotten.
    pub(crate) fn close(&self, path: &FilePath) {
        let was_shown = self.shown().get_untracked().as_ref() == Some(path);
        self.forget_draft(path);
        self.files.update(|files| {
            files.remove(path);
        });
        if let EditorState::Ready(editor) = self.editor.get_untracked() {
            editor.close(path.as_str());
        }
        self.tabs.update(|tabs| tabs.close(path));
        if was_shown {
            let next = self.tabs.with_untracked(|tabs| tabs.shown().cloned());
            self.turn_to(next);
        }
    }

    /// Reads a file again that could not be read.
    pub(crate) fn retry(&self, path: &FilePath) {
        self.files.update(|files| {
            files.remove(path);
        });
        self.ensure_read(path);
    }

    /// Fetches the editor, unless it is here or on its way.
    pub(crate) fn ensure_editor(&self) {
        if !matches!(
            self.editor.get_untracked(),
            EditorState::Idle | EditorState::Failed(_)
        ) {
            return;
        }
        let workbench = *self;
        let attempt = self.attempts.get_value();
        self.attempts.set_value(attempt + 1);
        self.editor.set(EditorState::Loading);
        self.spawn(async move {
            let changed = move |path: String, modified| workbench.edited(&path, modified);
            let save = move || workbench.save_shown();
            let packages = move |path, name| workbench.offered_packages(path, name);
            let moved = move |path: String, line, column| {
                let place = FilePath::try_from(path)
                    .ok()
                    .map(|path| (path, CursorPosition { line, column }));
                workbench.cursor.try_set(place);
            };
            let loaded = Editor::load(attempt, changed, save, packages, moved).await;
            workbench.editor_loaded(loaded);
        });
    }

    /// The tabs of the last visit come back, those with unsaved edits among them; from then on they are remembered.
    pub(super) fn follow_tabs(&self) {
        let key = tabs_key(&self.flow.project(), &self.flow.flow());
        let remembered: Vec<FilePath> = Store::Session
            .read(&key)
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        // Those of other tabs too: what a crash left must be found.
        let drafted = self.drafts.with_value(Drafts::paths_of_all);
        self.tabs
            .set(Tabs::restored(remembered.into_iter().chain(drafted)));
        let tabs = self.tabs;
        Effect::new(move |_| {
            if let Ok(text) = tabs.with(|tabs| serde_json::to_string(tabs.open())) {
                Store::Session.write(&key, &text);
            }
        });
    }

    /// The address says which file is shown.
    pub(super) fn follow_route(&self) {
        let workbench = *self;
        let view = self.flow.view;
        Effect::new(move |was_on: Option<bool>| {
            let FlowView {
                raw: true,
                file,
                line,
                ..
            } = view.get()
            else {
                return false;
            };
            workbench.ensure_editor();
            match file {
                Some(path) => workbench.show(&path, line),
                // Turned on just now. Otherwise the last file was closed.
                None if was_on != Some(true) => return workbench.show_first(),
                None => {}
            }
            true
        });
    }

    /// Shows what raw file mode opens when the address names no file; says whether that is known yet.
    fn show_first(&self) -> bool {
        let shown = self.tabs.with_untracked(|tabs| tabs.shown().cloned());
        let first = shown.or_else(|| self.definition());
        if first.is_some() {
            self.turn_to(first.clone());
        }
        first.is_some()
    }

    fn show(&self, path: &FilePath, line: Option<u32>) {
        let goal = line.map(|line| (path.clone(), CursorPosition { line, column: 1 }));
        self.goal.set_value(goal);
        if self.tabs.with_untracked(|tabs| tabs.shown() != Some(path)) {
            self.tabs.update(|tabs| tabs.show(path));
        }
        self.ensure_read(path);
        self.bring_up(path);
    }

    fn ensure_read(&self, path: &FilePath) {
        if self.files.with_untracked(|files| files.contains_key(path)) {
            return;
        }
        let kind = self
            .listing
            .peek(|listed| listed.files.get(path).map(|entry| entry.kind))
            .flatten();
        if let Some(kind) = kind.filter(|kind| *kind != FileKind::Text) {
            return self.put(path, FileState::Refused(kind));
        }
        self.put(path, FileState::Reading);
        let (workbench, path, files) = (*self, path.clone(), self.flow_files());
        self.spawn(async move {
            let read = files.read(&path).await;
            // Closed meanwhile?
            if workbench
                .files
                .with_untracked(|files| files.get(&path) == Some(&FileState::Reading))
            {
                workbench.put(&path, read.map_or_else(FileState::Failed, FileState::Read));
                workbench.take_in(&path);
            }
        });
    }

    fn editor_loaded(&self, loaded: Result<Editor, EditorError>) {
        match loaded {
            Ok(editor) => {
                self.editor.set(EditorState::Ready(editor.into()));
                let paths: Vec<FilePath> = self
                    .files
                    .with_untracked(|files| files.keys().cloned().collect());
                for path in paths {
                    self.take_in(&path);
                }
            }
            Err(error) => self.editor.set(EditorState::Failed(error)),
        }
    }

    /// Gives the editor a file that was read, as soon as both are here, with the unsaved edits of an earlier visit.
    fn take_in(&self, path: &FilePath) {
        let read = self.files.with_untracked(|files| match files.get(path) {
            Some(FileState::Read(disk)) => Some(disk.clone()),
            _ => None,
        });
        let Some(disk) =
            read.filter(|_| matches!(self.editor.get_untracked(), EditorState::Ready(_)))
        else {
            return;
        };
        let draft = self.drafts.with_value(|drafts| drafts.take(path));
        let draft = draft.filter(|draft| disk == Disk::Gone || draft.text != disk.text());
        if draft.is_none() {
            self.forget_draft(path);
            if disk == Disk::Gone {
                return self.put(path, FileState::Missing);
            }
        }
        let text = draft
            .as_ref()
            .map_or(disk.text(), |draft| &draft.text)
            .to_owned();
        if self
            .ask_editor(|editor| editor.open(path, &text, disk.text()))
            .is_none()
        {
            return;
        }
        let open = match draft {
            Some(draft) => OpenFile {
                document: Document::restored(disk, draft.base.as_deref()),
                restored: Some(draft.edited),
            },
            None => OpenFile {
                document: Document::opened(disk),
                restored: None,
            },
        };
        self.put(path, FileState::Open(open));
        self.check_soon(path);
        self.bring_up(path);
    }

    /// Shows a file in the editor if it is the one to be shown.
    fn bring_up(&self, path: &FilePath) {
        if self.shown().get_untracked().as_ref() != Some(path)
            || self.document(path, |_| ()).is_none()
        {
            return;
        }
        self.ask_editor(|editor| editor.show(path.as_str()));
        let goal = self
            .goal
            .with_value(|goal| goal.clone().filter(|(file, _)| file == path));
        if let Some((_, place)) = goal {
            self.goal.set_value(None);
            // The editor's element has to be on the page before it can scroll.
            let (workbench, path) = (*self, path.clone());
            request_animation_frame(move || workbench.go_to_place(&path, place));
        }
    }

    fn put(&self, path: &FilePath, state: FileState) {
        self.files.update(|files| {
            files.insert(path.clone(), state);
        });
    }
}

fn tabs_key(project: &ProjectName, flow: &FlowId) -> String {
    format!(
        "flowdeck.tabs/{}/{}",
        encode(project.as_str()),
        encode(flow.as_str())
    )
}
