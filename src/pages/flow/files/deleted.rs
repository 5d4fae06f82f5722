//! The files that were deleted, each of which can be restored.

use flowdeck_contract::{
    managing::KEPT_DAYS,
    moving_files::{AllDeletedFiles, DeletedFiles},
};
use leptos::prelude::*;

use super::{
    dialogs::style,
    work::{Work, named},
};
use crate::{
    api::{Load, Remote},
    pages::parts::{Failure, ListShape},
    ui::{Ago, Button, Each, Skeleton},
};

/// What the dialog of deleted files shows.
#[component]
pub(super) fn Bin() -> impl IntoView {
    let work = Work::from_context();
    let list = Remote::new(move || {
        let flow = work.flow.flow();
        async move { work.flow.api.deleted_files(&flow).await }
    });
    let state = list.state();
    let is_empty = |all: &AllDeletedFiles| all.deleted.is_empty();
    let shape = Memo::new(move |_| state.with(|list| ListShape::of(list, is_empty)));
    let all = Memo::new(move |_| list.get().unwrap_or_default().deleted);
    move || {
        match shape.get() {
        ListShape::Loading => {
            view! { <Skeleton lines=3 label="Loading the deleted files" /> }.into_any()
        }
        ListShape::Failed => state
            .with_untracked(Load::error)
            .map(|error| {
                view! {
                    <Failure
                        title="Couldn’t load the deleted files"
                        error=error
                        on_retry=move |()| list.retry()
                    />
                }
            })
            .into_any(),
        ListShape::Empty => {
            view! { <p>{format!("No file was deleted here in the last {KEPT_DAYS} days.")}</p> }
                .into_any()
        }
        ListShape::Full => view! {
            <div>
                <p>{format!("You can restore files for {KEPT_DAYS} days after they were deleted.")}</p>
                <ul class=style::deleted aria-label="Deleted files">
                    <Each each=move || all.get() key=|deleted| deleted.id.clone() let(deleted)>
                        <Row deleted=deleted work=work list=list />
                    </Each>
                </ul>
            </div>
        }
        .into_any(),
    }
    }
}

#[component]
fn Row(deleted: DeletedFiles, work: Work, list: Remote<AllDeletedFiles>) -> impl IntoView {
    let DeletedFiles {
        id, paths, deleted, ..
    } = deleted;
    let label = format!("Restore {}", named(&paths));
    let shown = paths.iter().map(ToString::to_string).collect::<Vec<_>>();
    // The dialog may be closed by then.
    let restore = move |()| work.restore(id.clone(), &paths, move || list.try_refresh());
    view! {
        <li>
            <div>
                <strong>{shown.join(", ")}</strong>
                <p>"Deleted " <Ago at=deleted.0 /></p>
            </div>
            <Button label=label on_press=restore>"Restore"</Button>
        </li>
    }
}
