//! What the page of a session says when there is none: that it has ended, or never was.

use flowdeck_contract::ids::SessionId;
use leptos::prelude::*;

use super::{
    past::{Past, Timeline},
    style,
};
use crate::{
    api::Load,
    nav::Link,
    pages::parts::Failure,
    routes::Route,
    ui::{Notice, NoticeKind, Skeleton, local_time},
};

#[component]
pub(super) fn Ended(session: SessionId, past: Past) -> impl IntoView {
    let kept = past.kept;
    let shape = Memo::new(move |_| {
        kept.state().with(|state| match state {
            Load::Loading => Load::Loading,
            Load::Failed(error) => Load::Failed(error.clone()),
            Load::Ready(_) => Load::Ready(()),
        })
    });
    move || {
        match shape.get() {
        Load::Loading => {
            view! { <div class=style::panel><Skeleton lines=8 label="Loading the compute session" /></div> }
                .into_any()
        }
        Load::Failed(error) if error.is_not_found() => view! {
            <Notice kind=NoticeKind::Info title=format!("Compute session {session} not found")>
                <p>"Check the address. The history of sessions that ended long ago isn’t kept."</p>
            </Notice>
        }
        .into_any(),
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t load the compute session’s history"
                error=error
                on_retry=move |()| kept.retry()
            />
        }
        .into_any(),
        Load::Ready(()) => view! {
            <Notice kind=NoticeKind::Info title=format!("Compute session {session} ended")>
                <Why past=past />
                <Whose past=past />
            </Notice>
            <Timeline past=past />
        }
        .into_any(),
    }
    }
}

/// Why it ended, and when.
#[component]
fn Why(past: Past) -> impl IntoView {
    let why = Memo::new(move |_| {
        let life = past.kept.get()?.lives.into_iter().next()?;
        let (by, ended) = (life.ended_by()?, life.ended?);
        Some(format!(
            "It stopped at {} {}.",
            local_time(ended.0),
            by.ending()
        ))
    });
    move || why.get().map(|why| view! { <p>{why}</p> })
}

#[component]
fn Whose(past: Past) -> impl IntoView {
    let flow = Memo::new(move |_| past.flow());
    move || match flow.get() {
        Some(flow) => {
            let name = flow.to_string();
            view! {
                <p>"Flow: " <Link to=Route::flow(flow)>{name}</Link></p>
            }
            .into_any()
        }
        None => view! { <p>"It had no flow. It was created through the API."</p> }.into_any(),
    }
}
