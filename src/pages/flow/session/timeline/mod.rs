//! What became of the flow's sessions, also of those that have ended, and diagnostics to take away. Folded away until asked
//! for; asked for from the server only then.

mod asked;
mod bars;
mod life;

use flowdeck_contract::{
    paths,
    timeline::{Life, Timeline},
};
use leptos::prelude::*;

use self::life::LifeItem;
use crate::{
    api::{Load, Remote},
    lazy::{Lazy, TIMELINE},
    pages::{flow::FlowContext, parts::Failure},
    ui::{Each, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flow/session/timeline/timeline.module.css");

/// The timeline, folded away.
#[component]
pub(super) fn TimelineFold() -> impl IntoView {
    let open = RwSignal::new(false);
    let toggle = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        open.update(|open| *open = !*open);
    };
    view! {
        <details class=style::details prop:open=open>
            <summary class=style::fold on:click=toggle>
                "Timeline"
            </summary>
            <Show when=move || open.get()>
                <Lazy part=TIMELINE />
            </Show>
        </details>
    }
}

/// The lives of the flow's sessions.
#[component]
pub fn Lives() -> impl IntoView {
    let context = FlowContext::from_context();
    let last = context.live.life;
    let kept = Remote::new(move || {
        let flow = context.flow();
        async move { context.api.timeline(&flow).await }
    });
    // Another life than the last known: there may be more between them.
    let newest = Memo::new(move |_| last.with(|life| life.as_ref().map(|life| life.id)));
    Effect::new(move |before: Option<Option<u64>>| {
        let newest = newest.get();
        if before.is_some_and(|before| before != newest) {
            kept.refresh();
        }
        newest
    });
    let lives = Memo::new(move |_| kept.get().map(|kept| with_last(kept, last.get())));
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
                title="The timeline could not be loaded"
                error=error
                on_retry=move |()| kept.retry()
            />
        }
        .into_any(),
        (None, None) => view! { <Skeleton lines=3 label="Loading the timeline" /> }.into_any(),
        (None, Some(true)) => {
            view! { <p class=style::muted>"No compute session was started yet."</p> }.into_any()
        }
        (None, Some(false)) => view! {
            <ol class=style::lives aria-label="Timeline">
                <Each
                    each=move || numbered(lives.get().unwrap_or_default())
                    key=|(first, life)| format!("{first} {life:?}")
                    let(item)
                >
                    <LifeItem is_last=item.0 life=item.1 />
                </Each>
            </ol>
        }
        .into_any(),
    };
    view! {
        <div class=style::content>
            <Download />
            {content}
        </div>
    }
}

/// The lives that are kept, the last one as it was told live.
fn with_last(kept: Timeline, last: Option<Life>) -> Vec<Life> {
    let mut lives = kept.lives;
    if let Some(last) = last {
        match lives.iter_mut().find(|life| life.id == last.id) {
            Some(known) => *known = last,
            None => lives.insert(0, last),
        }
    }
    lives
}

/// Each with whether it is the last one.
fn numbered(lives: Vec<Life>) -> Vec<(bool, Life)> {
    let flags = std::iter::once(true).chain(std::iter::repeat(false));
    flags.zip(lives).collect()
}

#[component]
fn Download() -> impl IntoView {
    let context = FlowContext::from_context();
    let url = context.api.url(&paths::session_diagnostics(
        &context.project(),
        &context.flow(),
    ));
    view! {
        <p class=style::download>
            <a href=url download="flowdeck-diagnostics.tar.gz" rel="external">
                "Download diagnostics"
            </a>
            <span class=style::muted>
                "Versions, configuration, timeline, logs, packages, flow.dag.yaml and requirements. Secrets are removed."
            </span>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(id: u64, state: &str) -> Life {
        serde_json::from_value(serde_json::json!({
            "id": id, "session": "s", "state": state, "started": 0, "phases": [], "asked": [],
            "settings": flowdeck_contract::settings::SessionSettings::default(),
        }))
        .unwrap()
    }

    #[test]
    fn the_last_life_is_as_it_was_told_live() {
        let kept = || Timeline {
            lives: vec![life(2, "starting"), life(1, "notExist")],
        };
        let ids = |lives: &[Life]| lives.iter().map(|life| life.id).collect::<Vec<_>>();
        let same = with_last(kept(), Some(life(2, "available")));
        assert_eq!(ids(&same), [2, 1]);
        assert_eq!(same[0], life(2, "available"));
        assert_eq!(
            ids(&with_last(kept(), Some(life(3, "starting")))),
            [3, 2, 1]
        );
        assert_eq!(ids(&with_last(kept(), None)), [2, 1]);
    }
}
