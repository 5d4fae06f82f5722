//! When a session ends for lack of use, moving on.

use leptos::prelude::*;

use super::facts::Idle;
use crate::ui::{Clock, local_time, time};

/// When a session ends, or why it does not.
#[component]
pub(super) fn IdleText(idle: Memo<Option<Idle>>) -> impl IntoView {
    let clock = Clock::from_context();
    let words = Memo::new(move |_| match idle.get()? {
        Idle::Unknown => None,
        Idle::Never => Some("No idle shutdown".to_owned()),
        Idle::Busy(reason) => Some(reason),
        Idle::Ends { at, idle_since } => {
            let left = time::rough(clock.until(at));
            let parts = [
                format!("Idle since {} ·", local_time(idle_since)),
                format!("stops in {left}"),
            ];
            // A line ends between the two, and in neither.
            Some(parts.map(|part| part.replace(' ', "\u{a0}")).join(" "))
        }
    });
    let exact = move || match idle.get()? {
        Idle::Ends { at, .. } => Some(format!(
            "Stops at {} unless you run, install or edit",
            local_time(at)
        )),
        Idle::Unknown | Idle::Never | Idle::Busy(_) => None,
    };
    view! { <span title=exact>{move || words.get().unwrap_or_else(|| "—".to_owned())}</span> }
}
