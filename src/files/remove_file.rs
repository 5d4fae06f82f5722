//! Deletes a file, after asking.

use leptos::prelude::*;

use super::{FileTasks, FilesContext};
use crate::{
    pages::{flow::context::FlowContext, parts::tell_failure},
    raw::{FlowFiles, Removed},
    ui::{Button, ButtonKind, Status, Tone},
};

stylance::import_crate_style!(style, "src/files/remove_file.module.css");

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
        let tag = files
            .listing
            .peek(|listed| listed.files.get(&path).map(|entry| entry.etag.clone()));
        let Some(tag) = tag.flatten() else {
            return;
        };
        tasks.spawn(async move {
            match FlowFiles::new(flow.api, flow.flow())
                .remove(&path, &tag)
                .await
            {
                Ok(Removed::Done) => {
                    files.listing.remove(&path);
                    files.on_removed.get_value().run(path.clone());
                    on_removed.run(());
                    status.announce(format!("{path} deleted."));
                }
                Ok(Removed::Refused) => {
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
    view! {
            <p>"The file is removed from the flow folder. There is no undo."</p>
            <Show when=unsaved>
                <p>"It has unsaved edits, which are lost too."</p>
            </Show>
            <div class=style::choices>
                <Button kind=ButtonKind::Plain on_press=move |()| removing.set(None) first_focus=true>
                    "Keep the file"
                </Button>
                <Button kind=ButtonKind::Danger on_press=remove>"Delete"</Button>
            </div>
    }
}
