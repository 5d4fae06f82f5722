//! What every flow page shows of raw file mode before the mode's own code is here: the flow's files, and which of them
//! have unsaved edits.

use std::collections::BTreeSet;

use flowdeck_contract::ids::FilePath;
use leptos::prelude::*;

use super::{drafts::Drafts, workbench::Workbench};
use crate::pages::flow::{
    context::FlowContext,
    files::{FilesContext, FlowListing},
};

/// Where raw file mode begins. It stands on the flow page; the workbench behind it is made when the mode is first shown
/// and stands as long as the page, so that turning the mode off and on loses nothing.
#[derive(Clone, Copy)]
pub struct Doorway {
    flow: FlowContext,
    files: FilesContext,
    page: StoredValue<Owner>,
}

impl Doorway {
    /// Makes the file tree of `flow` available below, until the current owner is cleaned up.
    pub fn provide(flow: FlowContext) {
        let drafts = Drafts::new(&flow.project(), &flow.flow());
        let unsaved: BTreeSet<FilePath> = drafts.paths().into_iter().collect();
        flow.unsaved.set(unsaved);
        let forget = Callback::new(move |path: FilePath| {
            drafts.remove(&path);
            flow.unsaved.update(|unsaved| {
                unsaved.remove(&path);
            });
        });
        let files = FilesContext {
            listing: FlowListing::follow(&flow.flow(), flow.live),
            on_removed: StoredValue::new(forget),
        };
        provide_context(files);
        provide_context(Self {
            flow,
            files,
            page: StoredValue::new(Owner::current().unwrap_or_default()),
        });
    }

    /// The page's workbench, made now if this is the first time.
    pub(super) fn workbench() -> Workbench {
        if let Some(workbench) = use_context::<Workbench>() {
            return workbench;
        }
        let Self { flow, files, page } = expect_context::<Self>();
        page.get_value().with(|| Workbench::provide(flow, files))
    }
}
