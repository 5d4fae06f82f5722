//! The page of all compute sessions, also of those that were made through the API without a flow, and the page of one.
//!
//! `facts` is pure and says what the page shows of a session; `ending` stops one after asking; `past` knows the history
//! of one; the rest are views.

mod empty;
mod ended;
mod ending;
mod facts;
mod history;
mod idle;
mod moved;
mod names;
mod past;
mod row;
mod runtimes;
mod session;
mod table;
mod watched;

use leptos::prelude::*;

use self::{
    empty::NoSessions,
    ending::{EndDialog, Ending},
    history::History,
    names::FlowNames,
    runtimes::Runtimes,
    session::PageOf,
    table::SessionTable,
    watched::Watched,
};
use super::parts::{Failure, ListShape, PageHeading};
use crate::{nav::use_nav, routes::Page, ui::Skeleton};

stylance::import_crate_style!(style, "src/pages/sessions/sessions.module.css");

/// The page of the compute session that the address names.
#[component]
pub fn SessionPage() -> impl IntoView {
    match use_nav().page.get_untracked() {
        Page::Session(session) => view! { <PageOf session=session /> }.into_any(),
        _ => ().into_any(),
    }
}

/// The page of all compute sessions.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let watched = Watched::follow();
    FlowNames::provide();
    Ending::provide(watched);
    let shape = Memo::new(move |_| watched.list.with(|list| ListShape::of(list, Vec::is_empty)));
    let content = move || {
        match shape.get() {
        ListShape::Loading => {
            view! { <div class=style::panel><Skeleton lines=6 label="Loading compute sessions" /></div> }
                .into_any()
        }
        ListShape::Failed => failure(watched).into_any(),
        ListShape::Empty => view! { <NoSessions /> }.into_any(),
        ListShape::Full => view! { <SessionTable watched=watched /> }.into_any(),
    }
    };
    view! {
        <div class=style::page>
            <PageHeading title="Compute sessions" />
            {content}
            <History watched=watched />
            <Runtimes watched=watched />
            <EndDialog />
        </div>
    }
}

fn failure(watched: Watched) -> impl IntoView {
    watched.error().map(|error| {
        view! {
            <Failure
                title="Couldn’t load the compute sessions"
                error=error
                on_retry=move |()| watched.retry()
            />
        }
    })
}
