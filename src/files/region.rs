//! The region of the flow's files.

use flowdeck_contract::ids::FilePath;
use leptos::prelude::*;

use super::{
    FilesContext, Listed, new_file::NewFile, remove_file::RemoveFile, tree_view::TreeView,
};
use crate::{
    api::Load,
    pages::parts::Failure,
    ui::{Button, ButtonKind, Skeleton, unique_id},
};

stylance::import_crate_style!(style, "src/files/region.module.css");

/// The flow's files as a tree, kept current, with what can be done to them.
#[component]
pub fn FilesRegion() -> impl IntoView {
    let listing = expect_context::<FilesContext>().listing;
    let adding = RwSignal::new(false);
    let removing = RwSignal::new(None::<FilePath>);
    let heading_id = unique_id("files");
    let labelled_by = heading_id.clone();
    // A change of the list moves rows, it does not make the tree anew.
    let shape = Memo::new(move |_| listing.state().with(shape));
    let content = move || match shape.get() {
        Shape::Loading => view! { <Skeleton lines=6 label="Loading the files" /> }.into_any(),
        Shape::Failed => {
            failure(listing.state().get_untracked(), move || listing.retry()).into_any()
        }
        Shape::Empty => {
            view! { <p class=style::note>"The flow folder is empty. Add a file."</p> }.into_any()
        }
        Shape::Files => {
            view! { <TreeView on_remove=move |path| removing.set(Some(path)) /> }.into_any()
        }
    };
    let left_out = move || {
        let count = listing.state().with(|state| match state {
            Load::Ready(listed) => listed.left_out,
            Load::Loading | Load::Failed(_) => 0,
        });
        (count > 0).then(|| {
            view! { <p class=style::note>{format!("{count} more are not listed: the folder holds too many.")}</p> }
        })
    };
    view! {
        <section class=style::region aria-labelledby=labelled_by>
            <header class=style::header>
                <h2 id=heading_id>"Files"</h2>
                <div class=style::actions>
                    <Button kind=ButtonKind::Quiet on_press=move |()| adding.set(true)>
                        "New file"
                    </Button>
                    <Button kind=ButtonKind::Quiet on_press=move |()| listing.refresh()>
                        "Refresh"
                    </Button>
                </div>
            </header>
            <NewFile adding=adding />
            {content}
            {left_out}
            <RemoveFile removing=removing />
        </section>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Loading,
    Failed,
    Empty,
    Files,
}

fn shape(state: &Load<Listed>) -> Shape {
    match state {
        Load::Loading => Shape::Loading,
        Load::Failed(_) => Shape::Failed,
        Load::Ready(listed) if listed.files.is_empty() => Shape::Empty,
        Load::Ready(_) => Shape::Files,
    }
}

fn failure(state: Load<Listed>, retry: impl Fn() + Send + Sync + 'static) -> impl IntoView {
    match state {
        Load::Failed(error) => Some(view! {
            <Failure title="The files could not be listed" error=error on_retry=move |()| retry() />
        }),
        Load::Loading | Load::Ready(_) => None,
    }
}
