//! What is wrong with a file, with what would mend it.

use flowdeck_flow::{Finding, Position, Span, check_file, check_requirements, check_with};

use crate::request::{Action, Diagnostic, Edit};
use crate::workspace::Workspace;

/// What is wrong with a file whose text is known: the checks of `flowdeck-flow`.
pub(crate) fn of(workspace: &Workspace, file: &str) -> Vec<Diagnostic> {
    let Some(text) = workspace.text(file) else {
        return Vec::new();
    };
    let findings = if workspace.is_definition(file) {
        match file.ends_with(".prompty") {
            true => flowdeck_flow::check_definition(file, text).findings,
            false => {
                let names = workspace.file_names();
                check_with(text, names.as_ref(), &workspace.sources()).findings
            }
        }
    } else if workspace.is_requirements(file) {
        check_requirements(text, file, None)
    } else {
        check_file(file, text)
    };
    findings.into_iter().map(diagnostic).collect()
}

/// The fixes of what touches a part of the file.
pub(crate) fn actions(workspace: &Workspace, file: &str, part: Span) -> Vec<Action> {
    let all = of(workspace, file).into_iter();
    all.filter(|one| one.span.start <= part.end && part.start <= one.span.end)
        .filter_map(|one| one.fix)
        .collect()
}

fn diagnostic(finding: Finding) -> Diagnostic {
    let span = span(
        (finding.line, finding.column),
        (finding.end_line, finding.end_column),
    );
    let fix = match (finding.fix, finding.creates) {
        (Some(fix), _) => Some(Action {
            label: fix.label,
            code: finding.code.clone(),
            edit: Some(Edit {
                span: self::span((fix.line, fix.column), (fix.end_line, fix.end_column)),
                text: fix.text,
            }),
            creates: None,
        }),
        (None, Some(path)) => Some(Action {
            label: format!("Create {path}"),
            code: finding.code.clone(),
            edit: None,
            creates: Some(path),
        }),
        (None, None) => None,
    };
    Diagnostic {
        guide: format!("checks.md#{}", finding.code.to_lowercase()),
        code: finding.code,
        severity: finding.severity,
        message: finding.message,
        span,
        fix,
    }
}

fn span(start: (u32, u32), end: (u32, u32)) -> Span {
    let position = |(line, column)| Position { line, column };
    Span {
        start: position(start),
        end: position(end),
    }
}
