//! Runs of a flow or of one of its nodes through a session's executor, and their history.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod answer_pictures;
mod asked;
mod begin;
mod call_pieces;
mod cancel;
mod carry_out;
mod connections;
mod ending;
mod files;
mod history;
mod inputs;
mod live;
mod masked;
mod model_calls;
mod output_text;
mod signatures;
mod signed_in;
mod upstream;
mod variables;

pub(crate) use self::{masked::masked_copy, signed_in::SignIns};

use std::sync::Arc;

use flowdeck_connections::{Connections, Variables};
use flowdeck_contract::{Millis, prices::Prices};
use flowdeck_engines::engine::SharedEngine;

use self::{asked::Asked, live::LiveRuns, signatures::Signatures};
use crate::{
    clock::Clock, events::Events, owner_folders::OwnerFolders, paths::Paths, sessions::Book,
    store::Store, tasks::Tasks,
};

/// Runs of flows: those in progress, and those that were.
pub(crate) struct Runs {
    parts: RunParts,
    live: LiveRuns,
    asked: Asked,
    signatures: Signatures,
}

/// What runs need of the rest.
pub(crate) struct RunParts {
    pub(crate) book: Arc<Book>,
    pub(crate) store: Arc<Store>,
    pub(crate) engine: SharedEngine,
    pub(crate) events: Arc<Events>,
    pub(crate) tasks: Arc<Tasks>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) folders: OwnerFolders,
    pub(crate) paths: Paths,
    pub(crate) connections: Arc<Connections>,
    /// The server's variables that flows may see.
    pub(crate) variables: Variables,
    pub(crate) sign_ins: Arc<SignIns>,
    /// What models cost.
    pub(crate) prices: Prices,
}

impl Runs {
    pub(crate) fn new(parts: RunParts) -> Self {
        Self {
            parts,
            live: LiveRuns::default(),
            asked: Asked::default(),
            signatures: Signatures::default(),
        }
    }

    /// The server's variables that flows may see.
    pub(crate) fn variables(&self) -> &Variables {
        &self.parts.variables
    }

    pub(crate) fn store(&self) -> &Store {
        &self.parts.store
    }

    pub(crate) fn paths(&self) -> &Paths {
        &self.parts.paths
    }

    pub(crate) fn events(&self) -> &Events {
        &self.parts.events
    }

    pub(crate) fn now(&self) -> Millis {
        self.parts.clock.now()
    }
}
