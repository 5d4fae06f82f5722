//! Checks the flow's definition as it is typed, after each pause, in the browser.

use std::time::Duration;

use flowdeck_contract::ids::FilePath;
use flowdeck_flow::{Finding, Severity};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{pace::pause_after, workbench::Workbench};
use crate::files::Listed;

/// The last check of the flow's definition, and the next.
#[derive(Clone, Copy)]
pub(crate) struct Checks {
    /// What the last check found, in the order of the file; `None` until there was one.
    pub(crate) findings: RwSignal<Option<Vec<Finding>>>,
    /// The requirements file that the definition names.
    pub(crate) requirements: RwSignal<Option<String>>,
    took: StoredValue<Duration>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Checks {
    pub(crate) fn new() -> Self {
        Self {
            findings: RwSignal::new(None),
            requirements: RwSignal::new(None),
            took: StoredValue::new(Duration::ZERO),
            timer: StoredValue::new(None),
        }
    }
}

/// Counts findings in words: `2 errors, 1 warning`.
pub(crate) fn summary(findings: &[Finding]) -> String {
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let words = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{count} {word}s")),
    };
    let parts = [
        words(count(Severity::Error), "error"),
        words(count(Severity::Warning), "warning"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "No problems".to_owned()
    } else {
        parts.join(", ")
    }
}

impl Workbench {
    /// Checks the flow's definition after a pause, if `path` is it.
    pub(super) fn check_soon(&self, path: &FilePath) {
        if untrack(|| self.definition()).as_ref() != Some(path) {
            return;
        }
        let Checks { took, timer, .. } = self.checks;
        if let Some(handle) = timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        let workbench = *self;
        let handle =
            set_timeout_with_handle(move || workbench.check(), pause_after(took.get_value()));
        timer.set_value(handle.ok());
    }

    /// Findings name files that are missing, so they change with the list of files.
    pub(super) fn check_when_files_come_and_go(&self) {
        let workbench = *self;
        let names = Memo::new(move |_| {
            let listing = workbench.listing.get()?;
            Some(listing.files().cloned().collect::<Vec<FilePath>>())
        });
        let definition = Memo::new(move |_| workbench.definition());
        Effect::new(move |_| {
            names.track();
            if let Some(path) = definition.get() {
                workbench.check_soon(&path);
            }
        });
        on_cleanup(move || {
            if let Some(handle) = workbench
                .checks
                .timer
                .try_update_value(Option::take)
                .flatten()
            {
                handle.clear();
            }
        });
    }

    fn check(&self) {
        let definition = untrack(|| self.definition());
        let Some(path) = definition.filter(|path| self.document(path, |_| ()).is_some()) else {
            return;
        };
        let text = self.ask_editor(|editor| {
            Ok((editor.text(path.as_str())?, editor.revision(path.as_str())?))
        });
        let Some((text, revision)) = text else {
            return;
        };
        let begun = js_sys::Date::now();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let files = self.listing.peek(Listed::names).flatten();
        let report = match &files {
            Some(files) => flowdeck_flow::check_in(text, files),
            None => flowdeck_flow::check(text),
        };
        let mut findings = report.findings;
        findings.sort_by_key(|finding| (finding.line, finding.column));
        if let Ok(json) = serde_json::to_string(&findings) {
            self.ask_editor(|editor| editor.mark(path.as_str(), revision, &json));
        }
        let millis = (js_sys::Date::now() - begun).max(0.0);
        self.checks
            .took
            .set_value(Duration::from_secs_f64(millis / 1000.0));
        let requirements = report
            .flow
            .and_then(|flow| flow.environment.python_requirements_txt);
        self.checks.requirements.set(requirements);
        self.checks.findings.set(Some(findings));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: Severity) -> Finding {
        Finding {
            code: "X".into(),
            severity,
            message: String::new(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
        }
    }

    #[test]
    fn findings_are_counted_in_words() {
        use Severity::{Error, Warning};
        let words = |severities: &[Severity]| {
            summary(
                &severities
                    .iter()
                    .map(|severity| finding(*severity))
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(words(&[]), "No problems");
        assert_eq!(words(&[Error]), "1 error");
        assert_eq!(words(&[Warning, Error, Error]), "2 errors, 1 warning");
        assert_eq!(words(&[Warning, Warning]), "2 warnings");
    }
}
