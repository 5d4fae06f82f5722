//! The page of one compute session: what it is, its log as it grows, stopping it, and its history, also after its
//! end.

use flowdeck_contract::{ids::SessionId, paths, sessions::SessionSummary};
use leptos::prelude::*;

use super::{
    ended::Ended,
    ending::{EndButton, EndDialog, Ending},
    facts::{compute, identity, idle, name},
    failure,
    idle::IdleText,
    moved::MovedFact,
    past::{Past, Timeline},
    style,
    watched::{Sessions, Watched},
};
use crate::{
    api::{Api, Load},
    live::{LogBuffer, SessionLive},
    nav::Link,
    pages::parts::{Download, PageHeading, StateWord, capacity},
    routes::Route,
    ui::{Ago, LogView, Skeleton, breakable},
};

/// The page of one compute session.
#[component]
pub(super) fn PageOf(
    /// Which.
    session: SessionId,
) -> impl IntoView {
    let watched = Watched::follow();
    Ending::provide(watched);
    let one = watched.one(session.clone());
    let past = Past::of(session.clone());
    let of_title = session.clone();
    let title = Memo::new(move |_| {
        let name = one.with(|one| one.as_ref().map(name));
        let name = name.or_else(|| Some(past.flow()?.to_string()));
        format!(
            "Compute session of {}",
            name.unwrap_or_else(|| of_title.to_string())
        )
    });
    let of_shape = session.clone();
    let shape = Memo::new(move |_| watched.list.with(|list| Shape::of(list, &of_shape)));
    Effect::new(move |before: Option<Shape>| {
        let shape = shape.get();
        if (before, shape) == (Some(Shape::Here), Shape::Gone) {
            past.end();
        }
        shape
    });
    let content = move || {
        match shape.get() {
        Shape::Loading => {
            view! { <div class=style::panel><Skeleton lines=8 label="Loading the compute session" /></div> }
                .into_any()
        }
        Shape::Failed => failure(watched).into_any(),
        Shape::Gone => view! { <Ended session=session.clone() past=past /> }.into_any(),
        Shape::Here => view! {
            <Facts session=session.clone() one=one />
            <Log session=session.clone() live=past.live />
            <Timeline past=past />
        }
        .into_any(),
    }
    };
    view! {
        <div class=style::page>
            <header>
                <p>
                    <Link to=Route::Sessions>"All compute sessions"</Link>
                </p>
                <PageHeading title=title />
            </header>
            {content}
            <EndDialog />
        </div>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Loading,
    Failed,
    Gone,
    Here,
}

impl Shape {
    fn of(list: &Sessions, session: &SessionId) -> Self {
        match list {
            Load::Loading => Shape::Loading,
            Load::Failed(_) => Shape::Failed,
            Load::Ready(all) if all.iter().any(|one| one.session == *session) => Shape::Here,
            Load::Ready(_) => Shape::Gone,
        }
    }
}

#[component]
fn Facts(session: SessionId, one: Memo<Option<SessionSummary>>) -> impl IntoView {
    let text = move |read: fn(&SessionSummary) -> String| {
        Memo::new(move |_| one.with(|one| one.as_ref().map(read)))
    };
    let flow = Memo::new(move |_| one.get().and_then(|one| one.flow));
    let state = Memo::new(move |_| one.with(|one| one.as_ref().map(|one| one.state)));
    let failure = Memo::new(move |_| one.get().and_then(|one| one.failure));
    let started = Memo::new(move |_| one.get().and_then(|one| one.started));
    let idle = Memo::new(move |_| one.with(|one| one.as_ref().map(idle)));
    let size = text(|one| match &one.size {
        Some(size) => format!("{}: {}", size.name, capacity(size)),
        None => "Unbounded".to_owned(),
    });
    view! {
        <section class=style::panel aria-label="About the compute session">
            <dl class=style::facts>
                <dt>"State"</dt>
                <dd>
                    {move || state.get().map(|state| view! { <StateWord state=state /> })}
                    {move || failure.get().map(|text| view! { <p class=style::failure>{text}</p> })}
                </dd>
                <dt>"Flow"</dt>
                <dd>
                    {move || match flow.get() {
                        Some(flow) => {
                            let name = flow.to_string();
                            view! { <Link to=Route::flow(flow)>{name}</Link> }.into_any()
                        }
                        None => "No flow (created through the API)".into_any(),
                    }}
                </dd>
                <dt>"Session"</dt>
                <dd>
                    <code>{session.to_string()}</code>
                </dd>
                <dt>"Compute"</dt>
                <dd>{text(compute)}</dd>
                <dt>"Size"</dt>
                <dd>{move || size.with(|size| breakable(size.as_deref().unwrap_or_default()))}</dd>
                <MovedFact one=one />
                <dt>"Identity"</dt>
                <dd>{text(identity)}</dd>
                <dt>"Started"</dt>
                <dd>{move || started.get().map(|at| view! { <Ago at=at.0 /> })}</dd>
                <dt>"Idle"</dt>
                <dd>
                    <IdleText idle=idle />
                </dd>
            </dl>
            <div>
                <EndButton session=session one=one />
            </div>
        </section>
    }
}

/// The log, followed as long as the session is there.
#[component]
fn Log(session: SessionId, live: SessionLive) -> impl IntoView {
    let api = Api::from_context();
    live.begin(&session);
    let log = live.lines;
    let whole = paths::session_by_id_log(&api.project(), &session);
    let of = move |log: &Option<LogBuffer>| log.as_ref().map(LogBuffer::lines).unwrap_or_default();
    let lines = Signal::derive(move || log.with(of));
    let left_out = Memo::new(move |_| log.with(|log| log.as_ref().map_or(0, LogBuffer::left_out)));
    let is_known = Memo::new(move |_| log.with(Option::is_some));
    view! {
        <section class=style::log aria-labelledby="session-log">
            <h2 id="session-log">"Log"</h2>
            {move || {
                let whole = whole.clone();
                if !is_known.get() {
                    return view! { <Skeleton lines=6 label="Loading the log" /> }.into_any();
                }
                view! {
                    <LogView label="Session log" lines=lines left_out=left_out>
                        <Download path=whole name="session.log" label="Download log" />
                    </LogView>
                }
                    .into_any()
            }}
        </section>
    }
}
