//! What is wrong with the file that is shown, as a list below it.

use flowdeck_contract::ids::FilePath;
use flowdeck_flow::{Finding, Severity};
use leptos::prelude::*;

use super::{
    checking::summary,
    workbench::{CursorPosition, FileState, Workbench},
};
use crate::ui::{Button, ButtonKind, Icon, unique_id};

stylance::import_crate_style!(style, "src/pages/flow/raw/problems.module.css");

/// More findings than anybody reads at once.
const SHOWN: usize = 100;

/// The findings of the last check of the file that is shown.
#[component]
pub(super) fn Problems() -> impl IntoView {
    let workbench = Workbench::from_context();
    let shown = workbench.shown();
    let findings = Memo::new(move |_| {
        let path = shown.get()?;
        let findings = workbench.findings_of(&path)?;
        Some((path, findings))
    });
    let heading_id = unique_id("problems");
    let none = Memo::new(move |_| {
        let shown = shown.get();
        findings.with(Option::is_none).then(|| {
            workbench
                .files
                .with(|files| why_none(shown.and_then(|path| files.get(&path))))
        })
    });
    let none = move || {
        none.get()
            .map(|text| view! { <p class=style::none>{text}</p> })
    };
    let list = move || {
        findings.get().map(|(path, findings)| {
            let more = findings.len().saturating_sub(SHOWN);
            let summary = summary(&findings);
            let rows = findings.into_iter().take(SHOWN).map(|finding| view! { <Problem path=path.clone() finding=finding /> });
            view! {
                <section aria-labelledby=heading_id.clone()>
                    <header class=style::header>
                        <h2 id=heading_id.clone() class="visually-hidden">
                            "Problems"
                        </h2>
                        <span>{summary}</span>
                    </header>
                    // Styled lists lose their role in some browsers unless it is spelled out.
                    <ul role="list">
                        {rows.collect_view()}
                    </ul>
                    {(more > 0).then(|| view! { <p>{format!("{more} more are marked in the margin.")}</p> })}
                </section>
            }
        })
    };
    view! { {none} {list} }
}

/// Why there are no findings, not even none, by the file that is shown.
fn why_none(file: Option<&FileState>) -> &'static str {
    match file {
        None => "Open a file to see its problems.",
        Some(FileState::Reading | FileState::Read(_) | FileState::Open(_)) => "Checking…",
        Some(FileState::Refused(_)) => "Only text files are checked.",
        Some(FileState::Missing | FileState::Failed(_)) => {
            "A file that can’t be read isn’t checked."
        }
    }
}

#[component]
fn Problem(path: FilePath, finding: Finding) -> impl IntoView {
    let workbench = Workbench::from_context();
    let (class, icon) = match finding.severity {
        Severity::Error => (style::error, Icon::Cross),
        Severity::Warning => (style::warning, Icon::Warning),
        Severity::Hint => (style::hint, Icon::Circle),
    };
    let place = CursorPosition {
        line: finding.line,
        column: finding.column,
    };
    let fix = finding.fix.map(|fix| {
        let path = path.clone();
        let (code, message) = (finding.code.clone(), finding.message.clone());
        let carry_out = move |()| {
            workbench.ask_editor(|editor| editor.fix(path.as_str(), &code, &message, place.line));
            // The button goes with the problem.
            workbench.go_to_place(&path, place);
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

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::files::FileKind;

    #[test]
    fn only_where_no_file_is_open_is_one_asked_for() {
        let asks = |file: Option<&FileState>| why_none(file).starts_with("Open a file");
        assert!(asks(None));
        let refused = FileState::Refused(FileKind::Binary);
        for file in [FileState::Reading, refused, FileState::Missing] {
            assert!(!asks(Some(&file)), "{file:?}");
        }
    }
}
