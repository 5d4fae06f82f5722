//! What the selected run gave: its state, outputs, inputs and log.

mod head;
pub(crate) mod image;
mod tabs;

use flowdeck_contract::{paths, runs::RunDetail};
use leptos::prelude::*;

pub(crate) use self::tabs::SelectedRun;
use self::{head::RunHead, image::ImageOfRun};
use super::{FlowContext, error_view::RunErrorView, section::Section, selection::Selection};
use crate::{
    lazy::{Lazy, RUN_TABS},
    pages::parts::{Download, Failure},
    ui::Skeleton,
};

stylance::import_crate_style!(style, "src/pages/flow/outputs/outputs.module.css");

/// A link to the whole result, when parts of it are too large to be shown.
fn whole(context: FlowContext, run: &RunDetail) -> Option<impl IntoView + use<>> {
    let bytes = run.whole?;
    let (project, flow) = (context.project(), context.flow());
    let path = paths::run_result(&project, &flow, &run.summary.id);
    let size = bytes.div_ceil(1024);
    Some(view! {
        <p class=style::none>
            "Parts of the result are too large to show. "
            <Download
                path=path
                name="result.json"
                label=format!("Download the whole result ({size} KB)")
            />
        </p>
    })
}

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
            Some(run) => {
                let error = run.error.clone();
                view! {
                    <div class=style::run>
                        <RunHead run=run.clone() />
                        {error.map(|error| view! { <RunErrorView error=error /> })}
                        {whole(context, &run)}
                    </div>
                }
                .into_any()
            }
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
