//! Runs that were asked for together, all beside each other, as they come.

use std::sync::Arc;

use flowdeck_contract::{Exact, Values, ids::RunId, prices::Prices, runs::RunDetail};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{
    differ::{lasted, time_word, token_word},
    side::fetch,
    style,
};
use crate::{
    api::{ApiError, Remote},
    nav::Link,
    pages::{
        flow::{FlowContext, section::Section, selection::run_name, trace::cost},
        parts::{Failure, Tint},
    },
    routes::FlowView,
    ui::JsonText,
};

/// A table with a column for each run.
#[component]
pub(super) fn Group(ids: Vec<RunId>, prices: Remote<Prices>) -> impl IntoView {
    let context = FlowContext::from_context();
    let failure = RwSignal::new(None::<ApiError>);
    let retry = Trigger::new();
    let wanted = StoredValue::new(ids);
    Effect::new(move |_| {
        retry.track();
        failure.set(None);
        spawn_local_scoped_with_cancellation(async move {
            for id in wanted.get_value() {
                if let Err(error) = fetch(context, &id).await {
                    return failure.set(Some(error));
                }
            }
        });
    });
    let runs = Memo::new(move |_| {
        let details = context.live.details;
        details.with(|details| {
            let ids = wanted.get_value().into_iter();
            ids.filter_map(|id| details.get(&id).cloned())
                .collect::<Vec<Arc<RunDetail>>>()
        })
    });
    let failed = move || {
        let error = failure.get()?;
        Some(view! {
            <Failure
                title="Couldn’t load a run"
                error=error
                on_retry=move |()| retry.notify()
            />
        })
    };
    view! {
        <Section title="Runs side by side" actions=|| ()>
            {failed}
            {move || runs.with(|runs| table(context, runs, prices))}
        </Section>
    }
}

fn table(context: FlowContext, runs: &[Arc<RunDetail>], prices: Remote<Prices>) -> AnyView {
    let heads = runs.iter().map(|run| {
        let view = FlowView {
            run: Some(run.summary.id.clone()),
            ..FlowView::default()
        };
        let name = run_name(&run.summary);
        view! {
            <th scope="col">
                <Link to=context.route(view)>{name}</Link>
            </th>
        }
    });
    let facts = facts(runs).into_iter().map(|(name, words)| {
        let cells = words.into_iter().map(|words| view! { <td>{words}</td> });
        row(name.to_owned(), cells.collect_view().into_any())
    });
    let costs = {
        let runs = runs.to_vec();
        move || {
            let costs: Vec<Option<String>> = prices.state().with(|prices| {
                runs.iter()
                    .map(|run| cost::shown_of_run(prices, run))
                    .collect()
            });
            costs.iter().any(Option::is_some).then(|| {
                let cells = costs.into_iter().map(|cost| view! { <td>{cost}</td> });
                row("Cost".to_owned(), cells.collect_view().into_any())
            })
        }
    };
    let outputs = outputs(runs).into_iter().map(|(name, values)| {
        let what = name.clone();
        let cells = values.into_iter().map(move |value| {
            let shown = value.map(|value| view! { <JsonText value=value what=what.clone() /> });
            view! { <td>{shown}</td> }
        });
        row(name, cells.collect_view().into_any())
    });
    view! {
        // A region that scrolls has to be reachable by keyboard.
        <div class=style::scroll role="region" aria-label="Runs side by side, a column for each" tabindex="0">
            <table class=style::table>
                <thead>
                    <tr>
                        <th scope="col">"Fact"</th>
                        {heads.collect_view()}
                    </tr>
                </thead>
                <tbody>
                    {facts.collect_view()} {costs} {outputs.collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(name: String, cells: AnyView) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">{name}</th>
            {cells}
        </tr>
    }
}

/// What the runs took and how they ended, by name, with a word for each run.
fn facts(runs: &[Arc<RunDetail>]) -> Vec<(&'static str, Vec<String>)> {
    let of = |word: fn(&RunDetail) -> String| runs.iter().map(|run| word(run)).collect::<Vec<_>>();
    let mut facts = vec![
        (
            "State",
            of(|run| Tint::from(run.summary.state).word.to_owned()),
        ),
        (
            "Duration",
            of(|run| match run.summary.ended {
                Some(_) => time_word(lasted(run)),
                None => String::new(),
            }),
        ),
        (
            "Tokens",
            of(|run| match run.summary.ended {
                Some(_) => token_word(run.tokens),
                None => String::new(),
            }),
        ),
    ];
    let error = |run: &RunDetail| {
        let error = run.error.as_ref();
        error.map(|error| error.message.clone()).unwrap_or_default()
    };
    let errors = of(error);
    if errors.iter().any(|error| !error.is_empty()) {
        facts.push(("Error", errors));
    }
    facts
}

/// The outputs by name, each run's value where it has one: those of the flow, or that of the node that ran alone.
fn outputs(runs: &[Arc<RunDetail>]) -> Vec<(String, Vec<Option<Exact>>)> {
    let of = |run: &RunDetail| -> Vec<(String, Exact)> {
        if run.summary.node.is_some() {
            let nodes = run.nodes.iter();
            return nodes
                .filter_map(|node| Some((node.name.clone(), node.output.clone()?)))
                .collect();
        }
        let outputs = run.outputs.iter().flat_map(Values::iter);
        outputs
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect()
    };
    let each: Vec<Vec<(String, Exact)>> = runs.iter().map(|run| of(run)).collect();
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in each.iter().flatten() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let find = |values: &[(String, Exact)], name: &String| {
        let mut values = values.iter();
        values
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    names
        .into_iter()
        .map(|name| {
            let values = each.iter().map(|values| find(values, name));
            (name.clone(), values.collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(id: &str, rest: serde_json::Value) -> Arc<RunDetail> {
        let mut run = json!({
            "summary": {"id": id, "number": 1, "state": "running", "started": 1}, "sessionId": "s", "inputs": {}, "nodes": [],
        });
        for (name, value) in rest.as_object().unwrap() {
            run[name] = value.clone();
        }
        Arc::new(serde_json::from_value(run).unwrap())
    }

    #[test]
    fn each_run_has_its_column_whatever_the_others_have() {
        let summary =
            json!({"id": "b", "number": 2, "state": "failed", "started": 1, "ended": 1501});
        let error = json!({"code": "X", "message": "no"});
        let runs = [
            run("a", json!({"outputs": {"said": "one", "more": 1}})),
            run("b", json!({"summary": summary, "error": error})),
            run("c", json!({"outputs": {"said": "three"}})),
        ];
        let facts = facts(&runs);
        let words = |name: &str| &facts.iter().find(|fact| fact.0 == name).unwrap().1;
        assert_eq!(words("State"), &["Running", "Failed", "Running"]);
        assert_eq!(words("Duration"), &["", "1.5 s", ""]);
        assert_eq!(words("Error"), &["", "no", ""]);
        let outputs = outputs(&runs);
        let text = |text: &str| Some(Exact::text(text));
        assert_eq!(
            outputs[0],
            ("said".to_owned(), vec![text("one"), None, text("three")])
        );
        assert_eq!(outputs[1].1[1..], [None, None]);
    }

    #[test]
    fn a_node_alone_has_its_own_output() {
        let summary =
            json!({"id": "a", "number": 1, "state": "completed", "started": 1, "node": "ask"});
        let node = json!({"name": "ask", "state": "completed", "output": "yes"});
        let runs = [run("a", json!({"summary": summary, "nodes": [node]}))];
        let expected = ("ask".to_owned(), vec![Some(Exact::text("yes"))]);
        assert_eq!(outputs(&runs), [expected]);
    }
}
