//! Where the text of an import comes from.

use leptos::{ev::DragEvent, html, prelude::*};

use super::{Importing, Stage};
use crate::pages::{connections::style, parts::form_style};

/// Where the text comes from: typed, pasted, dropped or from a file.
#[component]
pub(super) fn Source() -> impl IntoView {
    let importing = expect_context::<Importing>();
    let Importing { text, replaces, .. } = importing;
    let file = NodeRef::<html::Input>::new();
    let choose = move |_| {
        let chosen = file.get_untracked().and_then(|file| file.files()?.get(0));
        if let Some(chosen) = chosen {
            importing.read(chosen);
        }
    };
    let drop = move |event: DragEvent| {
        let dropped = event.data_transfer().and_then(|data| data.files()?.get(0));
        // A text that is dropped goes into the field by itself.
        if let Some(dropped) = dropped {
            event.prevent_default();
            importing.read(dropped);
        }
    };
    view! {
        <div class=form_style::field on:dragover=move |event: DragEvent| event.prevent_default() on:drop=drop>
            <label for="import-text" class=form_style::label>
                "Connection YAML, .env or JSON"
            </label>
            <textarea
                id="import-text"
                class=style::text
                rows="8"
                autofocus=true
                spellcheck="false"
                autocomplete="off"
                aria-describedby="import-help"
                prop:value=text
                on:input=move |event| importing.enter(event_target_value(&event))
            ></textarea>
            <p id="import-help" class=form_style::help>
                "Paste it, drop a file here, or choose one: promptflow’s YAML, a .env file, or the JSON of Azure’s workspace connections. The file ~/.promptflow/pf.sqlite gives names and plain fields; its secrets are encrypted, so you enter them here."
            </p>
        </div>
        <div class=form_style::field>
            <label for="import-file" class=form_style::label>"File"</label>
            <input
                node_ref=file
                id="import-file"
                type="file"
                accept=".yaml,.yml,.env,.json,.txt,.sqlite"
                on:change=choose
            />
        </div>
        <div class=form_style::radio>
            <input
                id="import-replace"
                type="checkbox"
                prop:checked=replaces
                on:change=move |event| {
                    replaces.set(event_target_checked(&event));
                    importing.stage.set(Stage::Entering);
                }
            />
            <label for="import-replace">"Replace connections that have the same name"</label>
        </div>
    }
}
