//! Deletes a file, after asking. A text can be brought back for a while.

use flowdeck_contract::{files::FileKind, ids::FilePath};
use leptos::prelude::*;

use super::{FileTasks, FilesContext};
use crate::{
    api::{ApiError, Disk, FlowFiles, Precondition, Removed, Written},
    pages::{flow::context::FlowContext, parts::tell_failure},
    ui::{Button, ButtonKind, NextStep, Status, Tone},
};

stylance::import_crate_style!(style, "src/pages/flow/files/remove_file.module.css");

/// Says what is lost with the file that is to be deleted, and deletes it.
#[component]
pub(crate) fn RemovalQuestion() -> impl IntoView {
    let tasks: FileTasks = expect_context();
    let FileTasks {
        removing,
        on_removed,
        ..
    } = tasks;
    let flow = FlowContext::from_context();
    let files = expect_context::<FilesContext>();
    let status = Status::from_context();
    let unsaved = move || {
        removing.with(|path| {
            path.as_ref()
                .is_some_and(|path| flow.unsaved.with(|all| all.contains(path)))
        })
    };
    let remove = move |()| {
        let Some(path) = removing.get_untracked() else {
            return;
        };
        removing.set(None);
        let listed = files.listing.peek(|listed| {
            let entry = listed.files.get(&path)?;
            Some((entry.etag.clone(), entry.kind))
        });
        let Some((tag, kind)) = listed.flatten() else {
            return;
        };
        tasks.spawn(async move {
            let disk = FlowFiles::new(flow.api, flow.flow());
            match delete(&disk, &path, &tag, kind).await {
                Ok((Removed::Done, text)) => {
                    files.listing.remove(&path);
                    files.on_removed.get_value().run(path.clone());
                    on_removed.run(());
                    let said = format!("{path} deleted");
                    match text {
                        Some(text) => {
                            status.offer(said, undo(flow, files, status, path, text));
                        }
                        None => status.tell(Tone::Good, said, None),
                    }
                }
                Ok((Removed::Refused, _)) => {
                    let detail = "It changed after it was listed. Open it, then delete it again.";
                    status.tell(
                        Tone::Bad,
                        format!("Couldn’t delete {path}"),
                        Some(detail.to_owned()),
                    );
                    files.listing.refresh();
                }
                Err(error) => tell_failure(status, &format!("Couldn’t delete {path}"), &error),
            }
        });
    };
    let is_text = move || {
        let path = removing.get()?;
        files.listing.peek(|listed| {
            let entry = listed.files.get(&path)?;
            Some(entry.kind == FileKind::Text)
        })?
    };
    let consequence = move || {
        if is_text() == Some(true) {
            "The file is deleted from the flow folder. You can undo this right afterwards."
        } else {
            "The file is deleted from the flow folder. You can’t undo this."
        }
    };
    view! {
            <p>{consequence}</p>
            <Show when=unsaved>
                <p>"Its unsaved edits are lost."</p>
            </Show>
            <div class=style::choices>
                <Button kind=ButtonKind::Plain on_press=move |()| removing.set(None) first_focus=true>
                    "Keep the file"
                </Button>
                <Button kind=ButtonKind::Danger on_press=remove>"Delete"</Button>
            </div>
    }
}

/// Deletes the file that the list shows under `tag`; gives the text that it held, where it was one.
async fn delete(
    disk: &FlowFiles,
    path: &FilePath,
    tag: &str,
    kind: FileKind,
) -> Result<(Removed, Option<String>), ApiError> {
    let text = match kind {
        FileKind::Text => match disk.read(path).await? {
            Disk::Text { etag, text } if etag == tag => Some(text.to_string()),
            Disk::Text { .. } | Disk::Gone => return Ok((Removed::Refused, None)),
        },
        _ => None,
    };
    Ok((disk.remove(path, tag).await?, text))
}

/// Offers the file back as long as the flow's page is shown, whichever list it was deleted from.
fn undo(
    flow: FlowContext,
    files: FilesContext,
    status: Status,
    path: FilePath,
    text: String,
) -> NextStep {
    let work = flow.owner.get_value();
    let restore = move || {
        let restored = bring_back(flow, files, status, path.clone(), text.clone());
        work.with(|| leptos::task::spawn_local_scoped_with_cancellation(restored));
    };
    NextStep::new("Undo", restore)
}

/// Writes a deleted file's text back, unless there is a file of its name by now.
async fn bring_back(
    flow: FlowContext,
    files: FilesContext,
    status: Status,
    path: FilePath,
    text: String,
) {
    let disk = FlowFiles::new(flow.api, flow.flow());
    let failed = format!("Couldn’t restore {path}");
    match disk.write(&path, &Precondition::Absent, &text).await {
        Ok(Written::Done(entry)) => {
            files.listing.put(entry);
            status.announce(format!("{path} restored."));
        }
        Ok(Written::Refused) => {
            let detail = "A file of this name was added. Rename or delete it first.";
            status.tell(Tone::Bad, failed, Some(detail.to_owned()));
        }
        Err(error) => tell_failure(status, &failed, &error),
    }
}
