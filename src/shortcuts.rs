//! The list of keyboard shortcuts, as a dialog that `?` opens.

use flowdeck_contract::help::HelpTopic;
use leptos::{ev, prelude::*};

use crate::{
    lazy::{Lazy, SHORTCUTS},
    ui::{Dialog, DialogKind, is_dialog_open, is_typing},
};

stylance::import_crate_style!(style, "src/shortcuts.module.css");

/// The dialog; `?` opens it unless one is typing. Belongs into the app once.
#[component]
pub(crate) fn Shortcuts() -> impl IntoView {
    let open = RwSignal::new(false);
    let listener = window_event_listener(ev::keydown, move |event| {
        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        let asked = event.key() == "?" && plain && !event.default_prevented();
        if asked && !is_typing() && !is_dialog_open() {
            event.prevent_default();
            open.set(true);
        }
    });
    on_cleanup(move || listener.remove());
    view! {
        <Dialog open=open title="Keyboard shortcuts" kind=DialogKind::Show help=HelpTopic::Shortcuts.address()>
            <Lazy part=SHORTCUTS />
        </Dialog>
    }
}

/// Where shortcuts work, and each with its keys and what it does.
const GROUPS: [(&str, &[(&str, &str)]); 3] = [
    (
        "Everywhere",
        &[
            ("?", "Show this list"),
            ("/", "Search flows"),
            ("Esc", "Close a dialog or menu"),
        ],
    ),
    (
        "On a flow’s page",
        &[
            ("Ctrl+Enter", "Run the flow"),
            ("↑ ↓ → ←", "Move in Files, menus and tabs"),
            ("Enter", "Open the selected file"),
            (
                "Delete",
                "Delete the selected file, or close the selected tab",
            ),
        ],
    ),
    (
        "In the editor",
        &[
            ("Ctrl+S", "Save"),
            ("Ctrl+F", "Find and replace"),
            ("Ctrl+G", "Find the next match"),
            ("Ctrl+Alt+G", "Go to a line"),
            ("F8", "Go to the next problem"),
            ("Ctrl+.", "Fix the line’s problem"),
            ("Ctrl+Space", "Offer what you can write"),
            ("Ctrl+K, then Ctrl+I", "Say what’s at the cursor"),
            ("F12", "Go to the definition"),
            ("Shift+F12", "List where a name is used"),
            ("F2", "Rename a node, an input or a variable"),
            ("Shift+Alt+F", "Format the definition"),
            ("Ctrl+/", "Comment or uncomment lines"),
            ("Ctrl+D", "Select the next occurrence"),
            ("Alt+↑ ↓", "Move lines"),
            ("Ctrl+Z", "Undo"),
            ("Esc, then Tab", "Leave the editor"),
        ],
    ),
];

/// The list.
#[component]
pub(crate) fn ShortcutList() -> impl IntoView {
    let group = |(title, keys): (&'static str, &'static [(&'static str, &'static str)])| {
        let rows = keys.iter().map(|(key, what)| {
            view! {
                <dt>
                    <kbd class=style::key>{*key}</kbd>
                </dt>
                <dd>{*what}</dd>
            }
        });
        view! {
            <section>
                <h3 class=style::title>{title}</h3>
                <dl class=style::keys>{rows.collect_view()}</dl>
            </section>
        }
    };
    view! {
        {GROUPS.map(group).into_iter().collect_view()}
        <p class=style::note>"On a Mac, use Cmd instead of Ctrl."</p>
    }
}
