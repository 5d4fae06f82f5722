//! Keeps unsaved edits in the browser's storage. Where the browser refuses that (it is full, or forbidden), they are kept
//! as long as the page stands, and the browser asks before it goes.

use std::{cell::RefCell, cmp::Reverse, collections::BTreeMap};

use flowdeck_contract::ids::{FilePath, FlowId, ProjectName};
use leptos::{ev, prelude::*};

use super::{
    draft::{self, Draft, Keeper},
    this_tab::this_tab,
};
use crate::{api::json, storage::Store};

/// How safe a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It survives reload and crash.
    InBrowser,
    /// The browser refused it: it goes with the page.
    InPage,
}

/// The drafts of one flow, as one tab sees them.
#[derive(Clone, Debug)]
pub(crate) struct Drafts {
    prefix: String,
    own: Keeper,
}

thread_local! {
    /// What the browser refused to keep; `None` until that first happened.
    static REFUSED: RefCell<Option<BTreeMap<String, String>>> = const { RefCell::new(None) };
}

impl Drafts {
    pub(crate) fn new(project: &ProjectName, flow: &FlowId) -> Self {
        Self {
            prefix: draft::prefix(project, flow),
            own: this_tab(),
        }
    }

    /// This tab's unsaved edits of a file, when there are any; else those that a tab which left has made last, which are
    /// this tab's from now on.
    pub(crate) fn take(&self, path: &FilePath) -> Option<Draft> {
        if let Some(own) = self.read(&self.own_name(path)) {
            return Some(own);
        }
        let others = self.of_others(path);
        let (keeper, mut draft) = others.into_iter().find(|(_, draft)| draft.left)?;
        draft.left = false;
        self.write(path, &draft);
        self.remove_of(&keeper, path);
        Some(draft)
    }

    /// The unsaved edits that other tabs keep of a file, the last first.
    pub(crate) fn of_others(&self, path: &FilePath) -> Vec<(Keeper, Draft)> {
        let mut others: Vec<(Keeper, Draft)> = self
            .all()
            .filter(|(keeper, of, _)| of == path && *keeper != self.own)
            .filter_map(|(keeper, _, name)| Some((keeper, self.read(&name)?)))
            .collect();
        others.sort_by_key(|(_, draft)| Reverse(draft.edited));
        others
    }

    /// Keeps this tab's unsaved edits of a file.
    pub(crate) fn write(&self, path: &FilePath, draft: &Draft) -> Kept {
        let name = self.own_name(path);
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

    /// Forgets this tab's unsaved edits of a file.
    pub(crate) fn remove(&self, path: &FilePath) {
        self.remove_of(&self.own, path);
    }

    /// Forgets the unsaved edits that `keeper` keeps of a file. A tab that is still there keeps them again.
    pub(crate) fn remove_of(&self, keeper: &Keeper, path: &FilePath) {
        let name = draft::name(&self.prefix, keeper, path);
        take_refused(&name);
        Store::Local.remove(&name);
    }

    /// Says of this tab's drafts whether it has left the flow.
    pub(crate) fn mark_left(&self, left: bool) {
        for (keeper, path, name) in self.all() {
            if keeper == self.own
                && let Some(draft) = self.read(&name)
                && draft.left != left
            {
                self.write(&path, &Draft { left, ..draft });
            }
        }
    }

    /// Every file that this tab has unsaved edits of, or takes over when it opens it.
    pub(crate) fn paths(&self) -> Vec<FilePath> {
        self.all()
            .filter(|(keeper, _, name)| {
                *keeper == self.own || self.read(name).is_some_and(|draft| draft.left)
            })
            .map(|(_, path, _)| path)
            .collect()
    }

    /// Every file that any tab has unsaved edits of.
    pub(crate) fn paths_of_all(&self) -> Vec<FilePath> {
        self.all().map(|(_, path, _)| path).collect()
    }

    /// The tab and the file of a name in the storage; `None` when it is of something else.
    pub(crate) fn whose(&self, name: &str) -> Option<(Keeper, FilePath)> {
        draft::parse(&self.prefix, name)
    }

    pub(crate) fn is_own(&self, keeper: &Keeper) -> bool {
        *keeper == self.own
    }

    fn own_name(&self, path: &FilePath) -> String {
        draft::name(&self.prefix, &self.own, path)
    }

    fn read(&self, name: &str) -> Option<Draft> {
        let refused = REFUSED.with_borrow(|refused| refused.as_ref()?.get(name).cloned());
        let text = refused.or_else(|| Store::Local.read(name))?;
        json::from_str(&text).ok()
    }

    /// The tab, the file and the name of every draft of this flow.
    fn all(&self) -> impl Iterator<Item = (Keeper, FilePath, String)> {
        let refused = REFUSED.with_borrow(|refused| {
            refused
                .as_ref()
                .map(|refused| refused.keys().cloned().collect::<Vec<_>>())
                .unwrap_or_default()
        });
        let names = stored_names().into_iter().chain(refused);
        names.filter_map(|name| {
            let (keeper, path) = draft::parse(&self.prefix, &name)?;
            Some((keeper, path, name))
        })
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
