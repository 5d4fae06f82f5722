//! Keeps unsaved edits in the browser's storage. Where the browser refuses that (it is full, or forbidden), they are kept
//! as long as the page stands, and the browser asks before it goes.

use std::{cell::RefCell, collections::BTreeMap};

use flowdeck_contract::ids::{FilePath, FlowId, ProjectName};
use leptos::{ev, prelude::*};

use super::draft::{self, Draft};
use crate::ui::storage::Store;

/// How safe a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It survives reload and crash.
    InBrowser,
    /// The browser refused it: it goes with the page.
    InPage,
}

/// The drafts of one flow.
#[derive(Clone, Debug)]
pub(crate) struct Drafts {
    prefix: String,
}

thread_local! {
    /// What the browser refused to keep; `None` until that first happened.
    static REFUSED: RefCell<Option<BTreeMap<String, String>>> = const { RefCell::new(None) };
}

impl Drafts {
    pub(crate) fn new(project: &ProjectName, flow: &FlowId) -> Self {
        Self {
            prefix: draft::prefix(project, flow),
        }
    }

    /// The unsaved edits of a file, when there are any.
    pub(crate) fn read(&self, path: &FilePath) -> Option<Draft> {
        let name = draft::name(&self.prefix, path);
        let refused = REFUSED.with_borrow(|refused| refused.as_ref()?.get(&name).cloned());
        let text = refused.or_else(|| Store::Local.read(&name))?;
        serde_json::from_str(&text).ok()
    }

    /// Keeps the unsaved edits of a file.
    pub(crate) fn write(&self, path: &FilePath, draft: &Draft) -> Kept {
        let name = draft::name(&self.prefix, path);
        let Ok(text) = serde_json::to_string(draft) else {
            return Kept::InPage;
        };
        if Store::Local.write(&name, &text) {
            take_refused(&name);
            return Kept::InBrowser;
        }
        // An older draft would come back instead of this one.
        Store::Local.remove(&name);
        put_refused(name, text);
        Kept::InPage
    }

    /// Forgets the unsaved edits of a file.
    pub(crate) fn remove(&self, path: &FilePath) {
        let name = draft::name(&self.prefix, path);
        take_refused(&name);
        Store::Local.remove(&name);
    }

    /// Every file that has unsaved edits.
    pub(crate) fn paths(&self) -> Vec<FilePath> {
        let refused = REFUSED.with_borrow(|refused| {
            refused
                .as_ref()
                .map(|refused| refused.keys().cloned().collect::<Vec<_>>())
                .unwrap_or_default()
        });
        let names = stored_names().into_iter().chain(refused);
        names
            .filter_map(|name| draft::path_of(&self.prefix, &name))
            .collect()
    }
}

fn stored_names() -> Vec<String> {
    let Ok(Some(storage)) = window().local_storage() else {
        return Vec::new();
    };
    (0..storage.length().unwrap_or(0))
        .filter_map(|at| storage.key(at).ok().flatten())
        .collect()
}

fn put_refused(name: String, text: String) {
    REFUSED.with_borrow_mut(|refused| {
        refused
            .get_or_insert_with(ask_before_the_page_goes)
            .insert(name, text);
    });
}

fn take_refused(name: &str) {
    REFUSED.with_borrow_mut(|refused| refused.as_mut().map(|refused| refused.remove(name)));
}

/// Listens from now on and for good: these drafts outlive any view.
fn ask_before_the_page_goes() -> BTreeMap<String, String> {
    let _ = window_event_listener(ev::beforeunload, |event| {
        if REFUSED
            .with_borrow(|refused| refused.as_ref().is_some_and(|refused| !refused.is_empty()))
        {
            event.prevent_default();
        }
    });
    BTreeMap::new()
}
