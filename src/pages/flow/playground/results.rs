//! What came of a try, beside what was recorded.

use flowdeck_contract::runs::{RunError, TraceCall};
use leptos::prelude::*;

use super::{
    answer::{self, Facts},
    bench::{Bench, Try, TryState},
    own,
};
use crate::{
    pages::{flow::compare::style, parts::Comparison},
    ui::{Button, JsonText, Notice, NoticeKind, unique_id},
};

const RECORDED: &str = "Recorded";

/// The recorded answer, and the one of the try that is chosen.
#[component]
pub(super) fn Results() -> impl IntoView {
    let bench = Bench::from_context();
    let shown = Memo::new(move |_| bench.shown_try());
    view! {
        <ChooseTry />
        <div class=own::sides>
            <section aria-label="Recorded answer">
                <h3>"Recorded answer"</h3>
                {bench.recorded.with_value(|recorded| of_call(&recorded.call, "The recorded call failed"))}
            </section>
            {move || shown.get().map(|one| view! { <TryView one=one /> })}
        </div>
        {move || facts(bench, shown.get())}
        {move || differences(bench, &shown.get()?)}
    }
}

/// Which try is beside the recorded answer.
#[component]
fn ChooseTry() -> impl IntoView {
    let bench = Bench::from_context();
    let id = StoredValue::new(unique_id("try"));
    let numbers = Memo::new(move |_| {
        bench
            .tries
            .with(|tries| tries.iter().map(|one| one.number).collect::<Vec<usize>>())
    });
    let options = move || {
        let shown = bench.shown.get();
        let numbers = numbers.get().into_iter();
        numbers
            .map(|number| {
                view! {
                    <option value=number.to_string() selected=number == shown>
                        {format!("Try {number}")}
                    </option>
                }
            })
            .collect_view()
    };
    let change = move |event| {
        if let Ok(number) = event_target_value(&event).parse() {
            bench.shown.set(number);
        }
    };
    let take_up = move |()| bench.take_up(bench.shown.get_untracked());
    view! {
        <Show when=move || numbers.with(|numbers| !numbers.is_empty())>
            <div class=style::choices>
                <div class=style::choice>
                    <label for=id.get_value()>"Compare with"</label>
                    <select id=id.get_value() on:change=change>
                        {options}
                    </select>
                </div>
                <Button on_press=take_up>"Use this try’s values"</Button>
            </div>
        </Show>
    }
}

#[component]
fn TryView(one: Try) -> impl IntoView {
    let title = format!("Try {}", one.number);
    let heading = title.clone();
    let content = match &one.state {
        TryState::Ended(call) => of_call(call, "The service refused the call"),
        TryState::Failed(error) => failed(error),
        TryState::Running => {
            let waits = one.waits().map(|wait| format!("No answer yet: {wait}."));
            so_far(
                &one.text,
                waits.unwrap_or_else(|| "The answer is coming.".to_owned()),
            )
        }
        TryState::Stopped => so_far(&one.text, "You stopped this call.".to_owned()),
        TryState::Lost => so_far(
            &one.text,
            "The connection to the server was lost before the end. Run the call again.".to_owned(),
        ),
    };
    let is_busy = (one.state == TryState::Running).then_some("true");
    view! {
        <section aria-label=title aria-busy=is_busy>
            <h3>{heading}</h3>
            {content}
        </section>
    }
}

fn so_far(text: &str, words: String) -> AnyView {
    let value = flowdeck_contract::Exact::text(text);
    let is_any = !text.is_empty();
    view! {
        {is_any.then(|| view! { <JsonText value=value what="Answer" /> })}
        <p class=style::muted>{words}</p>
    }
    .into_any()
}

fn failed(error: &RunError) -> AnyView {
    let RunError {
        message, remedy, ..
    } = error.clone();
    view! {
        <Notice kind=NoticeKind::Error title="The session couldn’t make the call">
            <p>{message}</p>
            {remedy.map(|remedy| view! { <p>{remedy}</p> })}
        </Notice>
    }
    .into_any()
}

/// What a call answered; what the service said where it failed.
fn of_call(call: &TraceCall, title: &'static str) -> AnyView {
    let text = answer::text(call);
    let is_any = !text.is_empty() || call.error.is_none();
    let value = flowdeck_contract::Exact::text(&text);
    let error = call.error.clone();
    view! {
        {error.map(|error| view! {
            <Notice kind=NoticeKind::Error title=title>
                <p>{error}</p>
            </Notice>
        })}
        {is_any.then(|| view! { <JsonText value=value what="Answer" /> })}
    }
    .into_any()
}

/// What both took.
fn facts(bench: Bench, shown: Option<Try>) -> impl IntoView {
    let prices = bench.prices.state();
    let of = |call: &TraceCall| prices.with(|prices| Facts::of(call, prices));
    let recorded = bench.recorded.with_value(|recorded| of(&recorded.call));
    let name = shown.as_ref().map(|one| format!("Try {}", one.number));
    let of_try = shown.and_then(|one| match one.state {
        TryState::Ended(call) => Some(of(&call)),
        _ => None,
    });
    let is_any = name.is_some();
    let rows = recorded.beside(of_try.as_ref()).into_iter();
    let rows = rows.map(|(name, recorded, tried)| {
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{recorded}</td>
                {is_any.then(|| view! { <td>{tried}</td> })}
            </tr>
        }
    });
    view! {
        // A region that scrolls has to be reachable by keyboard.
        <div class=style::scroll role="region" aria-label="Facts of the calls" tabindex="0">
            <table class=style::table>
                <thead>
                    <tr>
                        <th scope="col">"Fact"</th>
                        <th scope="col">{RECORDED}</th>
                        {name.map(|name| view! { <th scope="col">{name}</th> })}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

/// The lines by which the answers differ.
fn differences(bench: Bench, shown: &Try) -> Option<AnyView> {
    let TryState::Ended(call) = &shown.state else {
        return None;
    };
    let (old, new) = (
        bench
            .recorded
            .with_value(|recorded| answer::text(&recorded.call)),
        answer::text(call),
    );
    let name = format!("Try {}", shown.number);
    let view = match old == new {
        true => view! { <p class=style::muted>"Both answers are the same."</p> }.into_any(),
        false => view! {
            <div class=style::text>
                <h3>"The answers differ"</h3>
                <Comparison
                    label="Differences of the answers"
                    old=old
                    old_name=RECORDED
                    new=new
                    new_name=name
                />
            </div>
        }
        .into_any(),
    };
    Some(view)
}
