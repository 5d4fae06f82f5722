//! What there is to say about the file that is shown, above it.

use flowdeck_contract::{Millis, ids::FilePath};
use leptos::prelude::*;

use super::{
    document::{Failure, Status},
    elsewhere::Offer,
    workbench::{FileState, Workbench},
};
use crate::{
    api::Disk,
    ui::{Button, ButtonKind, Notice, NoticeKind, local_time},
};

stylance::import_crate_style!(style, "src/pages/flow/raw/notices.module.css");

/// One thing to say.
#[derive(Clone, Debug, PartialEq)]
enum Note {
    /// Edits of an earlier visit came back.
    Restored(Millis),
    /// Another tab has unsaved edits.
    Elsewhere(Offer),
    /// The last save failed.
    NotSaved(Failure),
    /// Another program changed the file.
    ChangedOnDisk,
    /// Another program deleted the file.
    DeletedOnDisk,
}

/// Everything there is to say about the file that is shown.
#[component]
pub(super) fn Notices() -> impl IntoView {
    let workbench = Workbench::from_context();
    let shown = workbench.shown();
    let notes = Memo::new(move |_| {
        let path = shown.get()?;
        let mut notes = workbench.files.with(|files| files.get(&path).map(notes))?;
        notes.extend(workbench.offers(&path).into_iter().map(Note::Elsewhere));
        Some((path, notes))
    });
    let refused = workbench.drafts_refused;
    let views = move || {
        let (path, notes) = notes.get()?;
        Some(
            notes
                .into_iter()
                .map(|note| view! { <NoteView path=path.clone() note=note /> })
                .collect_view(),
        )
    };
    view! {
        <div class=style::notices>
            <Show when=move || refused.get()>
                <Notice kind=NoticeKind::Warning title="This browser can’t keep unsaved edits">
                    <p>"Its storage is full or blocked. Save before you leave the page."</p>
                </Notice>
            </Show>
            {views}
        </div>
    }
}

fn notes(state: &FileState) -> Vec<Note> {
    let FileState::Open(open) = state else {
        return Vec::new();
    };
    if matches!(
        open.document.status(),
        Status::Diverged {
            compared: true,
            disk: Disk::Text { .. }
        }
    ) {
        // Both versions and the choice between them are on the screen.
        return Vec::new();
    }
    let of_status = match open.document.status() {
        Status::SaveFailed(failure) => Some(Note::NotSaved(failure.clone())),
        Status::Diverged {
            disk: Disk::Gone, ..
        } => Some(Note::DeletedOnDisk),
        Status::Diverged {
            compared: false, ..
        } => Some(Note::ChangedOnDisk),
        Status::Clean | Status::Dirty | Status::Saving { .. } | Status::Diverged { .. } => None,
    };
    open.restored
        .map(Note::Restored)
        .into_iter()
        .chain(of_status)
        .collect()
}

#[component]
fn NoteView(path: FilePath, note: Note) -> impl IntoView {
    match note {
        Note::Restored(at) => view! { <Restored path=path at=at /> }.into_any(),
        Note::Elsewhere(offer) => view! { <OfOtherTab path=path offer=offer /> }.into_any(),
        Note::NotSaved(failure) => view! {
            <Notice kind=NoticeKind::Error title=format!("Can’t save {path}")>
                <p>{failure.reason} " Your edits are kept in this browser. Save again."</p>
                {failure.remedy.map(|remedy| view! { <p>{remedy}</p> })}
            </Notice>
        }
        .into_any(),
        Note::ChangedOnDisk => view! { <ChangedOnDisk path=path /> }.into_any(),
        Note::DeletedOnDisk => view! { <DeletedOnDisk path=path /> }.into_any(),
    }
}

#[component]
fn Restored(path: FilePath, at: Millis) -> impl IntoView {
    let workbench = Workbench::from_context();
    let title = format!("Unsaved edits from {} restored", local_time(at.0));
    let discarded = path.clone();
    let keep = move |()| {
        workbench.dismiss_restored(&path);
        workbench.focus_editor_soon();
    };
    view! {
        <Notice kind=NoticeKind::Info title=title>
            <div class=style::choices>
                <Button on_press=keep>"Keep"</Button>
                <Button kind=ButtonKind::Quiet on_press=move |()| workbench.discard(&discarded)>
                    "Discard"
                </Button>
            </div>
        </Notice>
    }
}

#[component]
fn OfOtherTab(path: FilePath, offer: Offer) -> impl IntoView {
    let workbench = Workbench::from_context();
    let title = format!(
        "You have unsaved edits in another tab, from {}",
        local_time(offer.edited.0)
    );
    let (taken, keeper) = (path.clone(), offer.keeper.clone());
    view! {
        <Notice kind=NoticeKind::Warning title=title>
            <p>"Using them replaces the text here. You can undo this."</p>
            <div class=style::choices>
                <Button on_press=move |()| workbench.take_over(&taken, &keeper)>"Use those edits"</Button>
                <Button
                    kind=ButtonKind::Quiet
                    on_press=move |()| workbench.dismiss_elsewhere(&path, &offer.keeper)
                >
                    "Discard them"
                </Button>
            </div>
        </Notice>
    }
}

#[component]
fn ChangedOnDisk(path: FilePath) -> impl IntoView {
    let workbench = Workbench::from_context();
    let title = format!("{path} changed on disk");
    let file = path.clone();
    let who = move || {
        if workbench.is_changed_by_other_tab(&file) {
            "You saved it in another tab while you were editing here. Your edits are kept."
        } else {
            "Another program changed it while you were editing. Your edits are kept."
        }
    };
    view! {
        <Notice kind=NoticeKind::Warning title=title>
            <p>{who}</p>
            <div class=style::choices>
                <Button on_press=move |()| workbench.compare(&path, true)>"Compare"</Button>
            </div>
        </Notice>
    }
}

#[component]
fn DeletedOnDisk(path: FilePath) -> impl IntoView {
    let workbench = Workbench::from_context();
    let title = format!("{path} was deleted");
    let closed = path.clone();
    view! {
        <Notice kind=NoticeKind::Warning title=title>
            <p>"Its text is now only in this browser."</p>
            <div class=style::choices>
                <Button on_press=move |()| workbench.overwrite(&path)>"Save as new file"</Button>
                <Button kind=ButtonKind::Quiet on_press=move |()| workbench.close(&closed)>
                    "Discard and close"
                </Button>
            </div>
        </Notice>
    }
}
