//! The variants of a node: which there are, which is the default one, and runs of each.

use flowdeck_contract::{
    capability::Action,
    runs::{NodeVariant, RunSummary},
    shown::Name,
};
use leptos::prelude::*;

use super::{NotSaved, fields::Place, saving::Saving};
use crate::{
    nav::Link,
    pages::flow::{
        FlowContext,
        actions::{Actions, WantedRun},
    },
    routes::{ComparedRuns, FlowView},
    ui::{Button, ButtonKind, ButtonState, Each, Icon},
};

use super::super::node::ShownNode;

stylance::import_crate_style!(style, "src/pages/flow/nodes/service/variants.module.css");

/// The variants of the node that a card shows.
#[component]
pub(super) fn NodeVariants() -> impl IntoView {
    let ShownNode(node) = expect_context();
    let actions = Actions::from_context();
    let saving = Saving::new(FlowContext::from_context());
    let name = node.with_untracked(|node| node.as_ref().map(|node| node.name.clone()));
    let name = Name::from(name.unwrap_or_default());
    let variants = Memo::new(move |_| node.with(|node| node.as_ref()?.variants.clone()));
    let ids = Memo::new(move |_| variants.with(|of| of.as_ref().map(|of| of.ids.clone())));
    let default = Memo::new(move |_| variants.with(|of| Some(of.as_ref()?.default_id.clone())));
    let runs = Signal::derive(move || actions.state(Action::Run));
    let all = {
        let name = name.clone();
        move |()| {
            let of = |id| variant(&name, id);
            let ids = ids.get_untracked().unwrap_or_default();
            actions.run_as(WantedRun {
                variants: ids.into_iter().map(of).collect(),
                ..WantedRun::default()
            });
        }
    };
    let of = name.clone();
    let context = FlowContext::from_context();
    let compared = {
        let name = name.clone();
        Memo::new(move |_| newest_of_all(&context.live.runs.get()?, name.as_str(), &ids.get()?))
    };
    let compare = move || {
        let view = FlowView {
            compare: Some(compared.get()?),
            ..FlowView::default()
        };
        Some(view! { <Link to=context.route(view)>"Compare all variants"</Link> })
    };
    view! {
        <div class=style::variants>
            <div class=style::head>
                <h4 class=style::title>"Variants"</h4>
                {compare}
                <Show when=move || ids.with(|ids| ids.as_ref().is_some_and(|ids| ids.len() > 1))>
                    <Button
                        kind=ButtonKind::Quiet
                        state=runs
                        label=format!("Run all variants of {name}")
                        on_press=all.clone()
                        on_refused=move |()| actions.needs_session.set(true)
                    >
                        {Icon::Play.view()}
                        "Run all variants"
                    </Button>
                </Show>
            </div>
            <ul class=style::list>
                <Each each=move || ids.get().unwrap_or_default() key=|id| id.clone() let(id)>
                    <VariantRow node=of.clone() id=id default=default saving=saving />
                </Each>
            </ul>
            <NotSaved saving=saving />
        </div>
    }
}

#[component]
fn VariantRow(
    /// The node.
    node: Name,
    /// The variant.
    id: String,
    /// The default one.
    default: Memo<Option<String>>,
    saving: Saving,
) -> impl IntoView {
    let context = FlowContext::from_context();
    let own = id.clone();
    let is_default = Memo::new(move |_| default.with(|id| id.as_ref() == Some(&own)));
    let shown = Name::from(id.as_str());
    let whole = WantedRun {
        variants: vec![variant(&node, id.clone())],
        ..WantedRun::default()
    };
    let alone = WantedRun {
        node: Some(node.clone().into()),
        ..whole.clone()
    };
    let compared = {
        let (node, id) = (node.clone(), id.clone());
        Memo::new(move |_| {
            let default = default.get().filter(|default| *default != id)?;
            let runs = context.live.runs.get()?;
            newest_of_both(&runs, node.as_str(), &default, &id)
        })
    };
    let compare = move || {
        let view = FlowView {
            compare: Some(compared.get()?),
            ..FlowView::default()
        };
        let route = context.route(view);
        let word = format!("Compare with {}", Name::from(default.get()?));
        Some(view! { <Link to=route>{word}</Link> })
    };
    let labels = [
        format!("Run the flow with {shown} of {node}"),
        format!("Run {node} alone with {shown}"),
        format!("Make {shown} the default of {node}"),
    ];
    let [whole_label, alone_label, default_label] = labels;
    let make_default = move |()| saving.choose(node.clone(), Place::DefaultVariant, id.clone());
    let saves = Signal::derive(move || ButtonState::busy_while(saving.is_busy.get()));
    view! {
        <li class=style::variant>
            <span class=style::id title=shown.to_string()>
                {shown.to_string()}
            </span>
            <Show when=move || is_default.get()>
                <span class=style::default>"Default"</span>
            </Show>
            <span class=style::actions>
                {compare}
                <RunVariant words="Run flow" label=whole_label wanted=whole />
                <RunVariant words="Run node" label=alone_label wanted=alone />
                <Show when=move || !is_default.get()>
                    <Button
                        kind=ButtonKind::Quiet
                        state=saves
                        label=default_label.clone()
                        on_press=make_default.clone()
                    >
                        "Make default"
                    </Button>
                </Show>
            </span>
        </li>
    }
}

#[component]
fn RunVariant(words: &'static str, label: String, wanted: WantedRun) -> impl IntoView {
    let actions = Actions::from_context();
    let state = Signal::derive(move || actions.state(Action::Run));
    view! {
        <Button
            kind=ButtonKind::Quiet
            state=state
            label=label
            on_press=move |()| actions.run_as(wanted.clone())
            on_refused=move |()| actions.needs_session.set(true)
        >
            {words}
        </Button>
    }
}

/// The newest runs of the default variant and of another, both of the flow or both of the node alone; nothing where there are none.
fn newest_of_both(
    runs: &[RunSummary],
    node: &str,
    default: &str,
    other: &str,
) -> Option<ComparedRuns> {
    let is_of = |run: &&RunSummary, id: &str| {
        let variant = run.variant.as_ref();
        variant.is_some_and(|variant| variant.node == node && variant.id == id)
    };
    let second = runs.iter().find(|run| is_of(run, other))?;
    let first = runs
        .iter()
        .find(|run| is_of(run, default) && run.node == second.node)?;
    ComparedRuns::of(vec![first.id.clone(), second.id.clone()])
}

/// The newest run of each variant, all of the flow; nothing where one has none, or there are no more than two.
fn newest_of_all(runs: &[RunSummary], node: &str, ids: &[String]) -> Option<ComparedRuns> {
    let newest = |id: &String| {
        let mut runs = runs.iter().filter(|run| run.node.is_none());
        let run = runs.find(|run| {
            let variant = run.variant.as_ref();
            variant.is_some_and(|variant| variant.node == node && variant.id == *id)
        })?;
        Some(run.id.clone())
    };
    let group = ids.iter().map(newest).collect::<Option<Vec<_>>>()?;
    (group.len() > 2).then_some(())?;
    ComparedRuns::of(group)
}

fn variant(node: &Name, id: String) -> NodeVariant {
    NodeVariant {
        node: node.as_str().to_owned(),
        id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::ids::RunId;
    use serde_json::json;

    #[test]
    fn the_newest_runs_of_the_same_kind_are_compared() {
        let run = |id: &str, variant: Option<&str>, node: Option<&str>| -> RunSummary {
            let variant = variant.map(|id| json!({"node": "ask", "id": id}));
            let run = json!({"id": id, "number": 1, "state": "completed", "started": 1, "variant": variant, "node": node});
            serde_json::from_value(run).unwrap()
        };
        let runs = [
            run("f", None, None),
            run("e", Some("a"), Some("ask")),
            run("d", Some("b"), None),
            run("c", Some("a"), None),
            run("b", Some("b"), None),
        ];
        let both = newest_of_both(&runs, "ask", "a", "b").unwrap();
        assert_eq!((both.first.as_str(), both.second.as_str()), ("c", "d"));
        assert!(newest_of_both(&runs[..3], "ask", "a", "b").is_none());
        let ids = ["a", "b", "x"].map(str::to_owned);
        assert_eq!(newest_of_all(&runs, "ask", &ids), None, "x has no run");
        assert_eq!(
            newest_of_all(&runs, "ask", &ids[..2]),
            None,
            "these two are a pair"
        );
        let more = [&[run("g", Some("x"), None)], &runs[..]].concat();
        let group = newest_of_all(&more, "ask", &ids).unwrap().group;
        let group: Vec<&str> = group.iter().map(RunId::as_str).collect();
        assert_eq!(group, ["c", "d", "g"]);
        assert!(newest_of_both(&runs, "other", "a", "b").is_none());
    }
}
