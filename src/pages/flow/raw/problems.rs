//! What is wrong with the flow's definition or requirements file, as a list below it.

use flowdeck_contract::ids::FilePath;
use flowdeck_flow::{Finding, Severity};
use leptos::prelude::*;

use super::{
    checking::summary,
    workbench::{Place, Workbench},
};
use crate::ui::{Button, ButtonKind, Icon, unique_id};

stylance::import_crate_style!(style, "src/pages/flow/raw/problems.module.css");

/// More findings than anybody reads at once.
const SHOWN: usize = 100;

/// The findings of the last check; nothing while another file is shown.
#[component]
pub(super) fn Problems() -> impl IntoView {
    let workbench = Workbench::from_context();
    let shown = workbench.shown();
    let findings = Memo::new(move |_| {
        let path = shown.get()?;
        let checks = workbench.checks;
        let findings = if workbench.definition().as_ref() == Some(&path) {
            checks.findings.get()?
        } else if workbench.is_requirements(&path) {
            checks.requirements_findings.get()?
        } else {
            return None;
        };
        Some((path, findings))
    });
    let heading_id = unique_id("problems");
    move || {
        findings.get().map(|(path, findings)| {
            let more = findings.len().saturating_sub(SHOWN);
            let summary = summary(&findings);
            let rows = findings.into_iter().take(SHOWN).map(|finding| view! { <Problem path=path.clone() finding=finding /> });
            view! {
                <section class=style::problems aria-labelledby=heading_id.clone()>
                    <header class=style::header>
                        <h2 id=heading_id.clone()>"Problems"</h2>
                        <span>{summary}</span>
                    </header>
                    // Styled lists lose their role in some browsers unless it is spelled out.
                    <ul role="list" class=style::list>
                        {rows.collect_view()}
                    </ul>
                    {(more > 0).then(|| view! { <p>{format!("{more} more are marked in the margin.")}</p> })}
                </section>
            }
        })
    }
}

#[component]
fn Problem(path: FilePath, finding: Finding) -> impl IntoView {
    let workbench = Workbench::from_context();
    let (class, icon) = match finding.severity {
        Severity::Error => (style::error, Icon::Cross),
        Severity::Warning => (style::warning, Icon::Warning),
    };
    let place = Place {
        line: finding.line,
        column: finding.column,
    };
    let fix = finding.fix.map(|fix| {
        let path = path.clone();
        let (code, message) = (finding.code.clone(), finding.message.clone());
        let carry_out = move |()| {
            workbench.ask_editor(|editor| editor.fix(path.as_str(), &code, &message, place.line));
        };
        view! {
            <Button kind=ButtonKind::Quiet on_press=carry_out>
                {fix.label}
            </Button>
        }
    });
    let create = finding
        .creates
        .and_then(|file| FilePath::try_from(file).ok());
    let create = create.map(|file| {
        let carry_out = move |()| {
            let file = file.clone();
            workbench.spawn(async move { workbench.create(&file).await });
        };
        view! {
            <Button kind=ButtonKind::Quiet on_press=carry_out>
                "Create it"
            </Button>
        }
    });
    let go = move |_| workbench.go_to_place(&path, place);
    view! {
        <li class=style::row>
            <button type="button" class=style::problem on:click=go>
                <span class=class>
                    {icon.view()}
                    <span class="visually-hidden">{finding.severity.as_str()}</span>
                </span>
                <span class=style::message>{finding.message}</span>
                <span class=style::place>{finding.code} " · line " {place.line}</span>
            </button>
            {fix}
            {create}
        </li>
    }
}
