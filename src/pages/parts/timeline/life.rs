//! One session from its start to its end.

use flowdeck_contract::timeline::{SessionHistory, is_slow};
use leptos::prelude::*;

use super::{asked::AskedList, bars::Bars};
use crate::{
    pages::parts::{SessionFailureBody, StateWord},
    ui::{Disclosure, Notice, NoticeKind, local_time, time},
};

stylance::import_crate_style!(style, "src/pages/parts/timeline/life.module.css");

/// One life. The last one is unfolded.
#[component]
pub(super) fn HistoryItem(is_last: bool, life: SessionHistory) -> impl IntoView {
    let title = format!("Session of {}", local_time(life.started.0));
    let state = life.state;
    let ended = life.ended.is_some() && life.failure.is_none();
    let word = if ended {
        view! { <span class=style::muted>"Ended"</span> }.into_any()
    } else {
        view! { <StateWord state=state /> }.into_any()
    };
    let facts = facts(&life);
    let head = view! {
        <div class=style::head>
            <h3>{title}</h3>
            {word}
            {facts.into_iter().map(|fact| view! { <span class=style::muted>{fact}</span> }).collect_view()}
        </div>
    };
    let slow = slow(&life).map(|words| view! { <p class=style::slow>{words}</p> });
    let body = move || {
        view! { <HistoryBody life=life.clone() /> }
    };
    view! {
        <li class=style::life>
            {head} {slow}
            {if is_last {
                body().into_any()
            } else {
                view! { <Disclosure summary=|| "Startup steps and actions">{body()}</Disclosure> }.into_any()
            }}
        </li>
    }
}

#[component]
fn HistoryBody(life: SessionHistory) -> impl IntoView {
    let failure = life.failure.map(|failure| {
        view! {
            <Notice kind=NoticeKind::Error title=failure.message.clone()>
                <SessionFailureBody failure=failure />
            </Notice>
        }
    });
    view! {
        <div class=style::body>
            {failure}
            <Bars phases=life.phases />
            <AskedList asked=life.asked />
        </div>
    }
}

fn facts(life: &SessionHistory) -> Vec<String> {
    let ready = life
        .available
        .map(|at| format!("Started in {}", time::duration(at.since(life.started))));
    let usual = life
        .usual_ms
        .map(|usual| format!("usually {}", time::duration(usual)));
    let ready = match (ready, usual) {
        (Some(ready), Some(usual)) => Some(format!("{ready}, {usual}")),
        (ready, usual) => ready.or(usual.map(|usual| format!("Start: {usual}"))),
    };
    let up = life.available.zip(life.ended);
    let up = up.map(|(from, until)| format!("Ran for {}", time::duration(until.since(from))));
    let size = life.size.as_ref().map(|size| size.name.clone());
    [ready, up, size].into_iter().flatten().collect()
}

/// What to say of a start that took three times its usual time. For one in progress the line above says it.
fn slow(life: &SessionHistory) -> Option<String> {
    let (available, usual) = life.available.zip(life.usual_ms)?;
    let took = available.since(life.started);
    is_slow(took, usual).then(|| {
        format!(
            "This start took {}, at least three times longer than usual ({}).",
            time::duration(took),
            time::duration(usual)
        )
    })
}
