//! The menu of what can be done to files and folders, beside the row that it was asked for at.

use flowdeck_contract::ids::FilePath;
use leptos::{
    ev::{FocusEvent, KeyboardEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use super::{
    Asked,
    dialogs::style,
    work::{Work, named},
};
use crate::ui::{MenuEntry, MenuItem, menu_style, next_entry};

/// The menu, while it's open.
#[component]
pub(super) fn ContextMenu() -> impl IntoView {
    let work = Work::from_context();
    let menu = work.tasks.menu;
    let shown = Memo::new(move |_| menu.get());
    move || {
        shown
            .get()
            .map(|paths| view! { <Menu paths=paths work=work /> })
    }
}

#[component]
fn Menu(paths: Vec<FilePath>, work: Work) -> impl IntoView {
    let tasks = work.tasks;
    let at = StoredValue::new(0usize);
    let menu = NodeRef::<html::Div>::new();
    let label = format!("Actions for {}", named(&paths));
    let items = StoredValue::new(untrack(|| items(work, &paths)));
    let focus = move |index: usize| {
        at.set_value(index);
        let entry = u32::try_from(index)
            .ok()
            .and_then(|index| menu.get_untracked()?.children().item(index));
        if let Some(entry) = entry.and_then(|entry| entry.dyn_into::<HtmlElement>().ok()) {
            // Focusing an element that is shown cannot fail.
            let _ = entry.focus();
        }
    };
    Effect::new(move |_| {
        if let Some(menu) = menu.get() {
            let at = tasks.menu_at.get_untracked();
            keep_in_window(&menu, at.or_else(below_focus).unwrap_or_default());
            focus(0);
        }
    });
    let close = move || {
        tasks.menu.set(None);
        tasks.back.run(());
    };
    let choose = move |index: usize| {
        let item = items.with_value(|items| items.get(index).cloned());
        if let Some(item) = item.filter(|item| item.refused.is_none()) {
            close();
            item.action.run(());
        }
    };
    let on_key = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "Escape" | "Tab" => close(),
            "Enter" | " " => choose(at.get_value()),
            key => {
                let labels: Vec<String> =
                    items.with_value(|items| items.iter().map(|item| item.label.clone()).collect());
                let Some(index) = next_entry(key, at.get_value(), &labels) else {
                    return;
                };
                focus(index);
            }
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let on_focus_out = move |event: FocusEvent| {
        let to = event
            .related_target()
            .and_then(|to| to.dyn_into::<Node>().ok());
        let stays = menu
            .try_get_untracked()
            .flatten()
            .is_some_and(|menu| menu.contains(to.as_ref()));
        if !stays {
            tasks.menu.try_set(None);
        }
    };
    let entries = items.get_value().into_iter().enumerate();
    let entries = entries.map(|(index, item)| {
        view! { <MenuEntry item=item on_choose=move |()| choose(index) /> }
    });
    view! {
        <div
            node_ref=menu
            class=format!("{} {}", menu_style::menu, style::menu)
            role="menu"
            aria-label=label
            on:keydown=on_key
            on:focusout=on_focus_out
        >
            {entries.collect_view()}
        </div>
    }
}

fn items(work: Work, paths: &[FilePath]) -> Vec<MenuItem> {
    let tasks = work.tasks;
    let ask = |asked: Asked, of: &[FilePath]| {
        let of = of.to_owned();
        Callback::new(move |()| asked.set(Some(of.clone())))
    };
    let stay = work.stay(paths);
    let several = "Select one file or folder to rename it.";
    let rename = match paths.len() {
        1 => stay.clone(),
        _ => Some(several.to_owned()),
    };
    let folder = paths.first().and_then(|path| folder_of(work, path));
    let defining = work.defining(paths);
    vec![
        MenuItem::new("Rename", rename.as_deref(), ask(tasks.renaming, paths)),
        MenuItem::new("Move to", stay.as_deref(), ask(tasks.moving, paths)),
        MenuItem::new("New folder", None, ask(tasks.making, folder.as_slice())),
        MenuItem::new("Delete", defining.as_deref(), ask(tasks.removing, paths)).destructive(),
    ]
}

/// The folder that this is, or is in; none at the top.
fn folder_of(work: Work, path: &FilePath) -> Option<FilePath> {
    let is_folder = work
        .files
        .listing
        .peek(|listed| listed.files.is_folder(path));
    match is_folder {
        Some(true) => Some(path.clone()),
        _ => FilePath::try_from(path.parent()?).ok(),
    }
}

/// The place below what has the focus, in the window.
fn below_focus() -> Option<(i32, i32)> {
    let place = document().active_element()?.get_bounding_client_rect();
    #[expect(clippy::cast_possible_truncation, reason = "a window isn't so large")]
    let at = (place.left() as i32 + 24, place.bottom() as i32);
    Some(at)
}

/// Puts the menu where it was asked for, or as near as all of it can be seen.
fn keep_in_window(menu: &HtmlElement, (x, y): (i32, i32)) {
    let room = |size: Result<wasm_bindgen::JsValue, _>, own: i32| {
        let size = size
            .ok()
            .and_then(|size: wasm_bindgen::JsValue| size.as_f64());
        #[expect(clippy::cast_possible_truncation, reason = "a window isn't so large")]
        let size = size.unwrap_or_default() as i32;
        (size - own).max(0)
    };
    let left = x.min(room(window().inner_width(), menu.offset_width()));
    let top = y.min(room(window().inner_height(), menu.offset_height()));
    let place = menu.style();
    // Both are properties that there are.
    let _ = place.set_property("inset-inline-start", &format!("{left}px"));
    let _ = place.set_property("inset-block-start", &format!("{top}px"));
}
