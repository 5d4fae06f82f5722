//! The connections of a project: all of them, one of them, and adding one.
//!
//! `facts` is pure and says what the table shows of a connection; `removing` and `renaming` ask first; `importing` reads
//! them from text; the rest are views.

mod deleted;
mod empty;
mod facts;
mod importing;
mod one;
mod removing;
mod renaming;
mod row;
mod servers;
mod table;

use flowdeck_contract::connections::{ConnectionList, ConnectionName, ConnectionView};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use self::{
    deleted::DeletedList,
    empty::NoConnections,
    importing::{ImportButton, ImportDialog, Importing},
    one::{AddPage, PageOf},
    removing::{RemoveDialog, Removing},
    renaming::{RenameDialog, Renaming},
    servers::{FindButton, Finding, FoundServers},
    table::ConnectionTable,
};
pub(crate) use self::{importing::ImportForm, renaming::NewNameForm};
use super::parts::{Failure, ListShape, PageHeading, tell_failure};
use crate::{
    api::{Api, Load, Remote},
    nav::{Link, use_nav},
    routes::{NewConnection, Page, Route},
    ui::{Notice, NoticeKind, Skeleton, Status, Tone},
};

stylance::import_crate_style!(style, "src/pages/connections/connections.module.css");

/// The page of the connection that the address names, or of a new one.
#[component]
pub fn ConnectionPage() -> impl IntoView {
    match use_nav().page.get_untracked() {
        Page::Connection(name) => view! { <PageOf name=name /> }.into_any(),
        Page::NewConnection => view! { <AddPage /> }.into_any(),
        _ => ().into_any(),
    }
}

/// The connections of the project. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Listed {
    list: Remote<ConnectionList>,
    api: Api,
    status: Status,
    owner: StoredValue<Owner>,
}

impl Listed {
    fn ask() -> Self {
        let api = Api::from_context();
        Self {
            list: Remote::new(move || async move { api.connections().await }),
            api,
            status: Status::from_context(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// Tests one, and says how that ended; the table then shows it.
    fn test(self, name: ConnectionName) {
        self.status.announce(format!("Testing {name}."));
        self.owner.get_value().with(|| {
            spawn_local_scoped_with_cancellation(async move {
                match self.api.test_connection(&name).await {
                    Ok(result) => {
                        let (tone, word) = match result.passed {
                            true => (Tone::Good, "passed"),
                            false => (Tone::Bad, "failed"),
                        };
                        let text = format!("The test of {name} {word}");
                        self.status.tell(tone, text, Some(result.message));
                    }
                    Err(error) => {
                        tell_failure(self.status, &format!("Couldn’t test {name}"), &error);
                    }
                }
                self.refresh();
            });
        });
    }

    /// Asks again; what is known stays until the answer comes.
    fn refresh(self) {
        self.list.try_refresh();
    }

    /// Those that there are, by name.
    fn all(self) -> Vec<ConnectionView> {
        self.list
            .get()
            .map(|list| list.connections)
            .unwrap_or_default()
    }
}

/// The page of all connections.
#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let listed = Listed::ask();
    Removing::provide(listed);
    Renaming::provide(listed);
    Importing::provide(listed);
    Finding::provide();
    let shape = Memo::new(move |_| {
        listed
            .list
            .state()
            .with(|list| ListShape::of(list, |list| list.connections.is_empty()))
    });
    let content = move || match shape.get() {
        ListShape::Loading => view! {
            <div class=style::panel><Skeleton lines=6 label="Loading connections" /></div>
        }
        .into_any(),
        ListShape::Failed => failure(listed).into_any(),
        ListShape::Empty => view! { <NoConnections /> }.into_any(),
        ListShape::Full => view! { <ConnectionTable listed=listed /> }.into_any(),
    };
    view! {
        <div class=style::page>
            <header class=style::header>
                <PageHeading title="Connections" />
                <div class=style::actions>
                    <FindButton />
                    <ImportButton />
                    <Link to=Route::NewConnection(NewConnection::default()) class=style::add>
                        "Add connection"
                    </Link>
                </div>
            </header>
            <KeyProblem listed=listed />
            <FoundServers listed=listed />
            {content}
            <DeletedList listed=listed />
            <RemoveDialog />
            <RenameDialog />
            <ImportDialog />
        </div>
    }
}

/// Why secrets can't be read or stored.
#[component]
fn KeyProblem(listed: Listed) -> impl IntoView {
    let problem = Memo::new(move |_| listed.list.get().and_then(|list| list.key_problem));
    move || {
        problem.get().map(|problem| {
            view! {
                <Notice kind=NoticeKind::Error title="Stored secrets can’t be read">
                    <p>{problem}</p>
                </Notice>
            }
        })
    }
}

fn failure(listed: Listed) -> impl IntoView {
    let error = listed.list.state().with_untracked(Load::error);
    error.map(|error| {
        view! {
            <Failure
                title="Couldn’t load the connections"
                error=error
                on_retry=move |()| listed.list.retry()
            />
        }
    })
}
