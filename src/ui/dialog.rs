//! A modal dialog on the browser's own: it makes the rest inert, closes by Escape and gives the focus back.

use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{Button, ButtonKind, HelpLink, Icon, Status, unique_id};

stylance::import_crate_style!(style, "src/ui/dialog.module.css");

/// What a dialog is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DialogKind {
    /// Shows something; a click beside it closes it.
    #[default]
    Show,
    /// Asks before something is lost; it wants an answer.
    Confirm,
    /// Takes entries, which a click beside it does not lose. Wider.
    Form,
}

/// A modal dialog. Its content exists only while it is open; an element in it with `autofocus` takes the focus.
#[component]
pub fn Dialog(
    /// Whether it is open; set to `false` when the person closes it.
    open: RwSignal<bool>,
    /// Its name and heading.
    #[prop(into)]
    title: Signal<String>,
    /// What it is for.
    #[prop(optional)]
    kind: DialogKind,
    /// Asked when the person would close it by Escape or Close: whether it may.
    #[prop(optional, into)]
    may_close: Option<Callback<(), bool>>,
    /// The address of what the guides say about it.
    help: &'static str,
    /// What it holds.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let (title_id, body_id) = (unique_id("dialog-title"), unique_id("dialog-body"));
    let (labelled_by, described_by) = (title_id.clone(), body_id.clone());
    let children = StoredValue::new(children);
    let status = Status::from_context();

    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() {
            // By the next frame its content is in the document and can take the focus.
            request_animation_frame(move || {
                if !dialog.open() && open.try_get_untracked() == Some(true) {
                    // It fails only for a dialog that is open or not in the document.
                    let _ = dialog.show_modal();
                    status.keep_in_reach(None);
                }
            });
        } else if dialog.open() {
            dialog.close();
        }
    });
    on_cleanup(move || {
        if let Some(Some(dialog)) = dialog.try_get_untracked() {
            status.keep_in_reach(Some(&dialog));
        }
    });
    let on_click = move |event: MouseEvent| {
        let beside = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|target| {
                dialog
                    .get_untracked()
                    .is_some_and(|dialog| target.is_same_node(Some(dialog.as_ref())))
            });
        if beside && kind == DialogKind::Show {
            open.set(false);
        }
    };

    let close = move || {
        if may_close.is_none_or(|may_close| may_close.run(())) {
            open.set(false);
        }
    };
    // The browser asks only once whether Escape may close a dialog, unless it never gets the key.
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            close();
        }
    };
    let on_cancel = move |event: web_sys::Event| {
        event.prevent_default();
        close();
    };

    let on_close = move |_| {
        open.set(false);
        status.keep_in_reach(None);
    };

    view! {
        <dialog
            node_ref=dialog
            class=style::dialog
            class=(style::form, kind == DialogKind::Form)
            role=(kind == DialogKind::Confirm).then_some("alertdialog")
            aria-labelledby=labelled_by
            aria-describedby=(kind == DialogKind::Confirm).then_some(described_by)
            on:close=on_close
            on:cancel=on_cancel
            on:keydown=on_key
            on:click=on_click
        >
            <Show when=move || open.get()>
                <div class=style::content>
                    <header class=style::header>
                        <h2 id=title_id.clone()>{title}</h2>
                        <Show when=move || kind != DialogKind::Confirm>
                            <Button kind=ButtonKind::Quiet label="Close" on_press=move |()| close()>
                                {Icon::Close.view()}
                            </Button>
                        </Show>
                        // Last, so that it isn't what takes the focus of a dialog that opens.
                        <HelpLink address=help />
                    </header>
                    <div id=body_id.clone() class=style::body>
                        {children.with_value(|children| children())}
                    </div>
                </div>
            </Show>
        </dialog>
    }
}
