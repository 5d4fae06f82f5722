//! Whether a session still is what its flow asks for.

use std::sync::Arc;

use flowdeck_contract::codes;

use super::{Book, Shared};
use crate::{flow::Fingerprint, owner::Owner, owner_folders::OwnerFolders, state::State};

/// Says whether sessions are out of date.
pub(crate) struct OutOfDate {
    book: Arc<Book>,
    folders: OwnerFolders,
}

impl OutOfDate {
    pub(crate) fn new(shared: &Shared) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            folders: shared.folders.clone(),
        }
    }

    /// The flow's files have changed, or its session has: says whether the environment still fits.
    pub(crate) fn look(&self, owner: &Owner) {
        let record = self.book.record(owner);
        let (environment, made_at) = (record.environment(), record.made_at);
        let Some(made_of) = record.made_of.filter(|_| record.state == State::Available) else {
            return;
        };
        let out_of_date = match self.fingerprint(owner) {
            Ok(now) => made_of.out_of_date(&now),
            // A definition in the middle of an edit says nothing about its environment.
            Err(error)
                if error.failure.code == codes::FLOW_UNREADABLE
                    || error.failure.code == codes::FLOW_NOT_FOUND =>
            {
                return;
            }
            Err(error) => Some(error.failure.message),
        };
        if out_of_date == record.session.out_of_date {
            return;
        }
        let changed = self.book.change(owner, |live| {
            // Between the look and this an install may have ended, which says nothing of the environment before it.
            let same = live.record.state == State::Available
                && live.record.environment() == environment
                && live.record.made_at == made_at;
            if same {
                live.record.session.out_of_date = out_of_date;
            }
            Ok(())
        });
        if let Err(error) = changed {
            tracing::error!(%owner, %error, "that a session is out of date could not be written down");
        }
    }

    fn fingerprint(
        &self,
        owner: &Owner,
    ) -> Result<Fingerprint, flowdeck_engines::engine::EngineError> {
        let (folder, definition) = self.folders.definition(owner)?;
        Fingerprint::of(
            &self.folders.around(owner),
            &folder,
            definition.report.flow.as_ref(),
        )
    }
}
