//! The flow page: session, inputs, outputs, nodes, runs and files of one flow.

mod actions;
pub mod context;
mod definition;
mod error_view;
mod findings;
pub mod inputs;
mod nodes;
mod outputs;
mod runs;
mod section;
mod selection;
mod session;
mod toolbar;

use std::sync::Arc;

use flowdeck_contract::ids::FlowId;
use leptos::prelude::*;

pub use self::context::FlowContext;
use self::{
    actions::{Actions, announce_session},
    definition::{Definition, use_definition},
    findings::Findings,
    inputs::{InputForm, Inputs},
    nodes::Nodes,
    outputs::Outputs,
    runs::Runs,
    selection::{Selection, announce_runs},
    session::SessionPanel,
    toolbar::Toolbar,
};
use super::parts::{Failure, PageHeading};
use crate::api::{ApiError, Load};

stylance::import_crate_style!(style, "src/pages/flow/flow.module.css");

/// The page of a flow.
#[component]
pub fn FlowPage(
    /// The flow.
    flow: FlowId,
) -> impl IntoView {
    let folder = flow.to_string();
    let context = FlowContext::provide(flow);
    let definition = use_definition(context);
    let form = InputForm::provide(context, definition);
    Actions::provide(context, form);
    Selection::provide(context);
    announce_session(context);
    announce_runs(context);

    let title = Signal::derive(move || {
        context
            .detail
            .get()
            .map_or_else(|| folder.clone(), |detail| detail.summary.name)
    });
    let failure = Memo::new(move |_| context.detail.state().with(failure_of));
    let content = move || match failure.get() {
        Some(error) => view! {
            <Failure
                title="The flow could not be loaded"
                error=error
                on_retry=move |()| context.detail.retry()
            />
        }
        .into_any(),
        None => view! {
            <Toolbar />
            <Findings definition=definition />
            <Body definition=definition />
        }
        .into_any(),
    };
    view! {
        <div class=style::page>
            <header class=style::header>
                <PageHeading title=title />
                <Facts />
            </header>
            {content}
        </div>
    }
}

fn failure_of(state: &Load<flowdeck_contract::flows::FlowDetail>) -> Option<ApiError> {
    match state {
        Load::Failed(error) => Some(error.clone()),
        Load::Loading | Load::Ready(_) => None,
    }
}

/// The flow's type and folder, beside its name.
#[component]
fn Facts() -> impl IntoView {
    let detail = FlowContext::from_context().detail;
    let facts = move || {
        let detail = detail.get()?;
        let kind = detail.summary.flow_type.map(|kind| format!("{kind:?}"));
        Some(view! {
            <span>{kind}</span>
            <code class=style::folder title=detail.folder.clone()>{detail.folder.clone()}</code>
        })
    };
    view! { <p class=style::facts>{facts}</p> }
}

#[component]
fn Body(definition: Memo<Option<Arc<Definition>>>) -> impl IntoView {
    view! {
        <div class=style::body>
            <div class=style::session>
                <SessionPanel />
            </div>
            <div class=style::column>
                <Inputs />
                <Outputs />
            </div>
            <div class=style::column>
                <Nodes definition=definition />
            </div>
            <div class=style::column>
                <Runs />
            </div>
        </div>
    }
}
