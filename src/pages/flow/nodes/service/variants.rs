//! The variants of a node: which there are, which is the default one, and runs of each.

use flowdeck_contract::{capability::Action, runs::NodeVariant, shown::Name};
use leptos::prelude::*;

use super::{NotSaved, fields::Place, saving::Saving};
use crate::{
    pages::flow::{
        FlowContext,
        actions::{Actions, WantedRun},
    },
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
    view! {
        <div class=style::variants>
            <div class=style::head>
                <h4 class=style::title>"Variants"</h4>
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
    let labels = [
        format!("Run the flow with {shown} of {node}"),
        format!("Run {node} alone with {shown}"),
        format!("Make {shown} the default of {node}"),
    ];
    let [whole_label, alone_label, default_label] = labels;
    let make_default = move |()| saving.choose(node.clone(), Place::DefaultVariant, id.clone());
    let saves = Signal::derive(move || match saving.is_busy.get() {
        true => ButtonState::Busy,
        false => ButtonState::Ready,
    });
    view! {
        <li class=style::variant>
            <span class=style::id title=shown.to_string()>
                {shown.to_string()}
            </span>
            <Show when=move || is_default.get()>
                <span class=style::default>"Default"</span>
            </Show>
            <span class=style::actions>
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

fn variant(node: &Name, id: String) -> NodeVariant {
    NodeVariant {
        node: node.as_str().to_owned(),
        id,
    }
}
