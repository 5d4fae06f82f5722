//! What a link lacks, or holds that can't be used, when somebody wrote it by hand.

use leptos::prelude::*;

use super::model::Wizard;
use crate::{
    routes::LinkNote,
    ui::{Notice, NoticeKind},
};

/// Says what of the link that opened the wizard was not used; nothing for a link that is in order.
#[component]
pub(super) fn LinkNotes() -> impl IntoView {
    let notes = Wizard::from_context().notes.get_value();
    (!notes.is_empty()).then(|| {
        let rows = notes.iter().map(|note| view! { <li>{sentence(note)}</li> });
        let rows = rows.collect_view();
        view! {
            <Notice kind=NoticeKind::Warning title="Parts of the link weren’t used">
                <ul>{rows}</ul>
            </Notice>
        }
    })
}

fn sentence(note: &LinkNote) -> String {
    match note {
        LinkNote::UnknownStep(step) => {
            format!("The wizard has no step ‘{step}’. Steps are compute, image and review.")
        }
        LinkNote::NoIdleTime => {
            "The link has no idle shutdown time. The default is used.".to_owned()
        }
        LinkNote::IdleTime(text) => format!(
            "‘{text}’ isn’t an idle shutdown time. Use a number of seconds, never or default. The default is used."
        ),
        LinkNote::Empty(name) => format!("‘{name}’ has no value. The default is used."),
        LinkNote::NotOnInstance(name) => format!(
            "‘{name}’ can’t be set on a compute instance. Its VM size and identity are fixed."
        ),
        LinkNote::UnknownPart(name) => format!("The wizard has no setting ‘{name}’."),
    }
}
