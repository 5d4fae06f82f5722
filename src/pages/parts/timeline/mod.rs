//! The history of compute sessions, also of those that have ended: each from its start to its end, and diagnostics to
//! take away.

mod asked;
mod bars;
mod life;

use flowdeck_contract::timeline::{SessionHistory, Timeline};
use leptos::prelude::*;

use self::life::HistoryItem;
use super::{Download, Failure};
use crate::{
    api::{Load, Remote},
    ui::{Each, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/parts/timeline/timeline.module.css");

/// The lives of sessions, the newest first.
#[component]
pub fn Lives(
    /// Those that the server keeps.
    kept: Remote<Timeline>,
    /// The newest one as live events give it; `None` before the first event.
    #[prop(into)]
    told: Signal<Option<SessionHistory>>,
    /// The path of the diagnostics.
    diagnostics: String,
) -> impl IntoView {
    // Another life than the last known: there may be more between them.
    let newest = Memo::new(move |_| told.with(|life| life.as_ref().map(|life| life.id)));
    Effect::new(move |before: Option<Option<u64>>| {
        let newest = newest.get();
        // The first one that events tell of is among those that are kept, or comes after them.
        if before.flatten().is_some() && before.flatten() != newest {
            kept.refresh();
        }
        newest
    });
    let lives = Memo::new(move |_| kept.get().map(|kept| with_newest(kept, told.get())));
    let failure = Memo::new(move |_| {
        kept.state().with(|state| match state {
            Load::Failed(error) => Some(error.clone()),
            _ => None,
        })
    });
    let shape = Memo::new(move |_| lives.with(|lives| lives.as_ref().map(Vec::is_empty)));
    let content = move || match (failure.get(), shape.get()) {
        (Some(error), _) => view! {
            <Failure
                title="Couldn’t load the timeline"
                error=error
                on_retry=move |()| kept.retry()
            />
        }
        .into_any(),
        (None, None) => view! { <Skeleton lines=3 label="Loading the timeline" /> }.into_any(),
        (None, Some(true)) => {
            view! { <p class=style::muted>"No compute session has started yet."</p> }.into_any()
        }
        (None, Some(false)) => view! {
            <ol class=style::lives aria-label="Timeline">
                <Each
                    each=move || numbered(lives.get().unwrap_or_default())
                    key=|(_, life)| life.id.to_string()
                    let(item)
                >
                    <HistoryItem is_last=item.0 life=item.1 />
                </Each>
            </ol>
        }
        .into_any(),
    };
    view! {
        <div class=style::content>
            <p class=style::download>
                <Download
                    path=diagnostics
                    name="flowdeck-diagnostics.tar.gz"
                    label="Download diagnostics"
                />
                <span class=style::muted>
                    "Versions, configuration, timeline, logs, packages, flow.dag.yaml and requirements. Secrets are removed."
                </span>
            </p>
            {content}
        </div>
    }
}

/// The lives that are kept, the newest one as live events give it.
fn with_newest(kept: Timeline, told: Option<SessionHistory>) -> Vec<SessionHistory> {
    let mut lives = kept.lives;
    if let Some(told) = told {
        match lives.iter_mut().find(|life| life.id == told.id) {
            Some(known) => *known = told,
            None => lives.insert(0, told),
        }
    }
    lives
}

/// Each with whether it is the newest one.
fn numbered(lives: Vec<SessionHistory>) -> Vec<(bool, SessionHistory)> {
    let flags = std::iter::once(true).chain(std::iter::repeat(false));
    flags.zip(lives).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(id: u64, state: &str) -> SessionHistory {
        serde_json::from_value(serde_json::json!({
            "id": id, "session": "s", "state": state, "started": 0, "phases": [], "asked": [],
            "settings": flowdeck_contract::settings::SessionSettings::default(),
        }))
        .unwrap()
    }

    #[test]
    fn the_newest_life_is_as_it_was_told_live() {
        let kept = || Timeline {
            lives: vec![life(2, "starting"), life(1, "notExist")],
        };
        let ids = |lives: &[SessionHistory]| lives.iter().map(|life| life.id).collect::<Vec<_>>();
        let same = with_newest(kept(), Some(life(2, "available")));
        assert_eq!(ids(&same), [2, 1]);
        assert_eq!(same[0], life(2, "available"));
        assert_eq!(
            ids(&with_newest(kept(), Some(life(3, "starting")))),
            [3, 2, 1]
        );
        assert_eq!(ids(&with_newest(kept(), None)), [2, 1]);
    }
}
