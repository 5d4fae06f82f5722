//! What is known of one row: of a node its times and errors, of a call of a model its messages, answer and settings.

use std::sync::Arc;

use flowdeck_contract::{Exact, Millis, prices::Prices};
use leptos::prelude::*;

use super::{
    bars::Span,
    cost,
    grid::duration,
    model_call::{MOST_MESSAGES, Message, ModelCall},
    tree::{Row, Subject, Tree},
    waits::Wait,
};
use crate::{
    api::Remote,
    nav::Link,
    pages::flow::FlowContext,
    routes::{CallPath, FlowView},
    ui::{Button, ButtonKind, Fold, JsonText, Notice, NoticeKind, time},
};

stylance::import_crate_style!(style, "src/pages/flow/trace/details.module.css");

/// The details of a row; nothing where there is no such row.
#[component]
pub(super) fn Details(
    tree: Arc<Tree>,
    path: CallPath,
    prices: Remote<Prices>,
    waits: Signal<Vec<Wait>>,
    on_close: Callback<()>,
) -> impl IntoView {
    let row = tree.row(&path)?.clone();
    let subject = tree.subject(&path)?;
    let (error, inputs, output, call, log) = match subject {
        Subject::Node(node) => {
            let error = node.error.as_ref().map(|error| error.message.clone());
            (
                error,
                node.inputs.clone(),
                node.output.clone(),
                None,
                node.log.clone(),
            )
        }
        Subject::Call(call) => (
            call.error.clone(),
            call.inputs.clone(),
            call.output.clone(),
            ModelCall::read(call),
            None,
        ),
    };
    let playground = call.as_ref().filter(|call| call.is_asked).map(|_| {
        FlowContext::from_context().route(FlowView {
            run: Some(tree.run_id().clone()),
            playground: Some(path.clone()),
            ..FlowView::default()
        })
    });
    let (of_cost, whole) = (Arc::clone(&tree), tree.whole);
    let cost = Memo::new(move |_| {
        let subject = of_cost.subject(&path)?;
        let prices = prices.state();
        prices.with(|now| {
            cost::shown(&of_cost.prices(now), |prices| match subject {
                Subject::Node(node) => cost::of_node(prices, node),
                Subject::Call(call) => cost::of_call(prices, call),
            })
        })
    });
    let title = format!("Details of {}", row.name);
    let heading = row.name.clone();
    let left_out = row.left_out;
    let waited = (row.level == 1).then(|| view! { <Waits waits=waits /> });
    let log = log
        .filter(|log| !log.is_empty())
        .map(|log| Exact::text(&log));
    Some(view! {
        <section aria-label=title class=style::details>
            <div class=style::head>
                <h4>{heading.clone()}</h4>
                <Button kind=ButtonKind::Quiet on_press=on_close label=format!("Close the details of {heading}")>
                    "Close"
                </Button>
            </div>
            {error.map(|error| view! { <Notice kind=NoticeKind::Error title=error /> })}
            <Facts row=row whole=whole call=call.clone() cost=cost />
            {waited}
            {(left_out > 0).then(|| view! {
                <p class=style::muted>
                    {format!("{left_out} more calls within this one aren’t kept. Their tokens are counted.")}
                </p>
            })}
            {playground.map(|to| view! { <p><Link to=to>"Open in playground"</Link></p> })}
            {call.map(|call| view! { <Messages call=call /> })}
            {whole_value("Input", inputs)}
            {whole_value("Output", output)}
            {whole_value("Log", log)}
        </section>
    })
}

/// A value, folded away until it's wanted.
fn whole_value(title: &'static str, value: Option<Exact>) -> Option<impl IntoView> {
    let value = StoredValue::new(value?);
    Some(view! {
        <Fold summary=title>
            {move || view! { <JsonText value=value.get_value() what=title /> }}
        </Fold>
    })
}

#[component]
fn Facts(
    row: Row,
    whole: Span,
    call: Option<ModelCall>,
    cost: Memo<Option<String>>,
) -> impl IntoView {
    let fact = |name: String, value: AnyView| {
        view! {
            <div class=style::fact>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let began = match (
        row.span.ends(Millis(i64::MAX)),
        whole.ends(Millis(i64::MAX)),
    ) {
        (Some((start, _)), Some((from, _))) => Some(fact(
            "Started after".to_owned(),
            time::duration(start.since(from)).into_any(),
        )),
        _ => None,
    };
    let tokens = row.tokens.map(|tokens| {
        let parts = tokens.parts().into_iter();
        parts
            .map(|(name, value)| fact(name.to_owned(), value.into_any()))
            .collect_view()
    });
    let of_model = call.map(|call| {
        let model = call.model.unwrap_or_else(|| "unknown".to_owned());
        let finish = call
            .finish
            .map(|finish| fact("Finish reason".to_owned(), finish.into_any()));
        let parameters = call.parameters.into_iter();
        view! {
            {fact("Model".to_owned(), model.into_any())}
            {finish}
            {parameters.map(|(name, value)| fact(name, value.into_any())).collect_view()}
        }
    });
    view! {
        <dl class=style::facts>
            {fact("Duration".to_owned(), duration(row.duration))} {began} {tokens}
            {move || cost.get().map(|cost| fact("Cost".to_owned(), cost.into_any()))} {of_model}
        </dl>
    }
}

/// How often a node asked again, and why.
#[component]
fn Waits(waits: Signal<Vec<Wait>>) -> impl IntoView {
    move || {
        let waits = waits.get();
        (!waits.is_empty()).then(|| {
            let items = waits
                .iter()
                .map(|wait| view! { <li>{wait.words()}</li> })
                .collect_view();
            view! {
                <h5>"Retries"</h5>
                <ol class=style::waits aria-label="Retries">
                    {items}
                </ol>
            }
        })
    }
}

#[component]
fn Messages(call: ModelCall) -> impl IntoView {
    let ModelCall {
        messages, answers, ..
    } = call;
    let hidden = messages.len().saturating_sub(MOST_MESSAGES);
    let half = MOST_MESSAGES / 2;
    let shown: Vec<Message> = match hidden {
        0 => messages,
        _ => {
            let last = messages.len() - half;
            messages
                .iter()
                .enumerate()
                .filter(|(at, _)| *at < half || *at >= last)
                .map(|(_, message)| message.clone())
                .collect()
        }
    };
    view! {
        {list("Messages", shown)}
        {(hidden > 0).then(|| view! {
            <p class=style::muted>{format!("{hidden} messages in the middle aren’t shown. The input has them all.")}</p>
        })}
        {list("Answer", answers)}
    }
}

fn list(title: &'static str, messages: Vec<Message>) -> Option<impl IntoView> {
    (!messages.is_empty()).then(|| {
        let items = messages.into_iter().map(|message| {
            let what = format!("{} message", message.role);
            let parts = message.parts.into_iter();
            let parts = parts
                .map(|part| view! { <JsonText value=part what=what.clone() /> })
                .collect_view();
            view! {
                <li class=style::message>
                    <span class=style::role>{message.role}</span>
                    {parts}
                </li>
            }
        });
        view! {
            <h5>{title}</h5>
            <ol class=style::messages aria-label=title>
                {items.collect_view()}
            </ol>
        }
    })
}
