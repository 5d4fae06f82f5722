//! One node.

use std::sync::Arc;

use flowdeck_contract::{
    Exact,
    capability::Action,
    ids::{FilePath, FlowId, RunId},
    runs::{NodeRun, RunError},
    shown::Name,
};
use flowdeck_flow::Node;
use leptos::prelude::*;

use super::upstream::NodeUpstream;
use crate::{
    lazy::{Lazy, NODE_DETAILS, NODE_ERROR, NODE_SERVICE},
    nav::Link,
    pages::{
        flow::{
            FlowContext, actions::Actions, definition::Definition, error_view::RunErrorView,
            needs::node_may_ask, selection::Selection,
        },
        parts::{RunValue, StateWord},
    },
    routes::FlowView,
    ui::{Button, ButtonKind, Fold, Icon, Tab, Tabs, time},
};

stylance::import_crate_style!(style, "src/pages/flow/nodes/node.module.css");

/// A node, with what became of it in the run that is shown.
#[component]
pub(crate) fn NodeCard(name: Name, definition: Memo<Option<Arc<Definition>>>) -> impl IntoView {
    let ran = Selection::from_context().node(name.clone());
    let state =
        Memo::new(move |_| ran.with(|ran| ran.as_ref().map(|ran| (ran.state, ran.duration_ms))));
    let wanted = name.clone();
    let node = Memo::new(move |_| {
        definition.with(|known| {
            known
                .as_ref()?
                .flow()?
                .nodes
                .iter()
                .find(|node| node.name == wanted.as_str())
                .cloned()
        })
    });
    let has_settings = Memo::new(move |_| {
        let has = |node: &Node| node.variants.is_some() || node_may_ask(node);
        node.with(|node| node.as_ref().is_some_and(has))
    });
    provide_context(ShownNode(node));
    provide_context(ShownRun(ran));
    view! {
        <li class=style::node>
            <div class=style::head>
                <div class=style::what>
                    <h3 class=style::name title=name.to_string()>{name.to_string()}</h3>
                    {move || node.get().map(|node| view! { <Facts node=node /> })}
                </div>
                // There before a run, too, so that nothing moves when there is one.
                <div class=style::outcome>
                    {move || {
                        state.get().map(|(state, duration)| {
                            view! {
                                <StateWord state=state />
                                <span class=style::fact>{duration.map(time::duration)}</span>
                            }
                        })
                    }}
                </div>
                <Show when=move || node.with(Option::is_some)>
                    <RunNode name=name.clone() />
                </Show>
            </div>
            <Show when=move || has_settings.get()>
                <Lazy part=NODE_SERVICE />
            </Show>
            <NodeErrorNotice ran=ran />
            <Fold summary="Input, output and log">
                <Lazy part=NODE_DETAILS />
            </Fold>
        </li>
    }
}

/// What the node is: its type and source.
#[component]
fn Facts(node: Node) -> impl IntoView {
    let context = FlowContext::from_context();
    let kind = node.node_type.map(flowdeck_flow::NodeType::as_str);
    let path = node.source.and_then(|source| source.path);
    let path = path.and_then(|path| FilePath::try_from(path.trim_start_matches("./")).ok());
    let source = path.map(|path| {
        let text = path.to_string();
        let to = Signal::derive(move || context.route(FlowView::of_file(path.clone(), None)));
        view! { <Link to=to class=style::source>{text}</Link> }
    });
    view! {
        <span class=style::facts>
            <span class=style::fact>{kind}</span>
            {source}
            {node.aggregation.then(|| view! { <span class=style::fact>"aggregation"</span> })}
        </span>
    }
}

#[component]
fn RunNode(name: Name) -> impl IntoView {
    let actions = Actions::from_context();
    let state = Signal::derive(move || actions.state(Action::Run));
    let label = format!("Run this node: {name}");
    view! {
        <Button
            kind=ButtonKind::Quiet
            state=state
            label=label
            on_press=move |()| actions.run(Some(name.clone().into()))
            on_refused=move |()| actions.needs_session.set(true)
        >
            {Icon::Play.view()}
            <span class=style::run>"Run this node"</span>
        </Button>
    }
}

/// Why it failed, where that is not why the run did: the run's own error stands with its outputs, once.
#[component]
fn NodeErrorNotice(ran: Memo<Option<NodeRun>>) -> impl IntoView {
    let run = Selection::from_context().run;
    let error = Memo::new(move |_| {
        let error = ran.with(|ran| ran.as_ref()?.error.clone())?;
        let of_run = run.with(|run| run.as_ref()?.error.clone());
        (of_run.as_ref() != Some(&error)).then_some(error)
    });
    provide_context(OwnError(error));
    view! {
        <Show when=move || error.with(Option::is_some)>
            <Lazy part=NODE_ERROR />
        </Show>
    }
}

/// What happened to it, once something did, and what it uses of other nodes.
#[component]
pub(crate) fn NodeDetails() -> impl IntoView {
    let ShownRun(ran) = expect_context();
    let details = move || match ran.get().filter(has_details) {
        Some(ran) => details(ran).into_any(),
        None => {
            view! { <p class=style::fact>"Nothing to show yet. Run the flow first."</p> }.into_any()
        }
    };
    view! {
        {details}
        <NodeUpstream />
    }
}

fn has_details(ran: &NodeRun) -> bool {
    let has_log = ran.log.as_ref().is_some_and(|log| !log.is_empty());
    ran.inputs.is_some() || ran.output.is_some() || has_log
}

/// What the node was given and gave, and what it printed.
fn details(ran: NodeRun) -> impl IntoView {
    let NodeRun {
        name,
        inputs,
        output,
        log,
        ..
    } = ran;
    let name = Name::from(name);
    let run = Selection::from_context().run;
    let run = run.with_untracked(|run| Some(run.as_ref()?.summary.id.clone()));
    run.map(|run| {
        let of = (FlowContext::from_context().flow(), run);
        let tab = |title, value| value_tab(title, &name, value, of.clone());
        let tabs = [
            inputs.map(|value| tab("Input", value)),
            output.map(|value| tab("Output", value)),
            log.filter(|log| !log.is_empty())
                .map(|log| tab("Log", Exact::text(&log))),
        ];
        let tabs: Vec<Tab> = tabs.into_iter().flatten().collect();
        view! { <Tabs label=format!("{name}: details") tabs=tabs /> }
    })
}

/// Why the node failed, where that is not why the run did.
#[component]
pub(crate) fn NodeError() -> impl IntoView {
    let OwnError(error) = expect_context();
    move || {
        error
            .get()
            .map(|error| view! { <RunErrorView error=error /> })
    }
}

/// The node that a card shows, as the flow has it.
#[derive(Clone, Copy)]
pub(super) struct ShownNode(pub(super) Memo<Option<Node>>);

/// What became of it in the run that's shown.
#[derive(Clone, Copy)]
struct ShownRun(Memo<Option<NodeRun>>);

/// Its error, where that is not the run's.
#[derive(Clone, Copy)]
struct OwnError(Memo<Option<RunError>>);

fn value_tab(title: &'static str, node: &Name, value: Exact, of: (FlowId, RunId)) -> Tab {
    let what = format!("{} of {node}", title.to_ascii_lowercase());
    let panel = move || view! { <RunValue value=value.clone() what=what.clone() of=of.clone() /> };
    Tab {
        title,
        panel: ViewFn::from(panel),
    }
}
