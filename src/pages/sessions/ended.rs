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
    ui::{Notice, NoticeKind, Skeleton},
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
            <Notice kind=NoticeKind::Info title=format!("There is no compute session {session}")>
                <p>"Its address is mistyped, or it ended so long ago that nothing of it is kept."</p>
            </Notice>
        }
        .into_any(),
        Load::Failed(error) => view! {
            <Failure
                title="What became of the compute session could not be loaded"
                error=error
                on_retry=move |()| kept.retry()
            />
        }
        .into_any(),
        Load::Ready(()) => view! {
            <Notice kind=NoticeKind::Info title=format!("The compute session {session} has ended")>
                <Whose past=past />
            </Notice>
            <Timeline past=past />
        }
        .into_any(),
    }
    }
}

#[component]
fn Whose(past: Past) -> impl IntoView {
    let flow = Memo::new(move |_| past.flow());
    move || match flow.get() {
        Some(flow) => {
            let name = flow.to_string();
            view! {
                <p>"It was the compute session of the flow " <Link to=Route::flow(flow)>{name}</Link> "."</p>
            }
            .into_any()
        }
        None => view! { <p>"It belonged to no flow: it was made through the API."</p> }.into_any(),
    }
}
