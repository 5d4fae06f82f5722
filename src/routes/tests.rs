//! Every address, written and read.

use super::*;
use flowdeck_contract::{
    ids::{ConversationId, FilePath, RunId},
    settings::{ComputeChoice, IdleShutdown, SessionSettings},
};

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

fn chat(chat: ChatView) -> Route {
    Route::Flow {
        flow: FlowId::try_from("x").unwrap(),
        view: FlowView {
            chat: Some(chat),
            ..FlowView::default()
        },
    }
}

#[test]
fn a_chat_without_a_conversation_that_can_be_is_a_new_one() {
    for address in ["flows/x?chat", "flows/x?chat=", "flows/x?chat=a%2Fb"] {
        assert_eq!(read(address), Some(chat(ChatView::New)), "{address}");
    }
}

fn routes() -> Vec<(Route, &'static str)> {
    let flow = FlowId::try_from("50% <b>?#&=").unwrap();
    let file = FilePath::try_from("a b/größe&1.py").unwrap();
    let run = RunId::try_from("r-7").unwrap();
    vec![
        (Route::flows(), ""),
        (
            Route::Flows(FlowsView {
                search: Some("a b&c".into()),
                ..FlowsView::default()
            }),
            "?q=a%20b%26c",
        ),
        (
            Route::Flows(FlowsView {
                search: None,
                filter: FlowFilter::WithErrors,
                order: FlowOrder {
                    by: FlowColumn::LastRun,
                    direction: Direction::Reversed,
                },
                dialog: Some(FlowsDialog::New),
            }),
            "?show=errors&sort=-last-run&dialog=new",
        ),
        (
            Route::Flow {
                flow: FlowId::try_from("x").unwrap(),
                view: FlowView {
                    details: true,
                    ..FlowView::default()
                },
            },
            "flows/x?details=1",
        ),
        (chat(ChatView::New), "flows/x?chat="),
        (
            chat(ChatView::Of(ConversationId::try_from("c-1").unwrap())),
            "flows/x?chat=c-1",
        ),
        (Route::Connections, "connections"),
        (
            Route::Connection("my conn/é".into()),
            "connections/my%20conn%2F%C3%A9",
        ),
        (
            Route::NewConnection(NewConnection::default()),
            "new-connection",
        ),
        (
            Route::NewConnection(NewConnection {
                name: Some("a b".into()),
                kind: Some("OpenAI".into()),
            }),
            "new-connection?name=a%20b&type=OpenAI",
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
            Route::Flow {
                flow: FlowId::try_from("x").unwrap(),
                view: FlowView {
                    timeline: Some(CallPath::default().child(2).child(0)),
                    ..FlowView::default()
                },
            },
            "flows/x?timeline=2.0",
        ),
        (
            Route::Flow {
                flow: FlowId::try_from("x").unwrap(),
                view: FlowView {
                    timeline: Some(CallPath::default()),
                    ..FlowView::default()
                },
            },
            "flows/x?timeline=all",
        ),
        (
            Route::Flow {
                flow: FlowId::try_from("x").unwrap(),
                view: FlowView {
                    compare: Some(ComparedRuns {
                        first: RunId::try_from("a-1").unwrap(),
                        second: RunId::try_from("b_2").unwrap(),
                        group: Vec::new(),
                    }),
                    ..FlowView::default()
                },
            },
            "flows/x?compare=a-1%2Cb_2",
        ),
        (
            Route::Flow {
                flow: FlowId::try_from("x").unwrap(),
                view: FlowView {
                    graph: Some(GraphView::Whole),
                    ..FlowView::default()
                },
            },
            "flows/x?graph=",
        ),
        (
            Route::Flow {
                flow: FlowId::try_from("x").unwrap(),
                view: FlowView {
                    graph: Some(GraphView::Node("outputs".to_owned())),
                    ..FlowView::default()
                },
            },
            "flows/x?graph=node.outputs",
        ),
        (
            Route::Flow {
                flow: FlowId::try_from("x").unwrap(),
                view: FlowView {
                    compare: ComparedRuns::of(
                        ["a", "b", "c"]
                            .map(|id| RunId::try_from(id).unwrap())
                            .to_vec(),
                    ),
                    ..FlowView::default()
                },
            },
            "flows/x?compare=a%2Cb%2Ca%2Cb%2Cc",
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
        read("flows/x?raw=yes&file=..%2Fx&line=-1&run=a%2Fb&details=2"),
        Some(Route::flow(flow))
    );
    assert_eq!(read("?show=nothing&sort=--name"), Some(Route::flows()));
}

#[test]
fn a_place_in_a_timeline_that_cannot_be_is_none() {
    for text in ["", "1.", "-1", "1.x", "99999999999"] {
        assert_eq!(CallPath::read(text), None, "{text}");
    }
    assert_eq!(CallPath::read(&vec!["0"; 65].join(".")), None);
    let path = CallPath::default().child(3);
    assert_eq!(path.parent(), Some(CallPath::default()));
    assert_eq!(CallPath::default().parent(), None);
}
