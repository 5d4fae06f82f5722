//! A question, its answer, and the run that gave it.

use flowdeck_contract::{
    Exact,
    conversations::Turn,
    ids::{FlowId, RunId},
    runs::RunState,
    shown::Name,
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{
    answer::{Said, Why, said, tokens, why_not, with_run},
    edit::Edit,
    question::parts_of,
    style,
    talk::Talk,
};
use crate::{
    nav::Link,
    pages::{
        flow::{error_view::RunErrorView, trace::cost},
        parts::{Markdown, RunValue, StateWord},
    },
    routes::{CallPath, FlowView},
    ui::{Button, ButtonKind, ButtonState, CopyButton, Elapsed, Fold},
};

/// A turn in its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// How many turns come before it.
    pub(super) at: usize,
    pub(super) turn: Turn,
}

#[component]
pub(super) fn TurnView(place: Place) -> impl IntoView {
    let talk = Talk::from_context();
    let details = talk.context.live.details;
    load_run(talk, place.turn.clone());
    let kept = place.turn.clone();
    let turn = Memo::new(move |_| {
        details.with(|details| with_run(&kept, details.get(&kept.run).map(AsRef::as_ref)))
    });
    let is_coming = Memo::new(move |_| turn.with(|turn| !turn.state.is_over()));
    let run = place.turn.run.clone();
    let is_edited = Memo::new(move |_| talk.edited.with(|edited| edited.as_ref() == Some(&run)));
    let place = StoredValue::new(place);
    let question = move || match is_edited.get() {
        true => view! { <Edit place=place.get_value() /> }.into_any(),
        false => place.with_value(|place| {
            let of = (talk.context.flow(), place.turn.run.clone());
            said_by_person(&place.turn.question, of)
        }),
    };
    view! {
        <article class=style::turn aria-busy=move || is_coming.get().then_some("true")>
            <div class=style::question>
                <h3 class="visually-hidden">"You"</h3>
                {question}
            </div>
            <div class=style::answer>
                <h3 class="visually-hidden">"Answer"</h3>
                <Answer turn=turn />
                <WhyNot turn=turn />
            </div>
            <Facts turn=turn />
            <Show when=move || !is_coming.get() && !is_edited.get()>
                <Steps place=place turn=turn />
            </Show>
        </article>
    }
}

/// What is known of the run of an answer that comes, where the page doesn't have it.
fn load_run(talk: Talk, turn: Turn) {
    if turn.state.is_over() {
        return;
    }
    let context = talk.context;
    let id = turn.run.clone();
    let is_missing = Memo::new(move |_| {
        context
            .live
            .details
            .with(|details| !details.contains_key(&id))
    });
    Effect::new(move |_| {
        if !is_missing.get() {
            return;
        }
        let run = turn.run.clone();
        spawn_local_scoped_with_cancellation(async move {
            // Without it the answer shows when it's complete.
            if let Ok(run) = context.api.run(&context.flow(), &run).await {
                context.live.put_answer(run);
            }
        });
    });
}

fn said_by_person(question: &Exact, of: (FlowId, RunId)) -> AnyView {
    match parts_of(question) {
        Some((text, pictures)) if pictures.is_empty() => {
            view! { <p class=style::asked>{text}</p> }.into_any()
        }
        _ => view! { <RunValue value=question.clone() what="question" of=of /> }.into_any(),
    }
}

#[component]
fn Answer(turn: Memo<Turn>) -> impl IntoView {
    let answer = Memo::new(move |_| turn.with(said));
    let flow = Talk::from_context().context.flow();
    let of = (flow, turn.with_untracked(|turn| turn.run.clone()));
    let is_coming = Memo::new(move |_| turn.with(|turn| !turn.state.is_over()));
    move || match answer.get() {
        Said::Text(text) => view! { <Markdown text=text /> }.into_any(),
        Said::Value(value) => {
            view! { <RunValue value=value what="answer" of=of.clone() /> }.into_any()
        }
        Said::Nothing(nodes) if is_coming.get() => {
            let nodes: Vec<String> = nodes
                .into_iter()
                .map(|node| Name::from(node).to_string())
                .collect();
            let words = match nodes.is_empty() {
                true => "Waiting for the answer…".to_owned(),
                false => format!("Running {}…", nodes.join(", ")),
            };
            view! { <p class=style::muted>{words}</p> }.into_any()
        }
        Said::Nothing(_) => ().into_any(),
    }
}

#[component]
fn WhyNot(turn: Memo<Turn>) -> impl IntoView {
    let why = Memo::new(move |_| turn.with(why_not));
    move || match why.get()? {
        Why::Stopped => {
            Some(view! { <p class=style::muted>"This answer was stopped."</p> }.into_any())
        }
        Why::Unknown => Some(view! { <p class=style::muted>"This answer failed."</p> }.into_any()),
        Why::Error(error) => Some(view! { <RunErrorView error=error /> }.into_any()),
    }
}

/// The run of a turn: its state, time, tokens and nodes.
#[component]
fn Facts(turn: Memo<Turn>) -> impl IntoView {
    let Talk {
        context, prices, ..
    } = Talk::from_context();
    let state = Memo::new(move |_| turn.with(|turn| turn.state));
    let times = Memo::new(move |_| turn.with(|turn| (turn.started.0, turn.ended.map(|at| at.0))));
    let used = Memo::new(move |_| turn.with(|turn| turn.tokens.map(tokens)));
    let run = turn.with_untracked(|turn| turn.run.clone());
    let number = turn.with_untracked(|turn| turn.number);
    let cost = {
        let run = run.clone();
        // As far as the run is here: its timeline has it otherwise.
        Memo::new(move |_| {
            let details = context.live.details;
            let run = details.with(|details| details.get(&run).cloned())?;
            let prices = prices.state();
            prices.with(|now| cost::shown_of_run(now, &run))
        })
    };
    let is_kept = {
        let run = run.clone();
        Memo::new(move |_| {
            let runs = context.live.runs;
            runs.with(|runs| runs.iter().flatten().any(|known| known.id == run))
        })
    };
    let link = move |timeline: Option<CallPath>| {
        context.route(FlowView {
            run: Some(run.clone()),
            timeline,
            ..FlowView::default()
        })
    };
    let (to_run, to_timeline) = (link(None), link(Some(CallPath::default())));
    view! {
        <div class=style::facts>
            {move || view! { <StateWord state=state.get() /> }}
            {move || {
                let (from, until) = times.get();
                view! { <Elapsed from=from until=until /> }
            }}
            {move || used.get().map(|used| view! { <span>{used}</span> })}
            {move || cost.get().map(|cost| view! { <span>"Cost: " {cost}</span> })}
            {move || match is_kept.get() {
                true => view! {
                    <Link to=to_run.clone()>{format!("Run {number}")}</Link>
                    <Link to=to_timeline.clone()>
                        "Timeline" <span class="visually-hidden">{format!(" of run {number}")}</span>
                    </Link>
                }
                .into_any(),
                false => format!("Run {number}").into_any(),
            }}
        </div>
        <Fold summary="Nodes">
            <Nodes turn=turn />
        </Fold>
    }
}

#[component]
fn Nodes(turn: Memo<Turn>) -> impl IntoView {
    let nodes = Memo::new(move |_| turn.with(|turn| turn.nodes.clone()));
    move || {
        let nodes = nodes.get();
        if nodes.is_empty() {
            return view! { <p class=style::muted>"No node has run yet."</p> }.into_any();
        }
        let rows = nodes.into_iter().map(|node| {
            let time = node
                .duration_ms
                .and_then(|millis| i64::try_from(millis).ok())
                .map(|millis| view! { <Elapsed from=0 until=Some(millis) /> });
            view! {
                <li class=style::facts>
                    <span>{Name::from(node.name).to_string()}</span>
                    <StateWord state=node.state />
                    {time}
                </li>
            }
        });
        view! { <ul>{rows.collect_view()}</ul> }.into_any()
    }
}

/// What can be done with a turn that has ended.
#[component]
fn Steps(place: StoredValue<Place>, turn: Memo<Turn>) -> impl IntoView {
    let talk = Talk::from_context();
    let at = place.with_value(|place| place.at);
    let is_last = Memo::new(move |_| talk.turns_after(at) == 0);
    let text = turn.with_untracked(|turn| match said(turn) {
        Said::Text(text) => Some(text),
        Said::Value(_) | Said::Nothing(_) => None,
    });
    let copy = text.map(|text| view! { <CopyButton text=Signal::stored(text) what="answer" /> });
    let is_whole = Memo::new(move |_| turn.with(|turn| turn.state == RunState::Completed));
    let state = Signal::derive(move || match talk.is_asking.get() {
        true => ButtonState::Busy,
        false => ButtonState::unless(
            talk.coming
                .with(Option::is_some)
                .then_some("Wait for the answer, or stop it."),
        ),
    });
    let retry = move |()| {
        let question = place.with_value(|place| place.turn.question.clone());
        talk.ask(question, Some(at), || {});
    };
    let edit = move |()| {
        let run = place.with_value(|place| place.turn.run.clone());
        talk.edited.set(Some(run));
    };
    view! {
        <div class=style::steps>
            {copy}
            <Button kind=ButtonKind::Quiet state=state on_press=edit>
                "Edit question"
            </Button>
            <Show when=move || is_last.get() && !is_whole.get()>
                <Button state=state on_press=retry>
                    "Retry"
                </Button>
            </Show>
        </div>
    }
}
