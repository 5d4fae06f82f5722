//! What the selected run gave: its state, outputs, inputs and log.

mod head;
pub(crate) mod image;
mod tabs;

use leptos::prelude::*;

pub(crate) use self::tabs::SelectedRun;
use self::{head::RunHead, image::ImageOfRun};
use super::{FlowContext, section::Section, selection::Selection};
use crate::{
    lazy::{Lazy, RUN_TABS},
    pages::parts::Failure,
    ui::Skeleton,
};

stylance::import_crate_style!(style, "src/pages/flow/outputs/outputs.module.css");

/// The outputs of the selected run.
#[component]
pub fn Outputs() -> impl IntoView {
    let context = FlowContext::from_context();
    let selection = Selection::from_context();
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
        match selection.run.get() {
            Some(run) => view! { <RunHead run=run /> }.into_any(),
            None if selection.id.get().is_none() && context.live.runs.with(Option::is_some) => {
                view! { <p class=style::none>"This flow hasn’t run yet."</p> }.into_any()
            }
            None => view! { <Skeleton lines=4 label="Loading the run" /> }.into_any(),
        }
    };
    let is_shown = Memo::new(move |_| {
        selection.failure.with(Option::is_none) && selection.run.with(Option::is_some)
    });
    view! {
        <Section title="Outputs">
            {content}
            // Outside of what a run's every change makes anew.
            <Show when=move || is_shown.get()>
                <Lazy part=RUN_TABS />
            </Show>
            <ImageOfRun />
        </Section>
    }
}
