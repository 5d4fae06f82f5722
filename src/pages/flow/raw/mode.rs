//! Raw file mode on the page.

use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
};

use super::{
    doorway::Doorway, panel::Panel, problems::Problems, save_button::SaveButton, tab_bar::TabBar,
    workbench::Workbench,
};
use crate::{pages::flow::context::FlowContext, ui::unique_id};

stylance::import_crate_style!(style, "src/pages/flow/raw/mode.module.css");

/// The open files in tabs, the editor, and what is wrong with the flow's definition.
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
            <Problems />
        </section>
    }
}

/// Ctrl+S (Cmd+S) saves wherever the focus is; the editor hears it first.
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
