//! What an install would do to each package, by the kind of change.

use flowdeck_contract::packages::{PlanChange, PlanKind};
use leptos::prelude::*;

use super::words;

stylance::import_crate_style!(style, "src/pages/flow/dialogs/plan/changes.module.css");

#[component]
pub(super) fn Changes(changes: Vec<PlanChange>) -> impl IntoView {
    words::KINDS
        .into_iter()
        .map(|kind| of_kind(kind, &changes))
        .collect_view()
}

fn of_kind(kind: PlanKind, changes: &[PlanChange]) -> Option<impl IntoView + use<>> {
    let of_kind = changes.iter().filter(|change| change.kind == kind);
    let rows: Vec<_> = of_kind.map(row).collect();
    (!rows.is_empty()).then(|| {
        let heading = words::heading(kind);
        view! {
            <section class=style::kind>
                <h3>{heading}</h3>
                <ul aria-label=heading>{rows}</ul>
            </section>
        }
    })
}

fn row(change: &PlanChange) -> impl IntoView + use<> {
    view! {
        <li class=style::row>
            <code>{change.name.clone()}</code>
            <code>{words::versions(change)}</code>
            <span class=style::notes>{words::notes(change)}</span>
        </li>
    }
}
