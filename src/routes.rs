//! Every address of the app as a type: built here, read here, spelled out nowhere else. Knows no views.

mod advanced;
mod call_path;
mod connection;
mod flow;
mod flows;
mod upgrade;

use std::fmt::Write as _;

use flowdeck_contract::{
    address::{decode, encode, query_value},
    ids::{FlowId, SessionId},
};

pub use self::{
    advanced::{Advanced, LinkNote, WizardStep},
    call_path::CallPath,
    connection::NewConnection,
    flow::{ChatView, ComparedRuns, FlowView, GraphView},
    flows::{Direction, FlowColumn, FlowFilter, FlowOrder, FlowsDialog, FlowsView},
    upgrade::{Upgrade, UpgradeImage},
};

/// An address of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The flows page.
    Flows(FlowsView),
    /// The page of a flow.
    Flow {
        /// The flow.
        flow: FlowId,
        /// What of it is shown.
        view: FlowView,
    },
    /// The page of all compute sessions.
    Sessions,
    /// The page of one compute session.
    Session(SessionId),
    /// The assistant that brings a flow from a runtime to a compute session.
    Upgrade(Upgrade),
    /// The page of who is signed in.
    SignIns,
    /// The page of a project's connections.
    Connections,
    /// The page of the connection of this name.
    Connection(String),
    /// The page that adds a connection.
    NewConnection(NewConnection),
}

/// Which page a route leads to, without what varies while the page stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// The flows page.
    Flows,
    /// The page of a flow.
    Flow(FlowId),
    /// The page of all compute sessions.
    Sessions,
    /// The page of one compute session.
    Session(SessionId),
    /// The assistant for a runtime of this name.
    Upgrade(String),
    /// The page of who is signed in.
    SignIns,
    /// The page of a project's connections.
    Connections,
    /// The page of the connection of this name.
    Connection(String),
    /// The page that adds a connection.
    NewConnection,
    /// No page has this address.
    Unknown,
}

impl Route {
    /// The flows page with nothing searched for.
    #[must_use]
    pub fn flows() -> Self {
        Route::Flows(FlowsView::default())
    }

    /// The page of `flow` as it first opens.
    #[must_use]
    pub fn flow(flow: FlowId) -> Self {
        Route::Flow {
            flow,
            view: FlowView::default(),
        }
    }

    /// The address, relative to the app's base path.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Route::Flows(view) => view.query().0,
            Route::Flow { flow, view } => {
                let folders: Vec<String> = flow.as_str().split('/').map(encode).collect();
                format!("flows/{}{}", folders.join("/"), view.query().0)
            }
            Route::Sessions => "sessions".to_owned(),
            Route::SignIns => "sign-ins".to_owned(),
            Route::Session(session) => format!("sessions/{}", encode(session.as_str())),
            Route::Upgrade(upgrade) => upgrade.path(),
            Route::Connections => "connections".to_owned(),
            Route::Connection(name) => format!("connections/{}", encode(name)),
            Route::NewConnection(new) => new.path(),
        }
    }

    /// Reads an address: its path relative to the base and its query, both as they stand in the address bar. Whoever
    /// decodes them before that makes another name of one that holds a `%`.
    #[must_use]
    pub fn read(path: &str, query: &str) -> Option<Self> {
        let value = |name: &str| query_value(query, name);
        match Page::read(path) {
            Page::Flows => Some(Route::Flows(FlowsView::read(value))),
            Page::Flow(flow) => Some(Route::Flow {
                flow,
                view: FlowView::read(query),
            }),
            Page::Sessions => Some(Route::Sessions),
            Page::SignIns => Some(Route::SignIns),
            Page::Session(session) => Some(Route::Session(session)),
            Page::Upgrade(runtime) => Some(Route::Upgrade(Upgrade::read(runtime, value))),
            Page::Connections => Some(Route::Connections),
            Page::Connection(name) => Some(Route::Connection(name)),
            Page::NewConnection => Some(Route::NewConnection(NewConnection::read(value))),
            Page::Unknown => None,
        }
    }

    /// The page it leads to.
    #[must_use]
    pub fn page(&self) -> Page {
        match self {
            Route::Flows(_) => Page::Flows,
            Route::Flow { flow, .. } => Page::Flow(flow.clone()),
            Route::Sessions => Page::Sessions,
            Route::SignIns => Page::SignIns,
            Route::Session(session) => Page::Session(session.clone()),
            Route::Upgrade(upgrade) => Page::Upgrade(upgrade.runtime.clone()),
            Route::Connections => Page::Connections,
            Route::Connection(name) => Page::Connection(name.clone()),
            Route::NewConnection(_) => Page::NewConnection,
        }
    }
}

impl Page {
    /// Reads a percent-encoded path relative to the base.
    #[must_use]
    pub fn read(path: &str) -> Self {
        let path = path.trim_matches('/');
        if path.is_empty() || path == "index.html" {
            return Page::Flows;
        }
        match path {
            "sessions" => return Page::Sessions,
            "sign-ins" => return Page::SignIns,
            "connections" => return Page::Connections,
            "new-connection" => return Page::NewConnection,
            _ => {}
        }
        path.split_once('/')
            .and_then(|(kind, name)| Self::of(kind, decode(name)?))
            .unwrap_or(Page::Unknown)
    }

    fn of(kind: &str, name: String) -> Option<Self> {
        match kind {
            "flows" => FlowId::try_from(name).ok().map(Page::Flow),
            "sessions" => SessionId::try_from(name).ok().map(Page::Session),
            "upgrade" => Some(Page::Upgrade(name)),
            "connections" => Some(Page::Connection(name)),
            _ => None,
        }
    }
}

#[derive(Default)]
struct Query(String);

impl Query {
    fn push(&mut self, name: &str, value: &str) {
        let separator = if self.0.is_empty() { '?' } else { '&' };
        // Writing to a String cannot fail.
        let _ = write!(self.0, "{separator}{name}={}", encode(value));
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod names_tests;

#[cfg(test)]
mod tests;
