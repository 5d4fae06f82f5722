//! Another key for what is stored.

use super::Connections;
use crate::{
    error::ConnectionError,
    key::Key,
    seal::{self, Secrets},
    store,
};

impl Connections {
    /// Seals everything with a new key, and keeps no other. A server that uses the store goes on. Gives how many
    /// connections lost their secrets, which is none unless unreadable ones are to be forgotten.
    ///
    /// # Errors
    /// When a secret can't be opened and isn't to be forgotten, or the key's file can't be written. What there was
    /// counts then.
    pub fn rotate(&self, forget_unreadable: bool) -> Result<usize, ConnectionError> {
        let mut store = self.store();
        let transaction = store.begin()?;
        let old = match self.keys.read() {
            Ok(keys) => keys,
            Err(_) if forget_unreadable => Vec::new(),
            Err(ConnectionError::KeyMissing(file)) => {
                let all = store::every(&transaction)?;
                match all.iter().any(|stored| !stored.key.is_empty()) {
                    true => return Err(ConnectionError::KeyMissing(file)),
                    false => Vec::new(),
                }
            }
            Err(error) => return Err(error),
        };
        let new = Key::random()?;
        let mut lost = 0;
        for mut stored in store::every(&transaction)? {
            let opened = match self.open_sealed(&stored) {
                Ok(secrets) => secrets,
                Err(_) if forget_unreadable => {
                    lost += 1;
                    stored.revision += 1;
                    Secrets::new()
                }
                Err(error) => return Err(error),
            };
            stored.record.secret_names = opened.keys().cloned().collect();
            (stored.key, stored.sealed) = match opened.is_empty() {
                true => (String::new(), Vec::new()),
                false => (new.id.clone(), seal::seal(&new, &stored.id, &opened)?),
            };
            store::put(&transaction, &stored)?;
        }
        // Both keys until what the new one sealed is written down: a crash between leaves nothing unreadable.
        let both: Vec<&Key> = std::iter::once(&new).chain(&old).collect();
        self.keys.write(&both)?;
        transaction.commit()?;
        self.keys.write(&[&new])?;
        self.mask_anew();
        Ok(lost)
    }
}
