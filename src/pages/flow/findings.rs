//! What is wrong with the flow's definition, with a way to the line.

use std::sync::Arc;

use flowdeck_contract::runs::SourcePlace;
use flowdeck_flow::Finding;
use leptos::prelude::*;

use super::{
    FlowContext,
    definition::{Definition, use_definition},
    error_view::PlaceLink,
};
use crate::{
    lazy::{FINDINGS, Lazy},
    ui::{Notice, NoticeKind},
};

stylance::import_crate_style!(style, "src/pages/flow/findings.module.css");

/// More than these are in raw file mode.
const SHOWN: usize = 5;

/// The errors for which promptflow refuses the flow, once there are some.
#[component]
pub fn Findings(
    /// The flow's definition.
    definition: Memo<Option<Arc<Definition>>>,
) -> impl IntoView {
    let is_any = Memo::new(move |_| {
        definition.with(|definition| {
            let report = definition.as_ref().map(|definition| &definition.report);
            report.is_some_and(|report| {
                report
                    .as_ref()
                    .is_none_or(|report| report.errors().next().is_some())
            })
        })
    });
    view! {
        <Show when=move || is_any.get()>
            <Lazy part=FINDINGS />
        </Show>
    }
}

/// The errors, each with a way to its line.
#[component]
pub(crate) fn FindingList() -> impl IntoView {
    let definition = use_definition(FlowContext::from_context());
    move || {
        let definition = definition.get()?;
        match &definition.report {
            None => Some(unreadable(&definition).into_any()),
            Some(report) => {
                let errors: Vec<Finding> = report.errors().cloned().collect();
                (!errors.is_empty()).then(|| list(&definition, errors).into_any())
            }
        }
    }
}

fn unreadable(definition: &Definition) -> impl IntoView + use<> {
    let file = definition
        .path
        .as_ref()
        .map_or("the flow’s definition", |path| path.as_str());
    view! { <Notice kind=NoticeKind::Error title=format!("Can’t read {file}. It’s missing, or isn’t text.") /> }
}

fn list(definition: &Definition, errors: Vec<Finding>) -> impl IntoView + use<> {
    let more = errors.len().saturating_sub(SHOWN);
    let title = match errors.len() {
        1 => "1 error. Fix it to run this flow.".to_owned(),
        count => format!("{count} errors. Fix them to run this flow."),
    };
    let path = definition.path.clone();
    let items = errors.into_iter().take(SHOWN).map(move |finding| {
        let place = path.clone().map(|path| SourcePlace {
            path,
            line: finding.line,
        });
        view! {
            <li>
                {place.map(|place| view! { <PlaceLink place=place /> })}
                " "
                {finding.message}
            </li>
        }
    });
    view! {
        <Notice kind=NoticeKind::Error title=title>
            <ul class=style::list>{items.collect_view()}</ul>
            {(more > 0).then(|| view! { <p>{format!("{more} more. See all in raw file mode.")}</p> })}
        </Notice>
    }
}
