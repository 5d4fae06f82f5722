//! One flow in the table, in one line.

use flowdeck_contract::{
    codes,
    flows::{FlowProblem, FlowSummary},
    runs::RunSummary,
    session::SessionState,
};
use leptos::prelude::*;

use super::{listed::Listed, managing::RowActions, table::style};
use crate::{
    nav::Link,
    pages::parts::{StateWord, TypeChip},
    routes::{FlowView, Route},
    ui::{Ago, Icon},
};

#[component]
pub(super) fn FlowRow(row: Listed) -> impl IntoView {
    let Listed { flow, folder } = row;
    let managed = flow.clone();
    let FlowSummary {
        id,
        name,
        description,
        flow_type,
        changed,
        session,
        last_run,
        problem,
        connection,
    } = flow;
    let connection = connection.map(|problem| {
        let to = Route::flow(id.clone());
        view! { <ConnectionChip problem=problem to=to /> }
    });
    let about = match problem {
        Some(problem) => Some(view! { <Problem problem=problem /> }.into_any()),
        None => description.map(|text| {
            view! { <p class=style::about title=text.clone()>{text.clone()}</p> }.into_any()
        }),
    };
    let run = last_run.map(|run| {
        let view = FlowView {
            run: Some(run.id.clone()),
            ..FlowView::default()
        };
        let to = Route::Flow {
            flow: id.clone(),
            view,
        };
        view! { <LastRun run=run to=to /> }
    });
    view! {
        <tr role="row" class=style::row>
            <th role="rowheader" scope="row" class=stylance::classes!(style::cell, style::first)>
                <div class=style::named>
                    <Link to=Route::flow(id.clone()) class=style::name title=id.to_string()>
                        {name}
                    </Link>
                    {folder.map(|folder| view! { <span class=style::folder>{folder}</span> })}
                </div>
                {connection}
                {about}
            </th>
            <td role="cell" class=stylance::classes!(style::cell, style::middle)>
                {flow_type.map(|kind| view! { <TypeChip kind=kind /> })}
            </td>
            <td role="cell" class=style::cell>
                // Only what is there shows: most flows have no session.
                {(session != SessionState::NotExist).then(|| view! { <StateWord state=session /> })}
            </td>
            <td role="cell" class=stylance::classes!(style::cell, style::middle)>{run}</td>
            <td role="cell" class=stylance::classes!(style::cell, style::wide)>
                {changed.map(|changed| view! { <Ago at=changed.0 /> })}
            </td>
            <td role="cell" class=stylance::classes!(style::cell, style::actions)>
                <RowActions flow=managed />
            </td>
        </tr>
    }
}

/// Where the newest run stands, and when it began; leads to it.
#[component]
fn LastRun(run: RunSummary, to: Route) -> impl IntoView {
    view! {
        <Link to=to class=style::run>
            <StateWord state=run.state />
            <Ago at=run.started.0 />
        </Link>
    }
}

#[component]
fn Problem(problem: FlowProblem) -> impl IntoView {
    let place = problem.line.map(|line| format!("line {line}: "));
    let text = format!("{}{}", place.unwrap_or_default(), problem.message);
    view! {
        <p class=stylance::classes!(style::about, style::problem) title=text.clone()>
            {Icon::Warning.view()} " " {text.clone()}
        </p>
    }
}

/// What the flow's connections lack; leads to the flow's page, where that is mended.
#[component]
fn ConnectionChip(problem: FlowProblem, to: Route) -> impl IntoView {
    let words = match problem.code.as_str() {
        codes::CONNECTION_WRONG_TYPE => "Wrong connection type",
        codes::CONNECTION_INCOMPLETE => "Connection incomplete",
        codes::CONNECTION_NOT_FOR_FLOW => "Connection not allowed",
        codes::CONNECTION_LOCKED => "Connection locked",
        _ => "Connection missing",
    };
    view! {
        <Link to=to class=style::chip title=problem.message>
            {Icon::Plug.view()}
            {words}
        </Link>
    }
}
