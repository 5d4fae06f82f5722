//! The open files as tabs, by the WAI-ARIA Authoring Practices: arrows, Home and End move and show at once, Delete
//! closes. The cross in a tab is for the pointer alone, as a tab may hold no other control.

use flowdeck_contract::{help::HelpTopic, ids::FilePath, shown::shown as shown_text};
use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::workbench::Workbench;
use crate::{
    pages::flow::context::FlowContext,
    ui::{Button, ButtonKind, Dialog, DialogKind, Each, Icon, open_while_asked},
};

stylance::import_crate_style!(style, "src/pages/flow/raw/tab_bar.module.css");

/// The id of the panel that tabs with ids of this prefix show.
pub(super) fn panel_id(prefix: &str) -> String {
    format!("{prefix}-panel")
}

/// The id of a file's tab.
pub(super) fn tab_id(prefix: &str, path: &FilePath) -> String {
    format!(
        "{prefix}-{}",
        flowdeck_contract::address::encode(path.as_str())
    )
}

/// The open files as tabs.
#[component]
pub(super) fn TabBar(
    /// What the ids of the tabs and their panel begin with.
    prefix: String,
) -> impl IntoView {
    let workbench = Workbench::from_context();
    let shown = workbench.shown();
    let list = NodeRef::<html::Div>::new();
    let closing = RwSignal::new(None::<FilePath>);
    let unsaved = FlowContext::from_context().unsaved;
    let close_now = Callback::new(move |path: FilePath| {
        workbench.close(&path);
        // Closing took the focused element away: the tab that is shown instead gets the focus.
        request_animation_frame(move || focus_tab(shown_tab(list, workbench)));
    });
    let close = move |path: FilePath| {
        if unsaved.with_untracked(|unsaved| unsaved.contains(&path)) {
            closing.set(Some(path));
        } else {
            close_now.run(path);
        }
    };
    Effect::new(move |_| {
        // Tracking alone doesn't compute a memo, and what isn't computed never changes.
        shown.with(|_| ());
        request_animation_frame(move || scroll_to(list, shown_tab(list, workbench)));
    });
    let on_key = move |event: KeyboardEvent| {
        let open = workbench.tabs.with_untracked(|tabs| tabs.open().to_vec());
        let Some(at) = shown
            .get_untracked()
            .and_then(|shown| open.iter().position(|path| *path == shown))
        else {
            return;
        };
        let to = match event.key().as_str() {
            "ArrowRight" => (at + 1) % open.len(),
            "ArrowLeft" => (at + open.len() - 1) % open.len(),
            "Home" => 0,
            "End" => open.len() - 1,
            "Delete" => {
                event.prevent_default();
                return close(open[at].clone());
            }
            _ => return,
        };
        event.prevent_default();
        workbench.turn_to(Some(open[to].clone()));
        focus_tab(tab_at(list, to));
    };
    view! {
        <div class=style::bar>
            <div
                node_ref=list
                role="tablist"
                aria-label="Open files"
                class=style::list
                on:keydown=on_key
            >
                <Each
                    each=move || workbench.tabs.with(|tabs| tabs.open().to_vec())
                    key=|path| path.as_str().to_owned()
                    let(path)
                >
                    <FileTab path=path prefix=prefix.clone() on_close=close />
                </Each>
            </div>
        </div>
        <ConfirmClose closing=closing on_close=close_now />
    }
}

fn tab_at(list: NodeRef<html::Div>, index: usize) -> Option<HtmlElement> {
    let index = u32::try_from(index).ok()?;
    list.try_get_untracked()??
        .children()
        .item(index)?
        .dyn_into()
        .ok()
}

fn shown_tab(list: NodeRef<html::Div>, workbench: Workbench) -> Option<HtmlElement> {
    let index = workbench.tabs.try_with_untracked(|tabs| {
        tabs.open()
            .iter()
            .position(|path| Some(path) == tabs.shown())
    });
    tab_at(list, index??)
}

fn focus_tab(tab: Option<HtmlElement>) {
    if let Some(tab) = tab {
        // Focusing an element that is shown cannot fail.
        let _ = tab.focus();
    }
}

/// Scrolls the list, and nothing else, until a tab can be seen.
fn scroll_to(list: NodeRef<html::Div>, tab: Option<HtmlElement>) {
    let (Some(Some(list)), Some(tab)) = (list.try_get_untracked(), tab) else {
        return;
    };
    let (start, end) = (tab.offset_left(), tab.offset_left() + tab.offset_width());
    if start < list.scroll_left() {
        list.set_scroll_left(start);
    } else if end > list.scroll_left() + list.client_width() {
        list.set_scroll_left(end - list.client_width());
    }
}

#[component]
fn FileTab(
    path: FilePath,
    prefix: String,
    #[prop(into)] on_close: Callback<FilePath>,
) -> impl IntoView {
    let workbench = Workbench::from_context();
    let shown = workbench.shown();
    let unsaved = FlowContext::from_context().unsaved;
    let (own, listed, shown_as) = (path.clone(), path.clone(), path.clone());
    let is_shown = Memo::new(move |_| shown.with(|shown| shown.as_ref() == Some(&own)));
    let is_unsaved = Memo::new(move |_| unsaved.with(|unsaved| unsaved.contains(&listed)));
    // Two files of one name are told apart by their folders.
    let name = Memo::new(move |_| {
        let alike = |other: &FilePath| other.file_name() == shown_as.file_name();
        let alone = workbench
            .tabs
            .with(|tabs| tabs.open().iter().filter(|other| alike(other)).count() < 2);
        if alone {
            shown_text(shown_as.file_name()).into_owned()
        } else {
            shown_as.to_string()
        }
    });
    let (turned_to, closed, closed_by_wheel) = (path.clone(), path.clone(), path.clone());
    let on_aux_click = move |event: MouseEvent| {
        if event.button() == 1 {
            on_close.run(closed_by_wheel.clone());
        }
    };
    let on_close_click = move |event: MouseEvent| {
        event.stop_propagation();
        on_close.run(closed.clone());
    };
    view! {
        <button
            type="button"
            role="tab"
            id=tab_id(&prefix, &path)
            class=style::tab
            title=path.to_string()
            aria-selected=move || is_shown.get().to_string()
            aria-controls=panel_id(&prefix)
            tabindex=move || if is_shown.get() { "0" } else { "-1" }
            on:click=move |_| workbench.turn_to(Some(turned_to.clone()))
            on:auxclick=on_aux_click
        >
            <span class=style::name>{name}</span>
            <Show when=move || is_unsaved.get()>
                <span class=style::dot aria-hidden="true"></span>
                <span class="visually-hidden">", unsaved edits"</span>
            </Show>
            <span class=style::close aria-hidden="true" on:click=on_close_click>
                {Icon::Close.view()}
            </span>
        </button>
    }
}

/// Asks what becomes of unsaved edits when their file is closed.
#[component]
fn ConfirmClose(
    closing: RwSignal<Option<FilePath>>,
    on_close: Callback<FilePath>,
) -> impl IntoView {
    let workbench = Workbench::from_context();
    let open = open_while_asked(closing);
    let title = move || {
        closing
            .get()
            .map_or_else(String::new, |path| format!("Save the edits of {path}?"))
    };
    let take = move || {
        let path = closing.get_untracked();
        closing.set(None);
        path
    };
    let save = move |()| {
        if let Some(path) = take() {
            workbench.spawn(async move {
                if workbench.save(&path).await {
                    on_close.run(path);
                }
            });
        }
    };
    let discard = move |()| {
        if let Some(path) = take() {
            on_close.run(path);
        }
    };
    view! {
        <Dialog open=open title=Signal::derive(title) kind=DialogKind::Confirm help=HelpTopic::Files.address()>
            <p>"They aren’t saved yet. You can’t undo discarding them."</p>
            <div class=style::choices>
                <Button kind=ButtonKind::Quiet on_press=move |()| closing.set(None) first_focus=true>
                    "Keep editing"
                </Button>
                <Button kind=ButtonKind::Danger on_press=discard>"Discard edits"</Button>
                <Button kind=ButtonKind::Primary on_press=save>"Save and close"</Button>
            </div>
        </Dialog>
    }
}
