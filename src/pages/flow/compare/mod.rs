//! Two runs of the flow beside each other: what they were given, what they gave, and what it took.

mod differ;
mod files;
mod group;
mod side;

use std::sync::Arc;

use flowdeck_contract::{ids::RunId, prices::Prices, runs::RunDetail};
use leptos::prelude::*;

use self::{
    differ::{Fact, Text, Texts},
    files::FilesCompared,
    group::Group,
    side::Side,
};
use super::{FlowContext, section::Section, selection::run_name};
use crate::{
    api::Remote,
    nav::{Link, Step},
    pages::parts::{Comparison, Failure},
    routes::{ComparedRuns, FlowView},
    ui::{Skeleton, unique_id},
};

stylance::import_crate_style!(pub(crate) style, "src/pages/flow/compare/compare.module.css");

/// The two runs that the address names.
#[component]
pub(crate) fn RunComparison() -> impl IntoView {
    let context = FlowContext::from_context();
    let (first, second) = (
        Side::new(context, |runs| &runs.first),
        Side::new(context, |runs| &runs.second),
    );
    let prices = Remote::new(move || async move { context.api.prices().await });
    let form = context.route(FlowView::default());
    let grouped = Memo::new(move |_| {
        context
            .view
            .with(|view| view.compare.as_ref().map(|runs| runs.group.clone()))
    });
    let group = move || {
        let ids = grouped.get().filter(|ids| !ids.is_empty())?;
        Some(view! { <Group ids=ids prices=prices /> })
    };
    let content = move || match (first.run.get(), second.run.get()) {
        (Some(one), Some(two)) => {
            view! { <Compared one=one two=two sides=(first, second) prices=prices /> }.into_any()
        }
        _ => match first
            .failure
            .get()
            .zip(Some(first))
            .or(second.failure.get().zip(Some(second)))
        {
            Some((error, side)) => view! {
                <Failure
                    title="Couldn’t load the run"
                    error=error
                    on_retry=move |()| side.retry.notify()
                />
            }
            .into_any(),
            None => view! { <Skeleton lines=8 label="Loading the runs" /> }.into_any(),
        },
    };
    view! {
        <div class=style::comparison>
            {group}
            <Section
                title="Compare runs"
                actions=move || view! { <Link to=form.clone()>"Back to the flow"</Link> }
            >
                <div class=style::choices>
                    <Choice label="First run" side=first choose=|runs, id| runs.first = id />
                    <Choice label="Second run" side=second choose=|runs, id| runs.second = id />
                </div>
            </Section>
            {content}
        </div>
    }
}

/// Which run is on one of the sides.
#[component]
fn Choice(label: &'static str, side: Side, choose: fn(&mut ComparedRuns, RunId)) -> impl IntoView {
    let context = FlowContext::from_context();
    let id = unique_id("run");
    let options = move || {
        let mut runs = context.live.runs.get().unwrap_or_default();
        // One that the list has lost meanwhile is still shown.
        if let Some(run) = side.run.get()
            && runs.iter().all(|known| known.id != run.summary.id)
        {
            runs.push(run.summary.clone());
        }
        let options = runs.into_iter().map(|run| {
            let name = run_name(&run);
            let (value, own) = (run.id.to_string(), run.id);
            let is_chosen = move || side.id.with(|id| id.as_ref() == Some(&own));
            view! {
                <option value=value prop:selected=is_chosen>
                    {name}
                </option>
            }
        });
        options.collect_view()
    };
    let change = move |event| {
        let view = context.view.get_untracked();
        let chosen = RunId::try_from(event_target_value(&event));
        if let (Some(mut compare), Ok(chosen)) = (view.compare.clone(), chosen) {
            choose(&mut compare, chosen);
            let compare = Some(compare);
            context.show(FlowView { compare, ..view }, Step::Replace);
        }
    };
    view! {
        <div class=style::choice>
            <label for=id.clone()>{label}</label>
            <select id=id on:change=change>
                {options}
            </select>
        </div>
    }
}

#[component]
fn Compared(
    one: Arc<RunDetail>,
    two: Arc<RunDetail>,
    sides: (Side, Side),
    prices: Remote<Prices>,
) -> impl IntoView {
    let names = [run_name(&one.summary), run_name(&two.summary)];
    let empty = flowdeck_contract::Values::default();
    let outputs = differ::values(
        one.outputs.as_ref().unwrap_or(&empty),
        two.outputs.as_ref().unwrap_or(&empty),
    );
    let inputs = differ::values(&one.inputs, &two.inputs);
    let variables = differ::texts(&one.variables, &two.variables);
    let variables = (!variables.is_empty()).then(|| {
        view! {
            <Texts title="Environment variables set for the runs" texts=variables none="" names=names.clone() />
        }
    });
    let facts = differ::facts(&one, &two);
    let totals = {
        let names = names.clone();
        let (one, two) = (Arc::clone(&one), Arc::clone(&two));
        move || {
            let cost = prices
                .state()
                .with(|prices| differ::cost(prices, &one, &two));
            let facts = facts.iter().cloned().chain(cost).collect::<Vec<Fact>>();
            view! { <Facts what="Fact" facts=facts names=names.clone() /> }
        }
    };
    let nodes = view! { <Facts what="Node" facts=differ::nodes(&one, &two) names=names.clone() /> };
    view! {
        <Section title="Totals" actions=|| ()>
            {totals}
        </Section>
        <Texts title="Inputs" texts=inputs none="Neither run had inputs." names=names.clone() />
        {variables}
        <Texts title="Outputs" texts=outputs none="Neither run has outputs." names=names.clone() />
        <Section title="Nodes" actions=|| ()>
            {nodes}
        </Section>
        <FilesCompared first=sides.0 second=sides.1 names=names />
    }
}

/// Facts of both runs in a table; what differs is said in words.
#[component]
fn Facts(what: &'static str, facts: Vec<Fact>, names: [String; 2]) -> impl IntoView {
    let [first, second] = names;
    let rows = facts.into_iter().map(|fact| {
        view! {
            <tr>
                <th scope="row">{fact.name}</th>
                <td>{fact.first}</td>
                <td>{fact.second}</td>
                <td class=style::difference>{fact.difference}</td>
            </tr>
        }
    });
    view! {
        // A region that scrolls has to be reachable by keyboard.
        <div class=style::scroll role="region" aria-label=format!("{what}s of both runs") tabindex="0">
            <table class=style::table>
                <thead>
                    <tr>
                        <th scope="col">{what}</th>
                        <th scope="col">{first}</th>
                        <th scope="col">{second}</th>
                        <th scope="col">"Difference"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Texts by name: those that differ line by line, the others by their names.
#[component]
fn Texts(
    title: &'static str,
    texts: Texts,
    none: &'static str,
    names: [String; 2],
) -> impl IntoView {
    let is_empty = texts.is_empty();
    let same: Vec<String> = texts
        .iter()
        .filter(|(_, text)| *text == Text::Same)
        .map(|(name, _)| name.clone())
        .collect();
    let differing = texts.into_iter().filter_map(|(name, text)| {
        let (old, new, note) = match text {
            Text::Same => return None,
            Text::Both(old, new) => (old, new, None),
            Text::First(old) => (old, String::new(), Some(format!("Only in {}.", names[0]))),
            Text::Second(new) => (String::new(), new, Some(format!("Only in {}.", names[1]))),
        };
        let [old_name, new_name] = names.clone();
        let label = format!("Differences of {name}");
        Some(view! {
            <div class=style::text>
                <h3>{name} " differs"</h3>
                {note.map(|note| view! { <p class=style::muted>{note}</p> })}
                <Comparison label=label old=old old_name=old_name new=new new_name=new_name />
            </div>
        })
    });
    let differing: Vec<_> = differing.collect();
    view! {
        <Section title=title actions=|| ()>
            {is_empty.then(|| view! { <p class=style::muted>{none}</p> })}
            {differing}
            {(!same.is_empty()).then(|| {
                view! { <p class=style::muted>"Same in both runs: " {same.join(", ")} "."</p> }
            })}
        </Section>
    }
}
