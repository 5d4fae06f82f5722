//! Archives that were looked into and that flows are taken out of. Their files have no name: they're gone with the server.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use super::{Archive, ImportError};

/// So many are kept; the oldest goes first.
const MOST: usize = 4;
/// So long one is kept.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// An archive that one at a time reads.
type Shared = Arc<Mutex<Archive>>;

/// The archives that are kept.
#[derive(Default)]
pub struct Held(Mutex<HashMap<String, (Instant, Shared)>>);

impl Held {
    /// Keeps one; gives its name.
    pub(crate) fn keep(&self, archive: Archive) -> String {
        let mut all = self.0.lock();
        all.retain(|_, (since, _)| since.elapsed() < KEPT);
        while all.len() >= MOST {
            let oldest = all.iter().min_by_key(|(_, (since, _))| *since);
            let Some(oldest) = oldest.map(|(id, _)| id.clone()) else {
                break;
            };
            all.remove(&oldest);
        }
        let id = crate::random::hex_digits(16);
        all.insert(id.clone(), (Instant::now(), Arc::new(Mutex::new(archive))));
        id
    }

    /// The archive of this name.
    pub(crate) fn get(&self, id: &str) -> Result<Shared, ImportError> {
        let all = self.0.lock();
        let kept = all.get(id).filter(|(since, _)| since.elapsed() < KEPT);
        kept.map(|(_, archive)| Arc::clone(archive))
            .ok_or(ImportError::NotHeld)
    }

    /// Forgets one.
    pub(crate) fn drop(&self, id: &str) {
        self.0.lock().remove(id);
    }
}
