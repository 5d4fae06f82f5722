//! The history that goes with the next question, as JSON.

use flowdeck_contract::{Exact, help::HelpTopic};
use leptos::prelude::*;

use super::{style, talk::Talk};
use crate::{
    api::{Load, Remote},
    pages::parts::Failure,
    ui::{Dialog, DialogKind, JsonText, Skeleton},
};

/// Showing the history. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct History {
    is_open: RwSignal<bool>,
    talk: Talk,
}

impl History {
    /// Makes it available below.
    pub(super) fn provide(talk: Talk) {
        provide_context(Self {
            is_open: RwSignal::new(false),
            talk,
        });
    }

    /// The one in the context.
    pub(super) fn from_context() -> Self {
        expect_context()
    }

    /// Shows it.
    pub(super) fn show(self) {
        self.is_open.set(true);
    }
}

/// Shows the history. Belongs into the chat once.
#[component]
pub(super) fn HistoryDialog() -> impl IntoView {
    let History { is_open, .. } = History::from_context();
    view! {
        <Dialog open=is_open title="History that goes with the next question" kind=DialogKind::Form help=HelpTopic::Chat.address()>
            <Sent />
        </Dialog>
    }
}

#[component]
fn Sent() -> impl IntoView {
    let History { talk, .. } = History::from_context();
    let history = Remote::new(move || {
        let (context, id) = (talk.context, talk.id.get_untracked());
        async move {
            match id {
                Some(id) => context.api.chat_history(&context.flow(), &id).await,
                None => Ok(Exact::from(serde_json::json!([]))),
            }
        }
    });
    move || match history.state().get() {
        Load::Loading => view! { <Skeleton lines=4 label="Loading the history" /> }.into_any(),
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t make the history"
                error=error
                on_retry=move |()| history.retry()
            />
        }
        .into_any(),
        Load::Ready(value) => view! {
            <p class=style::muted>"Only questions with a complete answer are part of it."</p>
            <JsonText value=value what="history" />
        }
        .into_any(),
    }
}
