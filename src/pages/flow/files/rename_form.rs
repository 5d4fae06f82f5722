//! Gives a file or folder another name.

use flowdeck_contract::moving_files::FileMove;
use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    dialogs::{Answers, NameField, Refused},
    name::path_of,
    references::{References, UpdateReferences},
    work::Work,
};
use crate::pages::parts::form_style;

/// What the dialog of the new name shows.
#[component]
pub(super) fn RenameForm() -> impl IntoView {
    let work = Work::from_context();
    let tasks = work.tasks;
    let path = tasks.renaming.get_untracked().unwrap_or_default();
    let Some(from) = path.first().cloned() else {
        return ().into_any();
    };
    if let Some(reason) = untrack(|| work.stay(&path)) {
        return view! { <Refused asked=tasks.renaming reason=reason /> }.into_any();
    }
    let name = RwSignal::new(from.file_name().to_owned());
    let (fault, is_busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let references = References::to(work, &path);
    let rename = Callback::new(move |()| {
        let folder = from.parent().unwrap_or_default();
        let to = match path_of(folder, &name.get_untracked()) {
            Err(reason) => return fault.set(Some(reason)),
            Ok(to) if to == from => return tasks.renaming.set(None),
            Ok(to) => to,
        };
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let from = from.clone();
        let asked = references.asked(vec![FileMove { from, to }]);
        tasks.spawn(async move {
            let moved = work.move_files(asked).await;
            is_busy.try_set(false);
            match moved {
                Ok(()) => tasks.done(tasks.renaming),
                Err(error) => {
                    fault.try_set(Some(error.with_remedy()));
                }
            }
        });
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        rename.run(());
    };
    view! {
        <form class=form_style::group on:submit=submit>
            <NameField name=name fault=fault />
            <UpdateReferences references=references />
            <Answers asked=tasks.renaming label="Rename" is_busy=is_busy on_press=rename />
        </form>
    }
    .into_any()
}
