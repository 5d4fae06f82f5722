//! A notice, at the place that it is about.

use leptos::prelude::*;

use super::{Button, Icon, NextStep};

stylance::import_crate_style!(style, "src/ui/notice.module.css");

/// How urgent a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good to know.
    Info,
    /// Will be a problem.
    Warning,
    /// Is a problem.
    Error,
}

/// A notice with a heading; what can be done about it comes in its children.
#[component]
pub fn Notice(
    /// How urgent it is.
    kind: NoticeKind,
    /// What it says, in a line.
    #[prop(into)]
    title: String,
    /// The rest.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (class, icon) = match kind {
        NoticeKind::Info => (style::info, Icon::Circle),
        NoticeKind::Warning => (style::warning, Icon::Warning),
        NoticeKind::Error => (style::error, Icon::Cross),
    };
    view! {
        <div class=stylance::classes!(style::notice, class)>
            <span class=style::icon>{icon.view()}</span>
            <div class=style::content>
                <p class=style::title>{title}</p>
                {children.map(|children| children())}
            </div>
        </div>
    }
}

/// What can be done next, as buttons in a row; nothing where there is nothing.
#[component]
pub fn NextSteps(
    /// The steps, the likeliest first.
    steps: Vec<NextStep>,
) -> impl IntoView {
    let buttons = steps
        .into_iter()
        .map(|step| view! { <StepButton step=step /> });
    let buttons: Vec<_> = buttons.collect();
    (!buttons.is_empty()).then(|| view! { <div class=style::steps>{buttons}</div> })
}

/// What can be done next, as a button.
#[component]
pub fn StepButton(
    /// The step.
    step: NextStep,
) -> impl IntoView {
    let label = step.label.clone();
    view! { <Button on_press=move |()| step.take()>{label}</Button> }
}
