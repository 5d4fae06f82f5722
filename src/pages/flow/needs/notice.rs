//! The notice, and the form that mends what it says.

use flowdeck_contract::{capability::Action, connections::ConnectionNeed, help::HelpTopic};
use leptos::prelude::*;

use super::{
    asked::{Asked, Way, asked},
    mend::{Mend, Mending},
    shared::FlowConnections,
};
use crate::{
    api::{Load, Remote},
    lazy::{Lazy, MEND_CONNECTION},
    pages::{
        flow::{
            Actions, FlowContext,
            actions::{RefusedRun, focus},
        },
        parts::Failure,
    },
    ui::{
        Button, ButtonKind, Dialog, DialogKind, Each, Notice, NoticeKind, Status, focus_when_shown,
        open_while_asked,
    },
};

stylance::import_crate_style!(style, "src/pages/flow/findings.module.css");

/// Where the focus goes when a run was refused.
const NOTICE: &str = "connection-needs";

/// What the flow's connections lack.
#[component]
pub(crate) fn NeedsNotice() -> impl IntoView {
    let context = FlowContext::from_context();
    let refused = Actions::from_context().needs_connections;
    let connections = FlowConnections::of(context);
    let needs = connections.needs;
    Effect::new(move |before: Option<Option<RefusedRun>>| {
        let now = refused.get();
        if before.is_some() && now.is_some() {
            needs.refresh();
        }
        now
    });
    let all = Memo::new(move |_| needs.get().map(|needs| asked(&needs)));
    provide_context(Mending(RwSignal::new(None)));
    focus_when_refused(all, refused);
    let is_refused = Memo::new(move |_| refused.with(Option::is_some));
    let shape = Memo::new(move |_| {
        let count = all.with(|all| all.as_ref().map(Vec::len));
        match (count, is_refused.get()) {
            (Some(0), true) => Shape::Ready,
            (Some(0), false) => Shape::Nothing,
            (Some(_), _) => Shape::Lacking,
            (None, _) => needs.state().with(|state| match state {
                Load::Failed(_) => Shape::Unknown,
                Load::Loading | Load::Ready(_) => Shape::Nothing,
            }),
        }
    });
    Effect::new(move |before: Option<Shape>| {
        let shape = shape.get();
        // What had the focus goes with the list.
        if (before, shape) == (Some(Shape::Lacking), Shape::Nothing) {
            request_animation_frame(|| {
                let active = document().active_element();
                if active.is_none_or(|active| active.tag_name() == "BODY") {
                    focus(NOTICE);
                }
            });
        }
        shape
    });
    let content = move || match shape.get() {
        Shape::Nothing => ().into_any(),
        Shape::Unknown => view! { <Unknown needs=needs /> }.into_any(),
        Shape::Ready => view! { <RunAgain /> }.into_any(),
        Shape::Lacking => view! { <Lacking all=all /> }.into_any(),
    };
    view! {
        <div id=NOTICE tabindex="-1">
            {content}
        </div>
        <MendDialog connections=connections />
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Nothing,
    Unknown,
    Lacking,
    Ready,
}

/// A run was refused: what stands in its way comes into view, and takes the focus.
fn focus_when_refused(all: Memo<Option<Vec<Asked>>>, refused: RwSignal<Option<RefusedRun>>) {
    let status = Status::from_context();
    Effect::new(move |told: Option<bool>| {
        let is_refused = refused.with(Option::is_some);
        let first = all.with(|all| all.as_ref()?.first().cloned());
        let Some(first) = first.filter(|_| is_refused) else {
            return is_refused && told == Some(true);
        };
        if told != Some(true) {
            let what = first.messages.first().cloned().unwrap_or_default();
            status.announce(format!("Couldn’t start the run. {what}"));
            request_animation_frame(|| focus(NOTICE));
        }
        true
    });
}

#[component]
fn Unknown(needs: Remote<Vec<ConnectionNeed>>) -> impl IntoView {
    needs.state().with_untracked(Load::error).map(|error| {
        view! {
            <Failure
                title="Couldn’t check the flow’s connections"
                error=error
                on_retry=move |()| needs.retry()
            />
        }
    })
}

/// After what stood in the way of a run was mended. What is typed into a chat is still in its box.
#[component]
fn RunAgain() -> impl IntoView {
    let actions = Actions::from_context();
    let refused = actions.needs_connections;
    let word = refused.with_untracked(|refused| match refused {
        Some(refused) if refused.asked_in.is_some() => "Back to your question",
        _ => "Run again",
    });
    let again = move |()| match refused.get_untracked() {
        Some(RefusedRun {
            asked_in: Some(id), ..
        }) => {
            refused.set(None);
            request_animation_frame(move || focus(id));
        }
        Some(refused) => actions.run(refused.node),
        None => {}
    };
    let state = Signal::derive(move || actions.state(Action::Run));
    let button = NodeRef::new();
    focus_when_shown(button);
    view! {
        <Notice kind=NoticeKind::Info title="The flow’s connections are ready">
            <div>
                <Button
                    kind=ButtonKind::Primary
                    node_ref=button
                    state=state
                    on_press=again
                    on_refused=move |()| actions.needs_session.set(true)
                >
                    {word}
                </Button>
            </div>
        </Notice>
    }
}

#[component]
fn Lacking(all: Memo<Option<Vec<Asked>>>) -> impl IntoView {
    let title = all.with_untracked(|all| match all.as_ref().map_or(0, Vec::len) {
        1 => "The flow needs a connection before it can run".to_owned(),
        count => format!("The flow needs {count} connections before it can run"),
    });
    let entries = move || all.get().unwrap_or_default();
    view! {
        <Notice kind=NoticeKind::Warning title=title>
            <ul class=style::list>
                <Each each=entries key=|one| one.name.clone() let(one)>
                    <Entry one=one />
                </Each>
            </ul>
        </Notice>
    }
}

#[component]
fn Entry(one: Asked) -> impl IntoView {
    let context = FlowContext::from_context();
    let mending = expect_context::<Mending>().0;
    let (word, about) = match &one.way {
        Way::Add(name, _) => ("Add connection", format!("Add connection {name}")),
        Way::Change(name) => ("Edit connection", format!("Edit connection {name}")),
        Way::Flow => (
            "Open the flow’s definition",
            "Open the flow’s definition".to_owned(),
        ),
    };
    let line = one.line;
    let press = move |()| match one.way.clone() {
        Way::Add(name, accepts) => mending.set(Some(Mend::Add(name, accepts))),
        Way::Change(name) => mending.set(Some(Mend::Change(name))),
        Way::Flow => {
            if let Some(path) = context.definition_path() {
                context.open_file(path, Some(line));
            }
        }
    };
    let messages = one.messages.into_iter().map(|text| view! { <p>{text}</p> });
    view! {
        <li>
            {messages.collect_view()}
            {one.remedy.map(|remedy| view! { <p>{remedy}</p> })}
            <Button label=about on_press=press>{word}</Button>
        </li>
    }
}

/// The form of the connection that is added or changed.
#[component]
pub(in crate::pages::flow) fn MendDialog(connections: FlowConnections) -> impl IntoView {
    let Mending(what) = expect_context();
    let open = open_while_asked(what);
    // Asked for again when the dialog goes, however it went: a test may have come after the last save.
    Effect::new(move |was: Option<bool>| {
        let is_open = open.get();
        if was == Some(true) && !is_open {
            connections.refresh();
        }
        is_open
    });
    let title = Signal::derive(move || {
        what.with(|what| match what {
            Some(Mend::Change(name)) => format!("Edit connection {name}"),
            Some(Mend::Add(..)) | None => "Add connection".to_owned(),
        })
    });
    view! {
        <Dialog open=open title=title kind=DialogKind::Form help=HelpTopic::Connections.address()>
            <Lazy part=MEND_CONNECTION />
        </Dialog>
    }
}
