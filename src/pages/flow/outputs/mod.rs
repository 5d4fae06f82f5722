//! What the selected run gave: its state, outputs, inputs and log.

mod first_steps;
mod head;
pub(crate) mod image;
mod tabs;

use leptos::prelude::*;

use self::first_steps::FirstSteps;
use self::image::ImageOfRun;
pub(crate) use self::{head::RunHead, tabs::SelectedRun};
use super::{FlowContext, section::Section, selection::Selection};
use crate::{
    lazy::{Lazy, RUN_HEAD, RUN_TABS},
    pages::parts::Failure,
    ui::Skeleton,
};

/// The outputs of the selected run.
#[component]
pub fn Outputs() -> impl IntoView {
    let context = FlowContext::from_context();
    let selection = Selection::from_context();
    let has_run = Memo::new(move |_| selection.run.with(Option::is_some));
    let none = Memo::new(move |_| {
        selection.id.with(Option::is_none) && context.live.runs.with(Option::is_some)
    });
    let content = move || {
        if let Some(error) = selection.failure.get() {
            return view! {
                <Failure
                    title="Couldn’t load the run"
                    error=error
                    on_retry=move |()| selection.retry.notify()
                />
            }
            .into_any();
        }
        if has_run.get() {
            view! { <Lazy part=RUN_HEAD /> }.into_any()
        } else if none.get() {
            view! { <FirstSteps /> }.into_any()
        } else {
            view! { <Skeleton lines=4 label="Loading the run" /> }.into_any()
        }
    };
    let is_shown = Memo::new(move |_| {
        selection.failure.with(Option::is_none) && selection.run.with(Option::is_some)
    });
    view! {
        <Section title="Outputs">
            {content}
            // Outside of what a run's every change rebuilds.
            <Show when=move || is_shown.get()>
                <Lazy part=RUN_TABS />
            </Show>
            <ImageOfRun />
        </Section>
    }
}
