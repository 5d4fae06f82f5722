//! Raw file mode on the page.

use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
};

use super::{
    dock::Dock, doorway::Doorway, panel::Panel, save_button::SaveButton, status_bar::StatusBar,
    tab_bar::TabBar, workbench::Workbench,
};
use crate::{pages::flow::context::FlowContext, ui::unique_id};

stylance::import_crate_style!(style, "src/pages/flow/raw/mode.module.css");

/// The open files in tabs, the editor, the dock below it, and where the file stands.
#[component]
pub fn RawMode() -> impl IntoView {
    let workbench = Doorway::workbench();
    let prefix = unique_id("file-tab");
    FlowContext::from_context().set_save_slot(|| view! { <SaveButton /> });
    save_by_keyboard(workbench);
    view! {
        <section class=style::mode aria-label="Raw file mode">
            <TabBar prefix=prefix.clone() />
            <Panel prefix=prefix />
            <Dock />
            <StatusBar />
        </section>
    }
}

/// Ctrl+S (Cmd+S) saves wherever the focus is; the editor gets the key first.
fn save_by_keyboard(workbench: Workbench) {
    let listener = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        let chord =
            (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key();
        if chord && event.key() == "s" && !event.default_prevented() {
            event.prevent_default();
            workbench.save_shown();
        }
    });
    on_cleanup(move || listener.remove());
}
