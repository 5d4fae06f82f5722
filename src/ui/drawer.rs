//! A panel at the side, over the page, which stays usable beside it: a landmark of its own that Escape closes.

use leptos::{ev::KeyboardEvent, html, portal::Portal, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{Button, ButtonKind, Icon, unique_id};

stylance::import_crate_style!(style, "src/ui/drawer.module.css");

/// How a drawer came to be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DrawerState {
    /// It is closed.
    #[default]
    Closed,
    /// The person opened it: it takes the focus, and gives it back.
    Asked,
    /// It opened by itself: what the person is at keeps the focus.
    ByItself,
}

/// A drawer.
#[component]
pub fn Drawer(
    /// How it stands.
    state: RwSignal<DrawerState>,
    /// Its name and heading.
    title: &'static str,
    /// The id of the button that opens it, which gets the focus back.
    opener: &'static str,
    /// What it holds; created each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let is_open = Memo::new(move |_| state.get() != DrawerState::Closed);
    let children = StoredValue::new(children);
    move || {
        is_open.get().then(|| {
            view! {
                <Portal>
                    <Panel state=state title=title opener=opener>
                        {children.with_value(|children| children())}
                    </Panel>
                </Portal>
            }
        })
    }
}

#[component]
fn Panel(
    state: RwSignal<DrawerState>,
    title: &'static str,
    opener: &'static str,
    children: Children,
) -> impl IntoView {
    let heading = NodeRef::<html::H2>::new();
    let id = unique_id("drawer");
    let labelled_by = id.clone();
    Effect::new(move |_| {
        let Some(heading) = heading.get() else { return };
        if state.get() == DrawerState::Asked {
            // Focusing an element that is shown cannot fail.
            let _ = heading.focus();
        }
    });
    let close = move || {
        state.set(DrawerState::Closed);
        let opener = document().get_element_by_id(opener);
        if let Some(Ok(opener)) = opener.map(JsCast::dyn_into::<HtmlElement>) {
            // Focusing an element that is shown cannot fail.
            let _ = opener.focus();
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            close();
        }
    };
    view! {
        <aside class=style::drawer aria-labelledby=labelled_by on:keydown=on_key>
            <header class=style::header>
                <h2 node_ref=heading id=id tabindex="-1">
                    {title}
                </h2>
                <Button kind=ButtonKind::Quiet label="Close" on_press=move |()| close()>
                    {Icon::Close.view()}
                </Button>
            </header>
            <div class=style::content>{children()}</div>
        </aside>
    }
}

/// The button that opens and closes a drawer.
#[component]
pub fn DrawerButton(
    /// How the drawer stands.
    state: RwSignal<DrawerState>,
    /// The button's name.
    label: &'static str,
    /// Its id.
    id: &'static str,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let is_open = move || state.get() != DrawerState::Closed;
    let toggle = move |_| {
        state.update(|state| {
            *state = match state {
                DrawerState::Closed => DrawerState::Asked,
                DrawerState::Asked | DrawerState::ByItself => DrawerState::Closed,
            }
        });
    };
    view! {
        <button
            type="button"
            id=id
            class=ButtonKind::Plain.class()
            aria-label=label
            aria-expanded=move || is_open().to_string()
            title=label
            on:click=toggle
        >
            {children()}
        </button>
    }
}
