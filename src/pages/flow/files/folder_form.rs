//! Makes a folder.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    dialogs::{Answers, NameField},
    name::path_of,
    work::Work,
};
use crate::{pages::parts::form_style, ui::Status};

/// What the dialog of a new folder shows.
#[component]
pub(super) fn FolderForm() -> impl IntoView {
    let work = Work::from_context();
    let (tasks, status) = (work.tasks, Status::from_context());
    let folder = tasks.making.get_untracked().unwrap_or_default();
    let folder = folder.first().map(|folder| folder.as_str().to_owned());
    let folder = folder.unwrap_or_default();
    let place = match &*folder {
        "" => "It’s made at the top of the flow folder.".to_owned(),
        folder => format!("It’s made in {folder}."),
    };
    let name = RwSignal::new(String::new());
    let (fault, is_busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let make = Callback::new(move |()| {
        let path = match path_of(&folder, &name.get_untracked()) {
            Err(reason) => return fault.set(Some(reason)),
            Ok(path) => path,
        };
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        tasks.spawn(async move {
            let made = work.flow.api.make_folder(&work.flow.flow(), path).await;
            is_busy.try_set(false);
            match made {
                Ok(entry) => {
                    status.announce(format!("{} added.", entry.path));
                    tasks.focused.set(Some(entry.path.clone()));
                    work.files.listing.put(entry);
                    tasks.done(tasks.making);
                }
                Err(error) => {
                    fault.try_set(Some(error.with_remedy()));
                }
            }
        });
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        make.run(());
    };
    view! {
        <form class=form_style::group on:submit=submit>
            <NameField name=name fault=fault />
            <p class=form_style::help>{place}</p>
            <Answers asked=tasks.making label="Add" is_busy=is_busy on_press=make />
        </form>
    }
}
