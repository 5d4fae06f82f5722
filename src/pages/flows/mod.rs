//! The flows page: every flow of the project, searched and live.

mod empty;
mod filters;
mod heading;
mod listed;
mod managing;
mod row;
#[cfg(test)]
mod samples;
mod search;
mod searched;
mod steps;
mod table;

use flowdeck_contract::flows::{FlowList, Searched};
use leptos::{ev::DragEvent, prelude::*};

pub(crate) use self::managing::FlowDialogs;
use self::{
    empty::FirstRun,
    managing::{Actions, Dialogs, Managing},
    search::SearchBox,
    searched::SearchedNote,
    table::FlowTable,
};
use super::parts::{Failure, ListShape, PageHeading};
use crate::{
    api::{Api, Load, Remote},
    live::ProjectLive,
    ui::Skeleton,
};

stylance::import_crate_style!(style, "src/pages/flows/flows.module.css");

/// The flows page.
#[component]
pub fn FlowsPage() -> impl IntoView {
    let api = Api::from_context();
    let live = ProjectLive::follow();
    let untold = move || live.flows.with(Option::is_none) && live.connection.get().is_broken();
    let asked = Remote::when(untold, move || async move { api.flows().await });
    // What the stream tells is newer than the answer to the question.
    let list = Memo::new(move |_| {
        live.flows
            .get()
            .map_or_else(|| asked.state().get(), Load::Ready)
    });
    let shape =
        Memo::new(move |_| list.with(|list| ListShape::of(list, |list| list.flows.is_empty())));
    let flows = Memo::new(move |_| match list.get() {
        Load::Ready(list) => list.flows,
        Load::Loading | Load::Failed(_) => Vec::new(),
    });
    let searched = Memo::new(move |_| match list.get() {
        Load::Ready(list) => list.searched,
        Load::Loading | Load::Failed(_) => Searched::default(),
    });
    let fixed = Memo::new(move |_| match list.get() {
        Load::Ready(list) => list.fixed,
        Load::Loading | Load::Failed(_) => None,
    });
    let managing = Managing::provide(flows, fixed);
    let content = move || match shape.get() {
        ListShape::Loading => {
            view! { <div class=style::loading><Skeleton lines=12 label="Loading flows" /></div> }
                .into_any()
        }
        ListShape::Failed => failure(asked).into_any(),
        ListShape::Empty => view! { <FirstRun searched=searched /> }.into_any(),
        ListShape::Full => view! { <FlowTable flows=flows /> }.into_any(),
    };
    view! {
        <div
            class=style::page
            on:dragover=move |event: DragEvent| event.prevent_default()
            on:drop=move |event: DragEvent| managing.take(&event)
        >
            <header class=style::header>
                <PageHeading title="Prompt flow" />
                <Show when=move || shape.get() != ListShape::Empty>
                    <SearchBox />
                </Show>
                <div class=style::answers>
                    <Actions />
                </div>
            </header>
            {content}
            <SearchedNote searched=searched />
            <Dialogs />
        </div>
    }
}

fn failure(asked: Remote<FlowList>) -> impl IntoView {
    asked.state().with_untracked(Load::error).map(|error| {
        view! { <Failure title="Couldn’t load the flows" error=error on_retry=move |()| asked.retry() /> }
    })
}
