//! What can be done about a check that isn't in order.

use flowdeck_contract::{
    packages::RuntimeVersions,
    settings::{CheckOutcome, CheckSubject, PreflightCheck},
};
use leptos::prelude::*;

use super::super::{entries::Field, model::Wizard};
use crate::{
    pages::flow::{asked_by::open_line, fault::fault_steps, next_steps::open_sessions},
    ui::NextStep,
};

/// The next steps of a check, the likeliest first; none for one that is in order.
pub(super) fn check_steps(check: &PreflightCheck) -> Vec<NextStep> {
    let wizard = Wizard::from_context();
    if let Some(fault) = &check.fault {
        let keep =
            move |()| wizard.edit(|entries| entries.runtime_versions = RuntimeVersions::KeepBase);
        return fault_steps(fault, Some(Callback::new(keep)));
    }
    if let Some(open) = check.place.as_ref().and_then(open_line) {
        return vec![open];
    }
    if check.outcome != CheckOutcome::Failure {
        return Vec::new();
    }
    let change = |label: &'static str, field: Field| {
        NextStep::new(label, move || {
            wizard.tried.set(true);
            wizard.go(field.step());
        })
    };
    match check.subject {
        CheckSubject::Quota => vec![
            change("Choose a smaller size", Field::VmSize),
            open_sessions(wizard.flow),
        ],
        CheckSubject::Identity => vec![change("Choose another identity", Field::Identity)],
        CheckSubject::BaseImage | CheckSubject::DefaultImage | CheckSubject::Registry => {
            vec![change("Choose another image", Field::ImageUrl)]
        }
        CheckSubject::Requirements | CheckSubject::Definition | CheckSubject::Disk => Vec::new(),
    }
}
