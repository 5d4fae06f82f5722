//! When a session ends for lack of use, moving on.

use leptos::prelude::*;

use super::{facts::Idle, style};
use crate::ui::{Clock, local_time, time};

/// When a session ends, or why it does not.
#[component]
pub(super) fn IdleText(idle: Memo<Option<Idle>>) -> impl IntoView {
    let clock = Clock::from_context();
    let words = Memo::new(move |_| match idle.get()? {
        Idle::Unknown => None,
        Idle::Never => Some(("No idle shutdown".to_owned(), None)),
        Idle::Busy(reason) => Some((reason, None)),
        Idle::Ends { at, idle_since } => Some((
            format!("Idle since {} ·", local_time(idle_since)),
            Some(format!("stops in {}", time::rough(clock.until(at)))),
        )),
    });
    let exact = move || match idle.get()? {
        Idle::Ends { at, .. } => Some(format!(
            "Stops at {} unless you run, install or edit",
            local_time(at)
        )),
        Idle::Unknown | Idle::Never | Idle::Busy(_) => None,
    };
    // A line ends between the phrases, and in neither.
    let words = move || match words.get() {
        None => "—".into_any(),
        Some((text, None)) => text.into_any(),
        Some((since, Some(end))) => view! {
            <span class=style::phrase>{since}</span>
            " "
            <span class=style::phrase>{end}</span>
        }
        .into_any(),
    };
    view! { <span title=exact>{words}</span> }
}
