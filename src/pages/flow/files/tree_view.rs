//! The tree on the screen, by the WAI-ARIA Authoring Practices: one stop for Tab, arrows move, Delete removes.

use std::collections::{BTreeMap, BTreeSet};

use flowdeck_contract::{files::FileKind, ids::FilePath, shown::shown as shown_text};
use leptos::{
    attr::custom::custom_attribute,
    ev::{KeyboardEvent, MouseEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    FileTasks, FilesContext,
    marks::{range, targets},
    tree::{Key, Row, RowKind, TreeMove, folders_above, step},
};
use crate::{
    pages::flow::context::FlowContext,
    ui::{Each, Icon},
};

stylance::import_crate_style!(style, "src/pages/flow/files/tree_view.module.css");

/// The tree of files.
#[component]
pub(super) fn TreeView() -> impl IntoView {
    let tasks = expect_context::<FileTasks>();
    let flow = FlowContext::from_context();
    let listing = expect_context::<FilesContext>().listing;
    let expanded = RwSignal::new(BTreeSet::<FilePath>::new());
    let rows = Memo::new(move |_| {
        listing
            .get()
            .map(|files| expanded.with(|expanded| files.rows(expanded)))
            .unwrap_or_default()
    });
    // A row's element outlives changes of the row, so that it keeps the focus.
    let by_path = Memo::new(move |_| {
        rows.with(|rows| {
            rows.iter()
                .map(|row| (row.path.clone(), row.clone()))
                .collect::<BTreeMap<_, _>>()
        })
    });
    let tree = NodeRef::<html::Ul>::new();
    let (focused, marked) = (tasks.focused, tasks.marked);
    // Where a range of marked rows begins.
    let anchor = StoredValue::new(None::<FilePath>);
    let shown = Memo::new(move |_| {
        flow.view
            .with(|view| view.file.clone().filter(|_| view.raw))
    });
    reveal(shown, expanded);

    // The one row that Tab reaches: where the focus was last, else the file that is shown, else the first.
    let stop = Memo::new(move |_| {
        let is_row = |path: &FilePath| rows.with(|rows| rows.iter().any(|row| row.path == *path));
        let first = || rows.with(|rows| rows.first().map(|row| row.path.clone()));
        focused
            .get()
            .filter(is_row)
            .or_else(|| shown.get().filter(is_row))
            .or_else(first)
    });
    let carry_out = move |step: TreeMove| match step {
        TreeMove::Nothing => {}
        TreeMove::Focus(path) => focus_row(tree, &rows.get_untracked(), &path),
        TreeMove::Toggle(path) => expanded.update(|expanded| {
            if !expanded.remove(&path) {
                expanded.insert(path);
            }
        }),
        TreeMove::Open(path) => flow.open_file(path, None),
    };
    let on_key = move |event: KeyboardEvent| {
        let all = rows.get_untracked();
        let Some(at) = stop
            .get_untracked()
            .and_then(|stop| all.iter().position(|row| row.path == stop))
        else {
            return;
        };
        let here = &all[at].path;
        let targets = || Some(marked.with_untracked(|marked| targets(marked, here)));
        match event.key().as_str() {
            "Delete" => tasks.removing.set(targets()),
            "F2" => tasks
                .renaming
                .set(targets().filter(|paths| paths.len() == 1)),
            "ContextMenu" => open_menu(tasks, here, None),
            "F10" if event.shift_key() => open_menu(tasks, here, None),
            " " => mark_also(marked, anchor, here),
            "a" if event.ctrl_key() || event.meta_key() => {
                marked.set(all.iter().map(|row| row.path.clone()).collect());
            }
            "Escape" if marked.with_untracked(|marked| !marked.is_empty()) => {
                marked.update(BTreeSet::clear);
            }
            "ArrowUp" | "ArrowDown" if event.shift_key() => {
                let key = if event.key() == "ArrowUp" {
                    Key::Up
                } else {
                    Key::Down
                };
                if let TreeMove::Focus(path) = step(&all, at, key) {
                    let from = anchor_or(anchor, here);
                    marked.set(range(&all, &from, &path));
                    carry_out(TreeMove::Focus(path));
                }
            }
            _ => {
                let Some(key) = key_of(&event) else { return };
                carry_out(step(&all, at, key));
            }
        }
        event.prevent_default();
    };
    let on_click = Callback::new(move |(event, act): (MouseEvent, TreeMove)| {
        let (TreeMove::Toggle(path) | TreeMove::Open(path)) = &act else {
            return;
        };
        if event.shift_key() {
            let from = anchor_or(anchor, path);
            marked.set(range(&rows.get_untracked(), &from, path));
        } else if event.ctrl_key() || event.meta_key() {
            mark_also(marked, anchor, path);
        } else {
            marked.update(BTreeSet::clear);
            anchor.set_value(Some(path.clone()));
            carry_out(act);
        }
    });
    let in_order = move || rows.get().into_iter().map(RowOf).collect();
    view! {
        <ul
            node_ref=tree
            role="tree"
            aria-label="Files"
            aria-multiselectable="true"
            class=style::tree
            on:keydown=on_key
        >
            <Each each=in_order key=|RowOf(row)| row.path.as_str().to_owned() let(row)>
                <RowView
                    first=row.0
                    by_path=by_path
                    shown=shown
                    stop=stop
                    on_click=on_click
                />
            </Each>
        </ul>
    }
}

/// A row as the list knows it: the same one as long as its path is. What else changes of it, `by_path` tells.
#[derive(Clone)]
struct RowOf(Row);

impl PartialEq for RowOf {
    fn eq(&self, other: &Self) -> bool {
        self.0.path == other.0.path
    }
}

/// Opens the folders above the file that is shown.
fn reveal(shown: Memo<Option<FilePath>>, expanded: RwSignal<BTreeSet<FilePath>>) {
    Effect::new(move |_| {
        if let Some(path) = shown.get() {
            let above = folders_above(&path);
            if above
                .iter()
                .any(|folder| expanded.with_untracked(|expanded| !expanded.contains(folder)))
            {
                expanded.update(|expanded| expanded.extend(above));
            }
        }
    });
}

fn key_of(event: &KeyboardEvent) -> Option<Key> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    let name = event.key();
    match name.as_str() {
        "ArrowUp" => Some(Key::Up),
        "ArrowDown" => Some(Key::Down),
        "ArrowLeft" => Some(Key::Left),
        "ArrowRight" => Some(Key::Right),
        "Home" => Some(Key::Home),
        "End" => Some(Key::End),
        "Enter" | " " => Some(Key::Act),
        _ => {
            let mut letters = name.chars();
            let letter = letters.next()?;
            letters.next().is_none().then_some(Key::Letter(letter))
        }
    }
}

fn focus_row(tree: NodeRef<html::Ul>, rows: &[Row], path: &FilePath) {
    let index = rows
        .iter()
        .position(|row| row.path == *path)
        .and_then(|index| u32::try_from(index).ok());
    let row = index.and_then(|index| tree.get_untracked()?.children().item(index));
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        // Focusing an element that is shown cannot fail.
        let _ = row.focus();
    }
}

#[component]
fn RowView(
    /// The row as it is at first.
    first: Row,
    by_path: Memo<BTreeMap<FilePath, Row>>,
    shown: Memo<Option<FilePath>>,
    stop: Memo<Option<FilePath>>,
    on_click: Callback<(MouseEvent, TreeMove)>,
) -> impl IntoView {
    let tasks = expect_context::<FileTasks>();
    let unsaved = FlowContext::from_context().unsaved;
    let path = StoredValue::new(first.path.clone());
    let is = move |other: &Option<FilePath>| path.with_value(|path| other.as_ref() == Some(path));
    let is_shown = Memo::new(move |_| shown.with(is));
    let is_stop = Memo::new(move |_| stop.with(is));
    let is_unsaved =
        Memo::new(move |_| unsaved.with(|unsaved| path.with_value(|path| unsaved.contains(path))));
    let (name, title, level) = (
        shown_text(first.path.file_name()).into_owned(),
        first.path.to_string(),
        first.level,
    );
    let row = Memo::new(move |_| {
        let now = path.with_value(|path| by_path.with(|rows| rows.get(path).cloned()));
        now.unwrap_or_else(|| first.clone())
    });
    let kind = Memo::new(move |_| row.with(|row| row.kind));
    let expanded = move || match kind.get() {
        RowKind::Folder { expanded } => Some(expanded.to_string()),
        RowKind::File(_) => None,
    };
    let act = move |event: MouseEvent| {
        let act = match kind.get_untracked() {
            RowKind::Folder { .. } => TreeMove::Toggle(path.get_value()),
            RowKind::File(_) => TreeMove::Open(path.get_value()),
        };
        on_click.run((event, act));
    };
    let menu = move |event: MouseEvent| {
        event.prevent_default();
        path.with_value(|path| open_menu(tasks, path, Some((event.client_x(), event.client_y()))));
    };
    // With several marked, what is shown is none of them by itself.
    let is_selected = Memo::new(move |_| {
        tasks.marked.with(|marked| match marked.is_empty() {
            true => is_shown.get(),
            false => path.with_value(|path| marked.contains(path)),
        })
    });
    view! {
        <li
            role="treeitem"
            {..custom_attribute("aria-level", level.to_string())}
            class=style::row
            style=("--level", level.to_string())
            title=title
            aria-posinset=move || row.with(|row| row.position.to_string())
            aria-setsize=move || row.with(|row| row.siblings.to_string())
            aria-expanded=expanded
            aria-selected=move || is_selected.get().to_string()
            tabindex=move || if is_stop.get() { "0" } else { "-1" }
            on:click=act
            on:contextmenu=menu
            on:focus=move |_| tasks.focused.set(Some(path.get_value()))
        >
            <span class=style::sign>{move || sign(kind.get())}</span>
            <span class=style::name>{name}</span>
            <Show when=move || is_unsaved.get()>
                <span class=style::dot aria-hidden="true"></span>
                <span class="visually-hidden">", unsaved edits"</span>
            </Show>
            {move || note(kind.get()).map(|note| view! { <span class=style::note>{note}</span> })}
            <RemoveSign path=path tasks=tasks />
        </li>
    }
}

/// For the pointer alone, as a tree item may hold no other control: the keyboard has Delete.
#[component]
fn RemoveSign(path: StoredValue<FilePath>, tasks: FileTasks) -> impl IntoView {
    let on_click = move |event: MouseEvent| {
        event.stop_propagation();
        tasks.removing.set(Some(vec![path.get_value()]));
    };
    view! {
        <span class=style::remove title="Delete" aria-hidden="true" on:click=on_click>
            {Icon::Bin.view()}
        </span>
    }
}

/// Opens the menu for a row, and for the others that are marked with it.
fn open_menu(tasks: FileTasks, path: &FilePath, at: Option<(i32, i32)>) {
    let paths = tasks.marked.with_untracked(|marked| targets(marked, path));
    tasks.focused.set(Some(path.clone()));
    tasks.menu_at.set(at);
    tasks.menu.set(Some(paths));
}

/// Marks a row besides the others, or takes the mark away.
fn mark_also(
    marked: RwSignal<BTreeSet<FilePath>>,
    anchor: StoredValue<Option<FilePath>>,
    path: &FilePath,
) {
    anchor.set_value(Some(path.clone()));
    marked.update(|marked| {
        if !marked.remove(path) {
            marked.insert(path.clone());
        }
    });
}

/// Where a range begins: at its row, from now on, where there is none yet.
fn anchor_or(anchor: StoredValue<Option<FilePath>>, path: &FilePath) -> FilePath {
    let from = anchor.get_value().unwrap_or_else(|| path.clone());
    anchor.set_value(Some(from.clone()));
    from
}

fn sign(kind: RowKind) -> impl IntoView {
    match kind {
        RowKind::Folder { expanded } => {
            let class = if expanded { style::open } else { style::closed };
            view! { <span class=class>{Icon::Chevron.view()}</span> }.into_any()
        }
        RowKind::File(_) => Icon::File.view().into_any(),
    }
}

/// Why a file cannot be opened, in a word.
fn note(kind: RowKind) -> Option<&'static str> {
    match kind {
        RowKind::Folder { .. } | RowKind::File(FileKind::Text | FileKind::Folder) => None,
        RowKind::File(FileKind::Binary) => Some("binary"),
        RowKind::File(FileKind::TooLarge) => Some("too large"),
        RowKind::File(FileKind::OutsideLink) => Some("link"),
        RowKind::File(FileKind::UnreadableFolder) => Some("can’t be read"),
    }
}
