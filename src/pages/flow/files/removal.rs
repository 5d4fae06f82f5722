//! Asks before files and folders are deleted.

use flowdeck_contract::managing::KEPT_DAYS;
use leptos::prelude::*;

use super::{
    dialogs::{Refused, style},
    work::{Work, named},
};
use crate::ui::{Button, ButtonKind};

/// Says what is deleted, and deletes it.
#[component]
pub(super) fn Removal() -> impl IntoView {
    let work = Work::from_context();
    let removing = work.tasks.removing;
    let paths = removing.get_untracked().unwrap_or_default();
    if let Some(reason) = untrack(|| work.defining(&paths)) {
        return view! { <Refused asked=removing reason=reason /> }.into_any();
    }
    let what = format!("{} will be deleted from the flow folder.", named(&paths));
    let list = (paths.len() > 1).then(|| {
        let paths = paths
            .iter()
            .map(|path| view! { <li>{path.to_string()}</li> });
        view! { <ul class=style::within>{paths.collect_view()}</ul> }
    });
    let unsaved = untrack(|| work.unsaved(&paths))
        .map(|file| view! { <p>{format!("Unsaved edits of {file} are lost.")}</p> });
    let confirm = move |()| {
        removing.set(None);
        work.delete(paths.clone());
    };
    view! {
        <p>{what}</p>
        {list}
        {unsaved}
        <p>{format!("You can undo this right afterwards, or restore it for {KEPT_DAYS} days.")}</p>
        <div class=style::answers>
            <Button first_focus=true on_press=move |()| removing.set(None)>"Cancel"</Button>
            <Button kind=ButtonKind::Danger on_press=confirm>"Delete"</Button>
        </div>
    }
    .into_any()
}
