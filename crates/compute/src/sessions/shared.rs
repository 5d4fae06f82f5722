//! What the parts of sessions have in common. Each takes of it what it needs.

use std::sync::Arc;

use flowdeck_engines::engine::SharedEngine;

use super::Book;
use crate::{
    allotter::Allotter, clock::Clock, operations::Operations, owner_folders::OwnerFolders,
    paths::Paths, standby::Standbys, store::Store, tasks::Tasks,
};

/// What parts are made with.
pub(crate) struct Shared {
    pub(crate) book: Arc<Book>,
    pub(crate) store: Arc<Store>,
    pub(crate) engine: SharedEngine,
    pub(crate) operations: Arc<Operations>,
    pub(crate) tasks: Arc<Tasks>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) folders: OwnerFolders,
    pub(crate) paths: Paths,
    pub(crate) allotter: Arc<Allotter>,
    pub(crate) standbys: Arc<Standbys>,
}
