//! The region of the flow's files.

use flowdeck_contract::{files::LeftOut, ids::FilePath};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{FileTasks, FilesContext, tree_view::TreeView};
use crate::{
    api::Load,
    lazy::{FILE_DIALOGS, Lazy, NEW_FILE},
    pages::{
        flow::FlowContext,
        parts::{Failure, ListShape},
    },
    ui::{Button, ButtonKind, MenuButton, MenuItem, Skeleton, unique_id},
};

stylance::import_crate_style!(style, "src/pages/flow/files/region.module.css");

/// The flow's files as a tree, kept current, with what can be done to them.
#[component]
pub fn FilesRegion() -> impl IntoView {
    let listing = expect_context::<FilesContext>().listing;
    let adding = RwSignal::new(false);
    let asked = || RwSignal::new(None::<Vec<FilePath>>);
    let region = NodeRef::<html::Section>::new();
    let add = NodeRef::<html::Button>::new();
    let cancel = Callback::new(move |()| {
        adding.set(false);
        focus(add.get_untracked().map(Into::into));
    });
    let back = Callback::new(move |()| {
        request_animation_frame(move || focus(tab_stop(region)));
    });
    let tasks = FileTasks {
        adding,
        on_cancel: cancel,
        making: asked(),
        renaming: asked(),
        moving: asked(),
        removing: asked(),
        restoring: asked(),
        menu: asked(),
        menu_at: RwSignal::new(None),
        marked: RwSignal::default(),
        focused: RwSignal::new(None),
        back,
        owner: StoredValue::new(Owner::current().unwrap_or_default()),
    };
    provide_context(tasks);
    let wanted = Memo::new(move |before: Option<&bool>| {
        let all = [
            tasks.making,
            tasks.renaming,
            tasks.moving,
            tasks.removing,
            tasks.restoring,
            tasks.menu,
        ];
        before == Some(&true) || all.iter().any(|asked| asked.with(Option::is_some))
    });
    let heading_id = unique_id("files");
    let labelled_by = heading_id.clone();
    // A change of the list moves rows, it does not rebuild the tree.
    let shape = Memo::new(move |_| {
        listing
            .state()
            .with(|state| ListShape::of(state, |listed| listed.files.is_empty()))
    });
    let content = move || match shape.get() {
        ListShape::Loading => view! { <Skeleton lines=6 label="Loading the files" /> }.into_any(),
        ListShape::Failed => listing
            .state()
            .with_untracked(Load::error)
            .map(|error| {
                view! {
                    <Failure
                        title="Couldn’t list the files"
                        error=error
                        on_retry=move |()| listing.retry()
                    />
                }
            })
            .into_any(),
        ListShape::Empty => {
            view! { <p class=style::note>"The flow folder is empty. Add a file."</p> }.into_any()
        }
        ListShape::Full => view! { <TreeView /> }.into_any(),
    };
    let left_out = move || {
        let left_out = listing.state().with(|state| match state {
            Load::Ready(listed) => listed.left_out,
            Load::Loading | Load::Failed(_) => LeftOut::default(),
        });
        not_listed(left_out).map(|text| view! { <p class=style::note>{text}</p> })
    };
    view! {
        <section node_ref=region class=style::region aria-labelledby=labelled_by>
            <header class=style::header>
                <h2 id=heading_id>"Files"</h2>
                <div class=style::actions>
                    <Button kind=ButtonKind::Quiet node_ref=add on_press=move |()| adding.set(true)>
                        "New file"
                    </Button>
                    <Button kind=ButtonKind::Quiet on_press=move |()| listing.refresh()>
                        "Refresh"
                    </Button>
                    <MenuButton
                        kind=ButtonKind::Quiet
                        label="More file actions"
                        label_hidden=true
                        items=Signal::derive(move || more(tasks))
                    />
                </div>
            </header>
            <Show when=move || adding.get()>
                <Lazy part=NEW_FILE />
            </Show>
            {content}
            {left_out}
            <Folder />
            <Show when=move || wanted.get()>
                <Lazy part=FILE_DIALOGS />
            </Show>
        </section>
    }
}

/// What can be done besides.
fn more(tasks: FileTasks) -> Vec<MenuItem> {
    let ask = |asked: super::Asked| Callback::new(move |()| asked.set(Some(Vec::new())));
    vec![
        MenuItem::new("New folder", None, ask(tasks.making)),
        MenuItem::new("Deleted files", None, ask(tasks.restoring)),
    ]
}

/// Where the files are on the server.
#[component]
fn Folder() -> impl IntoView {
    let detail = FlowContext::from_context().detail;
    let folder = Memo::new(move |_| detail.get().map(|detail| detail.folder));
    move || {
        folder
            .get()
            .map(|folder| view! { <code class=style::folder title=folder.clone()>{folder.clone()}</code> })
    }
}

/// What isn't in the list, and why.
fn not_listed(left_out: LeftOut) -> Option<String> {
    let why = match (left_out.beyond_limit, left_out.unusable_names) {
        (0, 0) => return None,
        (0, _) => "flowdeck can’t use their names",
        (_, 0) => "the folder holds too many",
        _ => "the folder holds too many, and flowdeck can’t use some names",
    };
    let more = if left_out.is_more { "at least " } else { "" };
    Some(format!("Not listed: {more}{} ({why}).", left_out.count()))
}

fn focus(element: Option<HtmlElement>) {
    if let Some(element) = element {
        // Focusing an element that is shown cannot fail.
        let _ = element.focus();
    }
}

/// The row of the tree that Tab reaches.
fn tab_stop(region: NodeRef<html::Section>) -> Option<HtmlElement> {
    let row = region
        .try_get_untracked()??
        .query_selector("[role=treeitem][tabindex=\"0\"]");
    row.ok()??.dyn_into().ok()
}
