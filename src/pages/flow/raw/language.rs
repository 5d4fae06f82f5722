//! Tells the editor's language support what it can't see itself: which files there are, the texts of those that nodes run,
//! and the connections. The engine behind it runs in a worker; the editor gives it the texts that are open.

use std::{collections::BTreeSet, rc::Rc};

use flowdeck_contract::ids::FilePath;
use flowdeck_language::{Connection, Workspace};
use leptos::prelude::*;

use super::{
    language_ffi::LanguageSupport,
    workbench::{EditorState, Workbench},
};
use crate::{api::Load, pages::flow::needs::FlowConnections};

impl Workbench {
    /// Keeps the language support informed until the current owner is cleaned up.
    pub(super) fn support_language(self) {
        let support = RwSignal::new_local(None::<Rc<LanguageSupport>>);
        Effect::new(move |_| {
            let EditorState::Ready(editor) = self.editor.get() else {
                return;
            };
            self.spawn(async move {
                let open = move |path: String, is_shown| self.open_named(path, is_shown);
                if let Some(loaded) = LanguageSupport::of(&editor, open).await {
                    support.try_set(Some(Rc::new(loaded)));
                }
            });
        });
        let connections = FlowConnections::of(self.flow);
        connections.choosing();
        let known = Memo::new(move |_| {
            let workspace = self.known(connections)?;
            serde_json::to_string(&workspace).ok()
        });
        Effect::new(move |_| {
            if let Some(support) = support.get() {
                known.with(|known| known.as_deref().map(|known| support.know(known)));
            }
        });
    }

    /// Opens a file that the language support has named.
    fn open_named(&self, path: String, is_shown: bool) {
        let Ok(path) = FilePath::try_from(path) else {
            return;
        };
        match is_shown {
            true => self.flow.open_file(path, None),
            false => self.open_behind(&path),
        }
    }

    /// All that is known besides the texts of open files; `None` until it's known which file defines the flow.
    fn known(&self, connections: FlowConnections) -> Option<Workspace> {
        let definition = self.definition()?;
        let files = self.listing.state().with(|state| match state {
            Load::Ready(listed) if listed.left_out.count() == 0 => {
                let files = listed.files.files();
                Some(files.map(FilePath::to_string).collect())
            }
            _ => None,
        });
        let mut workspace = Workspace {
            definition: definition.to_string(),
            files,
            ..Workspace::default()
        };
        let sources = self.checks.sources;
        sources.texts.track();
        let open: BTreeSet<FilePath> = self.files.with(|files| files.keys().cloned().collect());
        let closed = sources.named.get().into_iter();
        for path in closed.filter(|path| !open.contains(path)) {
            if let Some(text) = self.source_on_disk(&path) {
                workspace.texts.insert(path.to_string(), text.to_string());
            }
        }
        connections.list.state().with(|state| {
            let Load::Ready(list) = state else { return };
            let mut models = BTreeSet::new();
            for view in &list.connections {
                workspace.connections.push(Connection {
                    name: view.name.to_string(),
                    kind: view.kind.display_name().to_owned(),
                });
                let test = view.last_test.iter();
                models.extend(test.flat_map(|test| test.models.iter().cloned()));
            }
            workspace.models = models.into_iter().collect();
        });
        Some(workspace)
    }
}
