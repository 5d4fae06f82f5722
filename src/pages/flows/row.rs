//! One flow in the table.

use flowdeck_contract::{
    flows::{FlowProblem, FlowSummary},
    session::SessionState,
};
use leptos::prelude::*;

use crate::{
    nav::Link,
    pages::parts::{StateWord, table_style, type_label},
    routes::Route,
    ui::{Ago, Icon},
};

stylance::import_crate_style!(style, "src/pages/flows/row.module.css");

#[component]
pub(super) fn FlowRow(flow: FlowSummary) -> impl IntoView {
    let FlowSummary {
        id,
        name,
        description,
        flow_type,
        changed,
        session,
        problem,
    } = flow;
    let kind = flow_type.map_or("Unknown", type_label);
    let when = move || changed.map(|changed| view! { <Ago at=changed.0 /> });
    let folder = id.to_string();
    view! {
        <tr class=table_style::row>
            <th scope="row" class=stylance::classes!(table_style::cell, style::cell)>
                <Link to=Route::flow(id) class=stylance::classes!(table_style::name, style::name) title=name.clone()>
                    {name.clone()}
                </Link>
                {description.map(|text| view! { <p class=style::description title=text.clone()>{text.clone()}</p> })}
                {problem.map(|problem| view! { <Problem problem=problem /> })}
                <p class=style::narrow>{kind} " · " {when()}</p>
            </th>
            <td class=stylance::classes!(table_style::cell, style::cell, style::wide) title=folder.clone()>
                <code>{folder.clone()}</code>
            </td>
            <td class=stylance::classes!(table_style::cell, style::cell, style::wide)>{kind}</td>
            <td class=stylance::classes!(table_style::cell, style::cell, style::wide)>{when()}</td>
            <td class=stylance::classes!(table_style::cell, style::cell)>
                // Only what is there shows: most flows have no session.
                {(session != SessionState::NotExist).then(|| view! { <StateWord state=session /> })}
            </td>
        </tr>
    }
}

#[component]
fn Problem(problem: FlowProblem) -> impl IntoView {
    let place = problem.line.map(|line| format!("line {line}: "));
    view! {
        <p class=style::problem>
            {Icon::Warning.view()}
            <span>{place} {problem.message}</span>
        </p>
    }
}
