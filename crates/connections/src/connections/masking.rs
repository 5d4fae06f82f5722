//! Which secrets are masked: all that are stored, and all that were ever given away.

use std::sync::{Arc, MutexGuard, PoisonError};

use flowdeck_contract::connections::Secret;

use super::Connections;
use crate::{masks::Masks, seal::Secrets, store};

/// More secrets that aren't stored any more aren't remembered.
const MOST: usize = 10_000;

/// What is known of the secrets that are to be masked.
#[derive(Default)]
pub(super) struct Masking {
    /// What runs and calls were given, oldest first. They may show it after it was replaced, or when the store or the key
    /// can't be read any more.
    given: Vec<Secret>,
    /// Finds all of them; `None` when they have changed.
    masks: Option<Arc<Masks>>,
    /// Counts the changes.
    changes: u64,
}

impl Masking {
    fn change(&mut self) {
        self.masks = None;
        self.changes += 1;
    }
}

impl Connections {
    /// Finds every stored secret in a text, those of deleted connections too, and every secret that was given away.
    #[must_use]
    pub fn masks(&self) -> Arc<Masks> {
        let changes = {
            let masking = self.masking();
            if let Some(masks) = &masking.masks {
                return Arc::clone(masks);
            }
            masking.changes
        };
        let secrets = self.every_secret();
        let masks = Arc::new(Masks::new(secrets.iter().map(Secret::reveal)));
        let mut masking = self.masking();
        if masking.changes == changes {
            masking.masks = Some(Arc::clone(&masks));
        }
        masks
    }

    /// Every secret that is stored and can be read, and every one that was given away.
    pub(crate) fn every_secret(&self) -> Vec<Secret> {
        let all = store::every(self.store().reader()).unwrap_or_else(|error| {
            tracing::error!(%error, "stored secrets can’t be read; those that runs were given are masked");
            Vec::new()
        });
        let opened = all
            .iter()
            .filter_map(|stored| self.open_sealed(stored).ok());
        let mut secrets: Vec<Secret> = opened.flat_map(Secrets::into_values).collect();
        secrets.extend(self.masking().given.iter().cloned());
        secrets
    }

    /// Masks these from now on, whatever becomes of their connection.
    pub(crate) fn mask_from_now_on<'a>(&self, secrets: impl Iterator<Item = &'a Secret>) {
        let mut masking = self.masking();
        for secret in secrets {
            if !masking.given.contains(secret) {
                masking.given.push(secret.clone());
                masking.change();
            }
        }
        let surplus = masking.given.len().saturating_sub(MOST);
        masking.given.drain(..surplus);
    }

    /// Says that other secrets are stored.
    pub(super) fn mask_anew(&self) {
        self.masking().change();
    }

    /// Held for no longer than it's looked at: the store may be locked by who asks.
    fn masking(&self) -> MutexGuard<'_, Masking> {
        self.masking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
