//! Every address of the app as a type: built here, read here, spelled out nowhere else. Knows no views.

mod advanced;
mod upgrade;

use std::fmt::Write as _;

use flowdeck_contract::{
    address::{decode, encode, query_value},
    ids::{FilePath, FlowId, RunId, SessionId},
};

pub use self::{
    advanced::{Advanced, LinkNote, WizardStep},
    upgrade::{Upgrade, UpgradeImage},
};

/// An address of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The flows page.
    Flows {
        /// What the list is searched for.
        search: Option<String>,
    },
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
    /// No page has this address.
    Unknown,
}

/// What the page of a flow shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowView {
    /// Raw file mode instead of the form.
    pub raw: bool,
    /// The file that raw file mode opens.
    pub file: Option<FilePath>,
    /// The line of that file, from 1.
    pub line: Option<u32>,
    /// The run that is shown; the newest when left out.
    pub run: Option<RunId>,
    /// The wizard of the compute session's settings, while it is open.
    pub advanced: Option<Advanced>,
}

impl FlowView {
    /// Raw file mode with `file` open, at `line` when one is given.
    #[must_use]
    pub fn of_file(file: FilePath, line: Option<u32>) -> Self {
        Self {
            raw: true,
            file: Some(file),
            line,
            ..Self::default()
        }
    }

    fn read(query: &str) -> Self {
        let value = |name: &str| query_value(query, name);
        Self {
            raw: value("raw").as_deref() == Some("1"),
            file: value("file").and_then(|file| FilePath::try_from(file).ok()),
            line: value("line").and_then(|line| line.parse().ok()),
            run: value("run").and_then(|run| RunId::try_from(run).ok()),
            advanced: Advanced::read(query, &["raw", "file", "line", "run"]),
        }
    }

    fn query(&self) -> Query {
        let mut query = Query::default();
        if self.raw {
            query.push("raw", "1");
        }
        if let Some(file) = &self.file {
            query.push("file", file.as_str());
        }
        if let Some(line) = self.line {
            query.push("line", &line.to_string());
        }
        if let Some(run) = &self.run {
            query.push("run", run.as_str());
        }
        if let Some(advanced) = &self.advanced {
            advanced.write(&mut query);
        }
        query
    }
}

impl Route {
    /// The flows page with nothing searched for.
    #[must_use]
    pub fn flows() -> Self {
        Route::Flows { search: None }
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
            Route::Flows { search } => {
                let mut query = Query::default();
                if let Some(search) = search.as_deref().filter(|search| !search.is_empty()) {
                    query.push("q", search);
                }
                query.0
            }
            Route::Flow { flow, view } => {
                let folders: Vec<String> = flow.as_str().split('/').map(encode).collect();
                format!("flows/{}{}", folders.join("/"), view.query().0)
            }
            Route::Sessions => "sessions".to_owned(),
            Route::SignIns => "sign-ins".to_owned(),
            Route::Session(session) => format!("sessions/{}", encode(session.as_str())),
            Route::Upgrade(upgrade) => upgrade.path(),
        }
    }

    /// Reads an address: its path relative to the base and its query, both as they stand in the address bar. Whoever
    /// decodes them before that makes another name of one that holds a `%`.
    #[must_use]
    pub fn read(path: &str, query: &str) -> Option<Self> {
        let value = |name: &str| query_value(query, name);
        match Page::read(path) {
            Page::Flows => Some(Route::Flows { search: value("q") }),
            Page::Flow(flow) => Some(Route::Flow {
                flow,
                view: FlowView::read(query),
            }),
            Page::Sessions => Some(Route::Sessions),
            Page::SignIns => Some(Route::SignIns),
            Page::Session(session) => Some(Route::Session(session)),
            Page::Upgrade(runtime) => Some(Route::Upgrade(Upgrade::read(runtime, value))),
            Page::Unknown => None,
        }
    }

    /// The page it leads to.
    #[must_use]
    pub fn page(&self) -> Page {
        match self {
            Route::Flows { .. } => Page::Flows,
            Route::Flow { flow, .. } => Page::Flow(flow.clone()),
            Route::Sessions => Page::Sessions,
            Route::SignIns => Page::SignIns,
            Route::Session(session) => Page::Session(session.clone()),
            Route::Upgrade(upgrade) => Page::Upgrade(upgrade.runtime.clone()),
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
        if path == "sessions" {
            return Page::Sessions;
        }
        if path == "sign-ins" {
            return Page::SignIns;
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
mod tests {
    use super::*;
    use flowdeck_contract::settings::{ComputeChoice, IdleShutdown, SessionSettings};

    fn read(address: &str) -> Option<Route> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        Route::read(path, query)
    }

    fn wizard(step: WizardStep, settings: Option<SessionSettings>) -> Route {
        Route::Flow {
            flow: FlowId::try_from("x").unwrap(),
            view: FlowView {
                advanced: Some(Advanced {
                    step,
                    settings,
                    notes: Vec::new(),
                }),
                ..FlowView::default()
            },
        }
    }

    fn routes() -> Vec<(Route, &'static str)> {
        let flow = FlowId::try_from("50% <b>?#&=").unwrap();
        let file = FilePath::try_from("a b/größe&1.py").unwrap();
        let run = RunId::try_from("r-7").unwrap();
        vec![
            (Route::flows(), ""),
            (
                Route::Flows {
                    search: Some("a b&c".into()),
                },
                "?q=a%20b%26c",
            ),
            (
                Route::flow(FlowId::try_from("a b/c").unwrap()),
                "flows/a%20b/c",
            ),
            (
                Route::flow(flow.clone()),
                "flows/50%25%20%3Cb%3E%3F%23%26%3D",
            ),
            (
                Route::Flow {
                    flow: flow.clone(),
                    view: FlowView::of_file(file, Some(12)),
                },
                "flows/50%25%20%3Cb%3E%3F%23%26%3D?raw=1&file=a%20b%2Fgr%C3%B6%C3%9Fe%261.py&line=12",
            ),
            (
                Route::Flow {
                    flow,
                    view: FlowView {
                        run: Some(run),
                        ..FlowView::default()
                    },
                },
                "flows/50%25%20%3Cb%3E%3F%23%26%3D?run=r-7",
            ),
            (
                wizard(WizardStep::Compute, None),
                "flows/x?advanced=compute",
            ),
            (
                wizard(WizardStep::Review, Some(SessionSettings::default())),
                "flows/x?advanced=review&idle=default",
            ),
            (
                wizard(
                    WizardStep::Image,
                    Some(SessionSettings {
                        compute: ComputeChoice::Serverless {
                            vm_size: Some("Standard_D2".into()),
                            identity: Some("a b".into()),
                        },
                        idle_shutdown: IdleShutdown::After(90),
                        base_image: Some("a.example/x:1".into()),
                        ..SessionSettings::default()
                    }),
                ),
                "flows/x?advanced=image&vm=Standard_D2&identity=a%20b&image=a.example%2Fx%3A1&idle=90",
            ),
            (
                wizard(
                    WizardStep::Compute,
                    Some(SessionSettings {
                        compute: ComputeChoice::Instance { name: "ci".into() },
                        idle_shutdown: IdleShutdown::Never,
                        base_image: None,
                        ..SessionSettings::default()
                    }),
                ),
                "flows/x?advanced=compute&instance=ci&idle=never",
            ),
            (Route::Sessions, "sessions"),
            (Route::SignIns, "sign-ins"),
            (
                Route::Session(SessionId::try_from("by-itself").unwrap()),
                "sessions/by-itself",
            ),
            (
                Route::Upgrade(Upgrade::of("old 50%/box")),
                "upgrade/old%2050%25%2Fbox",
            ),
            (
                Route::Upgrade(Upgrade {
                    flow: Some(FlowId::try_from("x&y").unwrap()),
                    image: Some(UpgradeImage::LeaveOut),
                    ..Upgrade::of("box")
                }),
                "upgrade/box?flow=x%26y&image=none",
            ),
            (
                Route::Upgrade(Upgrade {
                    image: Some(UpgradeImage::Take),
                    ..Upgrade::of("box")
                }),
                "upgrade/box?image=runtime",
            ),
        ]
    }

    #[test]
    fn addresses_are_what_they_were() {
        for (route, address) in routes() {
            assert_eq!(route.path(), address);
        }
    }

    #[test]
    fn reading_an_address_gives_back_its_route() {
        for (route, address) in routes() {
            assert_eq!(read(address), Some(route), "{address}");
        }
    }

    #[test]
    fn a_route_leads_to_the_page_that_its_path_names() {
        for (route, address) in routes() {
            let path = address.split('?').next().unwrap_or_default();
            assert_eq!(route.page(), Page::read(path), "{address}");
        }
    }

    #[test]
    fn addresses_that_lead_nowhere_have_no_route() {
        for address in [
            "nowhere",
            "flows/a//b",
            "flows/a/../b",
            "flows/..",
            "flows/%2E%2E",
            "flows/%FF",
            "sessions/%FF",
            "upgrade",
        ] {
            assert_eq!(read(address), None, "{address}");
        }
    }

    fn advanced(query: &str) -> Advanced {
        let Some(Route::Flow { view, .. }) = read(&format!("flows/x?{query}")) else {
            panic!("{query} leads elsewhere");
        };
        view.advanced.unwrap()
    }

    #[test]
    fn a_part_of_the_wizard_s_link_that_is_missing_or_wrong_is_told_and_the_rest_counts() {
        use LinkNote::{Empty, IdleTime, NoIdleTime, NotOnInstance, UnknownPart, UnknownStep};
        let size = |vm_size: &str| ComputeChoice::Serverless {
            vm_size: Some(vm_size.into()),
            identity: None,
        };
        let instance = || ComputeChoice::Instance { name: "ci".into() };
        let cases = [
            ("advanced=review&vm=D2", size("D2"), vec![NoIdleTime]),
            (
                "advanced=review&vm=D2&idle=-5",
                size("D2"),
                vec![IdleTime("-5".into())],
            ),
            (
                "advanced=later&vm=D2&idle=never&size=3",
                size("D2"),
                vec![UnknownStep("later".into()), UnknownPart("size".into())],
            ),
            (
                "advanced=image&instance=ci&vm=D2&image=&idle=60&raw=1",
                instance(),
                vec![Empty("image"), NotOnInstance("vm")],
            ),
        ];
        for (query, compute, notes) in cases {
            let read = advanced(query);
            assert_eq!(read.settings.unwrap().compute, compute, "{query}");
            assert_eq!(read.notes, notes, "{query}");
        }
        let bare = advanced("advanced=compute");
        assert_eq!((bare.settings, bare.notes), (None, Vec::new()));
    }

    #[test]
    fn a_query_that_makes_no_sense_is_left_out() {
        let flow = FlowId::try_from("x").unwrap();
        assert_eq!(
            read("flows/x?raw=yes&file=..%2Fx&line=-1&run=a%2Fb"),
            Some(Route::flow(flow))
        );
    }
}
