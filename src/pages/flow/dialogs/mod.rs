//! The dialogs that several parts of the flow page open: packages, an install's plan, ending the session.

mod ending;
mod packages;
mod plan;
mod reset;

use leptos::prelude::*;

use self::{ending::StopDialog, packages::PackagesDialog, plan::PlanDialog, reset::ResetDialog};
pub(crate) use self::{ending::StopQuestion, packages::Packages, plan::Plan, reset::ResetQuestion};

/// Which dialogs are open. Cheap to copy; setting one to `true` opens it.
#[derive(Clone, Copy)]
pub struct Dialogs {
    /// What is installed.
    pub packages: RwSignal<bool>,
    /// What an install would change, and beginning it.
    pub plan: RwSignal<bool>,
    /// Whether to reset the session.
    pub reset: RwSignal<bool>,
    /// Whether that takes the image that the session's tag stands for now; chosen in the dialog, and forgotten with it.
    pub takes_image: RwSignal<bool>,
    /// Whether to stop the session.
    pub stop: RwSignal<bool>,
}

impl Dialogs {
    /// Makes them available below, closed.
    pub(super) fn provide() {
        provide_context(Self {
            packages: RwSignal::new(false),
            plan: RwSignal::new(false),
            reset: RwSignal::new(false),
            takes_image: RwSignal::new(false),
            stop: RwSignal::new(false),
        });
    }

    /// Those in the context.
    #[must_use]
    pub fn from_context() -> Self {
        expect_context::<Dialogs>()
    }
}

/// The dialogs themselves. Belong into the page once.
#[component]
pub(super) fn PageDialogs() -> impl IntoView {
    let Dialogs {
        packages,
        plan,
        reset,
        stop,
        ..
    } = Dialogs::from_context();
    view! {
        <PackagesDialog open=packages />
        <PlanDialog open=plan />
        <ResetDialog open=reset />
        <StopDialog open=stop />
    }
}
