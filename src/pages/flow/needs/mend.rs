//! The form that adds or changes a connection which the flow lacks.

use flowdeck_contract::connections::{ConnectionName, ConnectionType};
use leptos::prelude::*;

use crate::{
    api::{Api, Load, Remote},
    pages::parts::{
        Failure,
        connection::{Choice, ConnectionForm, Saved, Start},
    },
    ui::{Skeleton, Status, Tone},
};

/// A connection that is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pages::flow) enum Mend {
    /// Adding it; one of these types fits, or any when it's empty.
    Add(ConnectionName, Vec<ConnectionType>),
    /// Changing it.
    Change(ConnectionName),
}

/// What is mended; its dialog is open meanwhile. Cheap to copy.
#[derive(Clone, Copy)]
pub(in crate::pages::flow) struct Mending(pub(in crate::pages::flow) RwSignal<Option<Mend>>);

impl Mending {
    fn end(self) {
        self.0.set(None);
    }
}

/// The form, filled in.
#[component]
pub(crate) fn MendForm() -> impl IntoView {
    match expect_context::<Mending>().0.get_untracked() {
        Some(Mend::Add(name, accepts)) => {
            view! { <AddForm name=name accepts=accepts /> }.into_any()
        }
        Some(Mend::Change(name)) => view! { <ChangeForm name=name /> }.into_any(),
        None => ().into_any(),
    }
}

#[component]
fn AddForm(name: ConnectionName, accepts: Vec<ConnectionType>) -> impl IntoView {
    let mending = expect_context::<Mending>();
    let kind = first_choice(&accepts);
    let start = Start::New {
        name: name.to_string(),
        choice: Choice::Kind(kind),
        accepts,
        is_named: true,
    };
    view! {
        <ConnectionForm
            start=start
            on_saved=close_unless_failed(mending)
            on_cancel=move |()| mending.end()
        />
    }
}

/// What a connection is at first: OpenAI where that fits, which every reader of a tutorial has.
fn first_choice(accepts: &[ConnectionType]) -> ConnectionType {
    match accepts.contains(&ConnectionType::OpenAI) {
        true => ConnectionType::OpenAI,
        false => accepts.first().copied().unwrap_or(ConnectionType::OpenAI),
    }
}

#[component]
fn ChangeForm(name: ConnectionName) -> impl IntoView {
    let mending = expect_context::<Mending>();
    let api = Api::from_context();
    let known = Remote::new(move || {
        let name = name.clone();
        async move { api.connection(&name).await }
    });
    move || match known.state().get() {
        Load::Loading => view! { <Skeleton lines=8 label="Loading the connection" /> }.into_any(),
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t load the connection"
                error=error
                on_retry=move |()| known.retry()
            />
        }
        .into_any(),
        Load::Ready(view) => view! {
            <ConnectionForm
                start=Start::Known(Box::new(view))
                on_saved=close_unless_failed(mending)
                on_cancel=move |()| mending.end()
            />
        }
        .into_any(),
    }
}

/// A test that failed stays in view, with the form.
fn close_unless_failed(mending: Mending) -> Callback<Saved> {
    let status = Status::from_context();
    Callback::new(move |saved: Saved| {
        let detail = match saved.passed {
            Some(false) => return,
            Some(true) => Some("The test passed.".to_owned()),
            None => None,
        };
        status.tell(
            Tone::Good,
            format!("Connection {} saved", saved.name),
            detail,
        );
        mending.end();
    })
}
