//! The session's base image: how far its pull is, or was when it failed, and which one it is. Nothing on an engine
//! without images.

mod line;
mod pull;
mod update;

use flowdeck_contract::session::SessionState;
use leptos::prelude::*;

pub(crate) use self::line::{ImageLine, short};
use self::{pull::PullProgress, update::UpdateNotice};
use crate::{
    lazy::{Lazy, SESSION_IMAGE},
    pages::flow::FlowContext,
};

stylance::import_crate_style!(style, "src/pages/flow/session/image/image.module.css");

/// The base image, once something is known of it.
#[component]
pub(super) fn BaseImage() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let is_known = Memo::new(move |_| {
        session.with(|session| {
            session
                .as_ref()
                .is_some_and(|session| session.image.is_some() || session.pull.is_some())
        })
    });
    view! {
        <Show when=move || is_known.get()>
            <Lazy part=SESSION_IMAGE />
        </Show>
    }
}

/// What is known of it.
#[component]
pub(crate) fn SessionImage() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let pull = Memo::new(move |_| session.with(|session| session.as_ref()?.pull.as_ref()?.read()));
    let pulls = Memo::new(move |_| pull.with(Option::is_some));
    let failed = Memo::new(move |_| {
        session.with(|session| session.as_ref().map(|session| session.state))
            == Some(SessionState::Failed)
    });
    let image = Memo::new(move |_| session.with(|session| session.as_ref()?.image.clone()));
    view! {
        <div class=style::part>
            <Show when=move || pulls.get()>
                <PullProgress pull=pull failed=failed />
            </Show>
            <UpdateNotice />
            {move || image.get().map(|image| view! { <ImageLine image=image /> })}
        </div>
    }
}
