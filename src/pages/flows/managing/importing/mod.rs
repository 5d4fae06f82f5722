//! Brings flows along: a zip or a folder is looked into first; then the chosen flows are taken, one after the other.
//!
//! What goes on belongs to the dialog: closing it cancels it.

mod found;
mod row;
mod source;
mod tar;

use flowdeck_contract::importing::FoundFlows;
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use web_sys::Blob;

use self::{found::FoundForm, source::Source};
use super::Managing;
use crate::{
    api::ApiError,
    pages::{flows::style, parts::Failure},
    ui::Skeleton,
};

/// Where an import stands.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// A zip or a folder is to be chosen.
    Choosing,
    /// It's sent and looked into.
    Looking,
    /// What it holds.
    Found(FoundFlows),
}

/// An import. Cheap to copy.
#[derive(Clone, Copy)]
struct Importing {
    stage: RwSignal<Stage>,
    failure: RwSignal<Option<ApiError>>,
    managing: Managing,
    /// The dialog's.
    owner: StoredValue<Owner>,
}

impl Importing {
    /// Sends an archive and looks into it.
    fn look(self, name: String, archive: Blob) {
        self.failure.set(None);
        self.stage.set(Stage::Looking);
        self.spawn(async move {
            match self.managing.api.look_into_archive(&name, archive).await {
                Ok(found) => {
                    self.managing.status.announce(match found.flows.len() {
                        1 => "1 flow found.".to_owned(),
                        count => format!("{count} flows found."),
                    });
                    self.stage.set(Stage::Found(found));
                }
                Err(error) => {
                    self.stage.set(Stage::Choosing);
                    self.failure.set(Some(error));
                }
            }
        });
    }

    fn refuse(self, code: &str, text: &str) {
        self.failure
            .set(Some(ApiError::local(code, text.to_owned())));
    }

    fn spawn(self, future: impl Future<Output = ()> + 'static) {
        self.owner
            .get_value()
            .with(|| spawn_local_scoped_with_cancellation(future));
    }
}

/// What the dialog of an import shows.
#[component]
pub(super) fn ImportFlows() -> impl IntoView {
    let managing = expect_context::<Managing>();
    let importing = Importing {
        stage: RwSignal::new(Stage::Choosing),
        failure: RwSignal::new(None),
        managing,
        owner: StoredValue::new(Owner::current().unwrap_or_default()),
    };
    provide_context(importing);
    Effect::new(move |_| {
        if let Some(dropped) = managing.dropped.get() {
            managing.dropped.set(None);
            importing.look(dropped.name(), dropped.into());
        }
    });
    let content = move || match importing.stage.get() {
        Stage::Choosing => view! { <Source /> }.into_any(),
        Stage::Looking => {
            view! { <Skeleton lines=4 label="Sending the files and looking into them" /> }
                .into_any()
        }
        Stage::Found(found) => view! { <FoundForm found=found /> }.into_any(),
    };
    view! {
        <div class=style::page>
            {move || {
                importing
                    .failure
                    .get()
                    .map(|error| view! { <Failure title="Couldn’t import" error=error /> })
            }}
            {content}
        </div>
    }
}
