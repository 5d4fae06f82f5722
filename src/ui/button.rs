//! A button that says why when it cannot be pressed.

use leptos::{html, prelude::*};

use super::{Icon, unique_id};

stylance::import_crate_style!(style, "src/ui/button.module.css");

/// How much weight a button has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing to do next.
    Primary,
    /// One of several.
    #[default]
    Plain,
    /// Beside something that matters more.
    Quiet,
    /// Loses something.
    Danger,
}

impl ButtonKind {
    pub(super) fn class(self) -> String {
        let kind = match self {
            ButtonKind::Primary => style::primary,
            ButtonKind::Plain => style::plain,
            ButtonKind::Quiet => style::quiet,
            ButtonKind::Danger => style::danger,
        };
        stylance::classes!(style::button, kind)
    }
}

/// Whether a button can be pressed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ButtonState {
    /// It can.
    #[default]
    Ready,
    /// Its action is in progress.
    Busy,
    /// It cannot; the sentence says why. It keeps its place in the tab order, so that the reason can be found.
    Refused(String),
}

impl ButtonState {
    /// Refused with the reason, when there is one.
    #[must_use]
    pub fn unless(reason: Option<impl Into<String>>) -> Self {
        reason.map_or(ButtonState::Ready, |reason| {
            ButtonState::Refused(reason.into())
        })
    }

    /// Busy while its action is in progress, otherwise ready.
    #[must_use]
    pub fn busy_while(is_busy: bool) -> Self {
        match is_busy {
            true => ButtonState::Busy,
            false => ButtonState::Ready,
        }
    }

    pub(super) fn reason(&self) -> Option<String> {
        match self {
            ButtonState::Refused(reason) => Some(reason.clone()),
            ButtonState::Ready | ButtonState::Busy => None,
        }
    }
}

/// A button.
#[component]
pub fn Button(
    /// How much weight it has.
    #[prop(optional, into)]
    kind: Signal<ButtonKind>,
    /// Whether it can be pressed.
    #[prop(optional, into)]
    state: Signal<ButtonState>,
    /// What pressing it does.
    #[prop(into)]
    on_press: Callback<()>,
    /// What pressing it does while it is refused.
    #[prop(optional, into)]
    on_refused: Option<Callback<()>>,
    /// Its name, where what it shows is not enough.
    #[prop(optional, into)]
    label: MaybeProp<String>,
    /// Takes the first focus of the dialog it stands in.
    #[prop(optional)]
    first_focus: bool,
    /// The element.
    #[prop(optional)]
    node_ref: NodeRef<html::Button>,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let reason_id = unique_id("reason");
    let described_by = reason_id.clone();
    let reason = Memo::new(move |_| state.with(ButtonState::reason));
    let press = move |_| match state.get_untracked() {
        ButtonState::Ready => on_press.run(()),
        ButtonState::Refused(_) => {
            if let Some(on_refused) = on_refused {
                on_refused.run(());
            }
        }
        ButtonState::Busy => {}
    };
    view! {
        <button
            node_ref=node_ref
            type="button"
            class=move || kind.get().class()
            autofocus=first_focus
            aria-label=move || label.get()
            aria-disabled=move || (state.get() != ButtonState::Ready).then_some("true")
            aria-busy=move || (state.get() == ButtonState::Busy).then_some("true")
            aria-describedby=move || reason.get().map(|_| described_by.clone())
            title=move || reason.get()
            on:click=press
        >
            {move || (state.get() == ButtonState::Busy).then(|| Icon::Spinner.view())}
            {children()}
        </button>
        <span id=reason_id hidden>
            {move || reason.get()}
        </span>
    }
}
