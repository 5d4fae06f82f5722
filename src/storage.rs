//! The browser's storages. A browser that refuses them (private mode, full) only forgets: nothing depends on them.

use leptos::prelude::window;
use web_sys::Storage;

/// Where a text is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Until it is removed, for every tab.
    Local,
    /// As long as the tab lives.
    Session,
}

impl Store {
    fn open(self) -> Option<Storage> {
        match self {
            Store::Local => window().local_storage().ok().flatten(),
            Store::Session => window().session_storage().ok().flatten(),
        }
    }

    /// The text below `key`.
    #[must_use]
    pub fn read(self, key: &str) -> Option<String> {
        self.open()?.get_item(key).ok().flatten()
    }

    /// Keeps `text` below `key`; says whether the browser did.
    pub fn write(self, key: &str, text: &str) -> bool {
        self.open()
            .is_some_and(|storage| storage.set_item(key, text).is_ok())
    }

    /// Forgets what is below `key`.
    pub fn remove(self, key: &str) {
        if let Some(storage) = self.open() {
            // Removing fails only where writing did.
            let _ = storage.remove_item(key);
        }
    }
}
