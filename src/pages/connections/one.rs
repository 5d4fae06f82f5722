//! The page of one connection, and the page that adds one.

use flowdeck_contract::{
    connections::{ConnectionName, ConnectionType, ConnectionView},
    paths,
    shown::shown,
};
use leptos::prelude::*;

use super::{facts::by_flow, style};
use crate::{
    api::{Api, Load, Remote},
    nav::{Link, Step, use_nav},
    pages::parts::{
        Download, Failure, PageHeading,
        connection::{Choice, ConnectionForm, Saved, Start},
    },
    routes::{NewConnection, Route},
    ui::{Ago, Notice, NoticeKind, Skeleton, Status, Tone},
};

/// The page that adds a connection, filled in with what the address says.
#[component]
pub(super) fn AddPage() -> impl IntoView {
    let nav = use_nav();
    let status = Status::from_context();
    let new = match nav.route.get_untracked() {
        Some(Route::NewConnection(new)) => new,
        _ => NewConnection::default(),
    };
    let choice = new.kind.as_deref().and_then(Choice::parse);
    let start = Start::New {
        name: new.name.unwrap_or_default(),
        choice: choice.unwrap_or(Choice::Kind(ConnectionType::OpenAI)),
        accepts: Vec::new(),
        is_named: false,
    };
    let saved = move |saved: Saved| {
        status.tell(Tone::Good, format!("Connection {} added", saved.name), None);
        nav.go(&Route::Connection(saved.name.to_string()), Step::Replace);
    };
    view! {
        <div class=style::page>
            <Head title="Add connection" />
            <ConnectionForm
                start=start
                on_saved=saved
                on_cancel=move |()| nav.go(&Route::Connections, Step::Push)
            />
        </div>
    }
}

/// The page of the connection of this name.
#[component]
pub(super) fn PageOf(
    /// The name, as the address has it.
    name: String,
) -> impl IntoView {
    let title = format!("Connection {}", shown(&name));
    let content = match ConnectionName::try_from(name) {
        Ok(name) => view! { <Loaded name=name /> }.into_any(),
        Err(wrong) => view! {
            <Notice kind=NoticeKind::Info title="No connection has this name">
                <p>{wrong.to_string()}</p>
            </Notice>
        }
        .into_any(),
    };
    view! {
        <div class=style::page>
            <Head title=title />
            {content}
        </div>
    }
}

#[component]
fn Head(#[prop(into)] title: String) -> impl IntoView {
    view! {
        <header>
            <p>
                <Link to=Route::Connections>"All connections"</Link>
            </p>
            <PageHeading title=Signal::stored(title) />
        </header>
    }
}

#[component]
fn Loaded(name: ConnectionName) -> impl IntoView {
    let api = Api::from_context();
    let asked = name.clone();
    let remote = Remote::new(move || {
        let name = asked.clone();
        async move { api.connection(&name).await }
    });
    move || match remote.state().get() {
        Load::Loading => view! {
            <div class=style::panel><Skeleton lines=8 label="Loading the connection" /></div>
        }
        .into_any(),
        Load::Failed(error) if error.is_not_found() => {
            view! { <NotThere name=name.clone() /> }.into_any()
        }
        Load::Failed(error) => view! {
            <Failure
                title="Couldn’t load the connection"
                error=error
                on_retry=move |()| remote.retry()
            />
        }
        .into_any(),
        Load::Ready(view) => view! { <Known view=view /> }.into_any(),
    }
}

#[component]
fn NotThere(name: ConnectionName) -> impl IntoView {
    let title = format!("Connection {name} doesn’t exist");
    let add = Route::NewConnection(NewConnection {
        name: Some(name.to_string()),
        kind: None,
    });
    view! {
        <Notice kind=NoticeKind::Info title=title>
            <p>"Somebody may have deleted or renamed it."</p>
            <p>
                <Link to=add>"Add a connection with this name"</Link>
            </p>
        </Notice>
    }
}

#[component]
fn Known(view: ConnectionView) -> impl IntoView {
    let (status, nav) = (Status::from_context(), use_nav());
    let api = Api::from_context();
    let export = paths::connection_export(&api.project(), &view.name);
    let saved = move |saved: Saved| {
        // A test says itself how it ended.
        if saved.passed.is_none() {
            status.tell(Tone::Good, format!("Connection {} saved", saved.name), None);
        }
    };
    view! {
        <About view=view.clone() />
        <ConnectionForm
            start=Start::Known(Box::new(view.clone()))
            on_saved=saved
            on_cancel=move |()| nav.go(&Route::Connections, Step::Push)
        />
        {view
            .kind
            .yaml()
            .map(|_| {
                view! {
                    <section class=style::deleted aria-labelledby="export">
                        <h2 id="export">"Export"</h2>
                        <p>
                            "Download YAML for "<code>"pf connection create"</code>
                            ". Each secret stands in it as ${env:…}."
                        </p>
                        <div>
                            <Download path=export name="connection.yaml" label="Export YAML" />
                        </div>
                    </section>
                }
            })}
    }
}

/// What uses it, and when it was last used and changed.
#[component]
fn About(view: ConnectionView) -> impl IntoView {
    let uses = by_flow(&view.used_by).into_iter().map(|(flow, nodes)| {
        let folder = flow.to_string();
        let nodes = match nodes.is_empty() {
            true => String::new(),
            false => format!(" ({})", nodes.join(", ")),
        };
        view! { <li><Link to=Route::flow(flow)>{folder}</Link> {nodes}</li> }
    });
    let uses: Vec<_> = uses.collect();
    let uses = match uses.is_empty() {
        true => "No flow".into_any(),
        false => view! { <ul>{uses}</ul> }.into_any(),
    };
    let used = match view.last_used {
        Some(at) => view! { <Ago at=at.0 /> }.into_any(),
        None => "Never".into_any(),
    };
    view! {
        <dl class=style::facts>
            <dt>"Used by"</dt>
            <dd>{uses}</dd>
            <dt>"Last used"</dt>
            <dd>{used}</dd>
            <dt>"Changed"</dt>
            <dd><Ago at=view.modified.0 /></dd>
        </dl>
    }
}
