//! Moves files and folders into another folder.

use std::collections::BTreeSet;

use flowdeck_contract::{files::FileKind, ids::FilePath, moving_files::FileMove};
use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    dialogs::Answers,
    marks::is_below,
    references::{References, UpdateReferences},
    work::Work,
};
use crate::pages::parts::form_style;

const FIELD: &str = "move-to-folder";

/// What the dialog of the other folder shows.
#[component]
pub(super) fn MoveForm() -> impl IntoView {
    let work = Work::from_context();
    let tasks = work.tasks;
    let paths = tasks.moving.get_untracked().unwrap_or_default();
    let folders = folders(work, &paths);
    let folder = RwSignal::new(folders.first().cloned().unwrap_or_default());
    let (fault, is_busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let references = References::to(work, &paths);
    let move_them = Callback::new(move |()| {
        let folder = folder.get_untracked();
        let to = |from: &FilePath| {
            let to = match &*folder {
                "" => from.file_name().to_owned(),
                folder => format!("{folder}/{}", from.file_name()),
            };
            let from = from.clone();
            Some(FileMove {
                from,
                to: FilePath::try_from(to).ok()?,
            })
        };
        let moves: Vec<FileMove> = paths.iter().filter_map(to).collect();
        if moves.len() < paths.len() {
            return fault.set(Some("The path would be too long.".to_owned()));
        }
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let asked = references.asked(moves);
        tasks.spawn(async move {
            let moved = work.move_files(asked).await;
            is_busy.try_set(false);
            match moved {
                Ok(()) => tasks.done(tasks.moving),
                Err(error) => {
                    fault.try_set(Some(error.with_remedy()));
                }
            }
        });
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        move_them.run(());
    };
    if folders.is_empty() {
        return view! { <p>"The flow has no other folder. Add one first."</p> }.into_any();
    }
    let options = folders.into_iter().map(|folder| {
        let label = match &*folder {
            "" => "Top of the flow folder".to_owned(),
            folder => folder.to_owned(),
        };
        view! { <option value=folder>{label}</option> }
    });
    view! {
        <form class=form_style::group on:submit=submit>
            <div class=form_style::field>
                <label for=FIELD class=form_style::label>"Folder"</label>
                <select
                    id=FIELD
                    autofocus=true
                    aria-describedby="move-to-fault"
                    on:change=move |event| {
                        folder.set(event_target_value(&event));
                        fault.set(None);
                    }
                >
                    {options.collect_view()}
                </select>
                <p id="move-to-fault" class=form_style::fault role="alert">{fault}</p>
            </div>
            <UpdateReferences references=references />
            <Answers asked=tasks.moving label="Move" is_busy=is_busy on_press=move_them />
        </form>
    }
    .into_any()
}

/// Where these could go: neither into themselves nor to where all of them are. The top is empty.
fn folders(work: Work, paths: &[FilePath]) -> Vec<String> {
    let all = work.files.listing.peek(|listed| {
        let folders = listed.files.entries();
        let folders = folders.filter(|entry| entry.kind == FileKind::Folder);
        folders.map(|entry| entry.path.clone()).collect::<Vec<_>>()
    });
    let is_open = |folder: &FilePath| {
        !paths
            .iter()
            .any(|path| path == folder || is_below(folder, path))
    };
    let folders = all.unwrap_or_default().into_iter().filter(is_open);
    let folders = folders.map(String::from);
    let now: BTreeSet<&str> = paths
        .iter()
        .map(|path| path.parent().unwrap_or_default())
        .collect();
    let is_elsewhere = |folder: &String| now.len() > 1 || !now.contains(&**folder);
    std::iter::once(String::new())
        .chain(folders)
        .filter(is_elsewhere)
        .collect()
}
