//! A menu button by the WAI-ARIA Authoring Practices: Enter, Space and the arrows open it, arrows, Home, End and typing
//! move in it, Escape closes it and gives the focus back.

use leptos::{
    ev::{FocusEvent, KeyboardEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use super::{ButtonKind, Icon, letters::begins_with, unique_id};

stylance::import_crate_style!(pub(crate) style, "src/ui/menu_button.module.css");

/// An entry of a menu.
#[derive(Clone, Debug)]
pub struct MenuItem {
    /// Its name.
    pub label: String,
    /// What it does.
    pub action: Callback<()>,
    /// What comes of it, in a line.
    pub about: Option<&'static str>,
    /// Why it cannot be done now, as a sentence.
    pub refused: Option<String>,
    /// Whether it takes something away: it stands out, below the rest.
    pub is_destructive: bool,
}

impl MenuItem {
    /// An entry that can be chosen, unless `refused` says why not.
    #[must_use]
    pub fn new(label: &str, refused: Option<&str>, action: impl Into<Callback<()>>) -> Self {
        Self {
            label: label.to_owned(),
            action: action.into(),
            about: None,
            refused: refused.map(str::to_owned),
            is_destructive: false,
        }
    }

    /// The same entry, which says what comes of it.
    #[must_use]
    pub fn about(self, about: &'static str) -> Self {
        Self {
            about: Some(about),
            ..self
        }
    }

    /// The same entry, as one that takes something away.
    #[must_use]
    pub fn destructive(self) -> Self {
        Self {
            is_destructive: true,
            ..self
        }
    }
}

/// The entry that takes the focus next, of `labels`, for a key pressed on entry `at`; `None` when the key moves nothing.
pub(crate) fn next_entry(key: &str, at: usize, labels: &[String]) -> Option<usize> {
    let count = labels.len();
    match key {
        _ if count == 0 => None,
        "ArrowDown" => Some((at + 1) % count),
        "ArrowUp" => Some((at + count - 1) % count),
        "Home" => Some(0),
        "End" => Some(count - 1),
        _ => {
            let mut letters = key.chars();
            let (letter, rest) = (letters.next()?, letters.next());
            let begins = |label: &String| begins_with(label, letter);
            let mut order = (at + 1..count).chain(0..=at);
            rest.is_none()
                .then(|| order.find(|&index| labels.get(index).is_some_and(begins)))?
        }
    }
}

/// A button that opens a menu.
#[component]
pub fn MenuButton(
    /// How much weight it has.
    #[prop(optional)]
    kind: ButtonKind,
    /// Its name.
    #[prop(into)]
    label: Signal<String>,
    /// Shows only the sign that it opens something.
    #[prop(optional)]
    label_hidden: bool,
    /// What is chosen from.
    #[prop(into)]
    items: Signal<Vec<MenuItem>>,
    /// Stands before its name.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let at = StoredValue::new(0usize);
    let button = NodeRef::<html::Button>::new();
    let menu = NodeRef::<html::Div>::new();
    let (button_id, menu_id) = (unique_id("menu-button"), unique_id("menu"));
    let (labelled_by, controls) = (button_id.clone(), menu_id.clone());

    let focus_entry = move |index: usize| {
        // On losing the focus, the menu may be out of the page.
        at.try_set_value(index);
        let shown = menu.try_get_untracked().flatten();
        if let Some(entry) = shown.and_then(|menu| entry(&menu, index)) {
            // Focusing an element that is shown cannot fail.
            let _ = entry.focus();
        }
    };
    // The focus goes in as soon as the entries are in the page: a key that is pressed at once is for them.
    Effect::new(move |_| {
        if menu.get().is_some() {
            focus_entry(at.get_value());
        }
    });
    let show_at = move |index: usize| {
        at.set_value(index);
        if open.get_untracked() {
            focus_entry(index);
        } else {
            open.set(true);
        }
    };
    let close = move || {
        open.set(false);
        if let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    };
    let choose = move |index: usize| {
        let item = items.with_untracked(|items| items.get(index).cloned());
        if let Some(item) = item.filter(|item| item.refused.is_none()) {
            close();
            item.action.run(());
        }
    };
    let on_button_key = move |event: KeyboardEvent| {
        let index = match event.key().as_str() {
            "ArrowDown" | "Enter" | " " => 0,
            "ArrowUp" => items.with_untracked(Vec::len).saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        show_at(index);
    };
    let on_menu_key = move |event: KeyboardEvent| {
        let key = event.key();
        match key.as_str() {
            "Escape" => close(),
            "Tab" => return open.set(false),
            "Enter" | " " => choose(at.get_value()),
            _ => {
                let labels: Vec<String> = items
                    .with_untracked(|items| items.iter().map(|item| item.label.clone()).collect());
                let Some(index) = next_entry(&key, at.get_value(), &labels) else {
                    return;
                };
                focus_entry(index);
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
        let on_button = button
            .try_get_untracked()
            .flatten()
            .is_some_and(|button| button.contains(to.as_ref()));
        if !stays && !on_button {
            open.try_set(false);
        }
    };
    let toggle = move |_| {
        if open.get_untracked() {
            open.set(false);
        } else {
            show_at(0);
        }
    };

    view! {
        <div class=style::root on:focusout=on_focus_out>
            <button
                node_ref=button
                id=button_id
                type="button"
                class=kind.class()
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                aria-controls=move || open.get().then(|| controls.clone())
                on:click=toggle
                on:keydown=on_button_key
            >
                {children.map(|children| children())}
                <span class=label_hidden.then_some("visually-hidden")>{label}</span>
                <span class=style::chevron>{Icon::Chevron.view()}</span>
            </button>
            <Show when=move || open.get()>
                <div
                    node_ref=menu
                    id=menu_id.clone()
                    class=style::menu
                    role="menu"
                    aria-labelledby=labelled_by.clone()
                    on:keydown=on_menu_key
                >
                    <ForEnumerate
                        each=move || items.get()
                        key=|item| (item.label.clone(), item.refused.clone())
                        children=move |index, item| {
                            view! {
                                <MenuEntry item=item on_choose=move |()| choose(index.get_untracked()) />
                            }
                        }
                    />
                </div>
            </Show>
        </div>
    }
}

/// An entry as it stands in a menu.
#[component]
pub(crate) fn MenuEntry(item: MenuItem, #[prop(into)] on_choose: Callback<()>) -> impl IntoView {
    let MenuItem {
        label,
        about,
        refused,
        is_destructive,
        ..
    } = item;
    let is_refused = refused.is_some().then_some("true");
    // Why it can't be chosen matters more than what it would do.
    let note = refused.or(about.map(str::to_owned));
    let note_id = unique_id("note");
    let described_by = note.is_some().then(|| note_id.clone());
    view! {
        <div
            class=style::item
            class=(style::destructive, is_destructive)
            role="menuitem"
            tabindex="-1"
            aria-label=label.clone()
            aria-disabled=is_refused
            aria-describedby=described_by
            on:click=move |_| on_choose.run(())
        >
            {label.clone()}
            {note.map(|note| view! { <span id=note_id class=style::note>{note}</span> })}
        </div>
    }
}

fn entry(menu: &HtmlElement, index: usize) -> Option<HtmlElement> {
    menu.children()
        .item(u32::try_from(index).ok()?)?
        .dyn_into()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Vec<String> {
        ["Install", "View", "Reset", "Stop", "Restore"]
            .map(String::from)
            .to_vec()
    }

    #[test]
    fn arrows_go_round() {
        assert_eq!(next_entry("ArrowDown", 4, &labels()), Some(0));
        assert_eq!(next_entry("ArrowUp", 0, &labels()), Some(4));
        assert_eq!(next_entry("ArrowDown", 1, &labels()), Some(2));
    }

    #[test]
    fn home_and_end_go_to_the_ends() {
        assert_eq!(next_entry("Home", 3, &labels()), Some(0));
        assert_eq!(next_entry("End", 0, &labels()), Some(4));
    }

    #[test]
    fn a_letter_goes_to_the_next_entry_that_begins_with_it() {
        assert_eq!(next_entry("r", 0, &labels()), Some(2));
        assert_eq!(next_entry("R", 2, &labels()), Some(4));
        assert_eq!(next_entry("r", 4, &labels()), Some(2));
        assert_eq!(next_entry("x", 0, &labels()), None);
    }

    #[test]
    fn other_keys_and_empty_menus_move_nothing() {
        assert_eq!(next_entry("PageDown", 0, &labels()), None);
        assert_eq!(next_entry("ArrowDown", 0, &[]), None);
    }
}
