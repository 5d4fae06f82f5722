//! The sessions that have ended, folded away; asked for from the server when unfolded.

use flowdeck_contract::{
    ids::SessionId,
    sessions::{EndedSession, EndedSessions},
};
use leptos::prelude::*;

use super::{names::FlowNames, watched::Watched};
use crate::{
    api::{Api, Load, Remote},
    nav::Link,
    pages::parts::Failure,
    routes::Route,
    ui::{Ago, Each, Fold, Skeleton, time},
};

stylance::import_crate_style!(style, "src/pages/sessions/history.module.css");

#[component]
pub(super) fn History(watched: Watched) -> impl IntoView {
    view! {
        <Fold summary="Ended compute sessions">
            <Unfolded watched=watched />
        </Fold>
    }
}

#[component]
fn Unfolded(watched: Watched) -> impl IntoView {
    let api = Api::from_context();
    let asked = Remote::new(move || async move { api.ended_sessions().await });
    let ids = watched.ids();
    // Read, not only tracked: a memo that nobody reads does not notice that it has changed.
    Effect::new(move |known: Option<Vec<SessionId>>| {
        let ids = ids.get();
        if known.is_some_and(|known| known != ids) {
            asked.refresh();
        }
        ids
    });
    let shape = Memo::new(move |_| {
        asked.state().with(|state| match state {
            Load::Loading => Load::Loading,
            Load::Failed(error) => Load::Failed(error.clone()),
            Load::Ready(ended) => Load::Ready(ended.sessions.is_empty()),
        })
    });
    move || match shape.get() {
        Load::Loading => {
            view! { <Skeleton lines=3 label="Loading ended compute sessions" /> }.into_any()
        }
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t load the ended compute sessions"
                error=error
                on_retry=move |()| asked.retry()
            />
        }
        .into_any(),
        Load::Ready(true) => {
            view! { <p class=style::muted>"No ended compute sessions yet."</p> }.into_any()
        }
        Load::Ready(false) => view! { <List asked=asked /> }.into_any(),
    }
}

#[component]
fn List(asked: Remote<EndedSessions>) -> impl IntoView {
    let ended = move || asked.get().unwrap_or_default().sessions;
    view! {
        <ul class=style::list aria-label="Ended compute sessions">
            <Each each=ended key=|session| session.session.to_string() let(session)>
                <Row session=session />
            </Each>
        </ul>
    }
}

#[component]
fn Row(session: EndedSession) -> impl IntoView {
    let EndedSession {
        session,
        flow,
        started,
        ended,
        ended_by,
        failure,
    } = session;
    let names = FlowNames::from_context();
    let id = session.to_string();
    let whose = match flow {
        Some(flow) => {
            let name = names.of(&flow);
            view! { <Link to=Route::flow(flow)>{name}</Link> }.into_any()
        }
        None => "No flow (created through the API)".into_any(),
    };
    let lived = time::rough(ended.since(started));
    let reason = ended_by.filter(|_| failure.is_none());
    let reason = reason.map(|by| format!("Stopped {}", by.ending()));
    view! {
        <li class=style::row>
            <div>{whose} <code class=style::id>{id.clone()}</code></div>
            <div>
                <span class=style::muted>"Ended " <Ago at=ended.0 /> " after " {lived}</span>
                {reason.map(|text| view! { <p>{text}</p> })}
                {failure.map(|text| view! { <p class=style::failure>{text}</p> })}
            </div>
            <Link to=Route::Session(session)>
                "Timeline" <span class="visually-hidden">" of " {id}</span>
            </Link>
        </li>
    }
}
