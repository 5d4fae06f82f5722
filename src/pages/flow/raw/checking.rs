//! Checks the files that are open as they are typed, after each pause, in the browser.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use flowdeck_contract::ids::FilePath;
use flowdeck_flow::{Finding, Severity};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{
    checker::Checker,
    pace::pause_after,
    sources::NodeSources,
    workbench::{FileState, Workbench},
};
use crate::{
    api::ApiError,
    lazy,
    pages::{flow::use_definition, parts::tell_failure},
};

/// The last checks of the open files, and the next.
#[derive(Clone, Copy)]
pub(crate) struct Checks {
    /// What the last check found, in the order of the file; `None` until there was one.
    pub(crate) findings: RwSignal<Option<Vec<Finding>>>,
    /// The requirements file that the definition names.
    pub(crate) requirements: RwSignal<Option<String>>,
    /// What the last check of the requirements file found.
    pub(crate) requirements_findings: RwSignal<Option<Vec<Finding>>>,
    /// What the last checks of other files found.
    pub(super) others: RwSignal<BTreeMap<FilePath, Vec<Finding>>>,
    /// The files that the flow's nodes run.
    pub(super) sources: NodeSources,
    /// How many package indexes the requirements file names.
    pub(crate) feeds: RwSignal<usize>,
    pub(super) took: StoredValue<Duration>,
    timer: StoredValue<Option<TimeoutHandle>>,
    requirements_timer: StoredValue<Option<TimeoutHandle>>,
    other_timer: StoredValue<Option<TimeoutHandle>>,
    /// Other files that wait for their check.
    waiting: StoredValue<BTreeSet<FilePath>>,
}

/// Puts off what a timer is to do.
pub(super) fn clear(timer: StoredValue<Option<TimeoutHandle>>) {
    if let Some(handle) = timer.try_update_value(Option::take).flatten() {
        handle.clear();
    }
}

impl Workbench {
    /// What the last check of a file found; `None` where the file is not checked, or was not yet.
    pub(super) fn findings_of(&self, path: &FilePath) -> Option<Vec<Finding>> {
        if self.definition().as_ref() == Some(path) {
            self.checks.findings.get()
        } else if self.is_requirements(path) {
            self.checks.requirements_findings.get()
        } else {
            self.checks.others.with(|others| others.get(path).cloned())
        }
    }
}

impl Checks {
    pub(crate) fn new() -> Self {
        Self {
            findings: RwSignal::new(None),
            requirements: RwSignal::new(None),
            requirements_findings: RwSignal::new(None),
            others: RwSignal::default(),
            sources: NodeSources::new(),
            feeds: RwSignal::new(0),
            took: StoredValue::new(Duration::ZERO),
            timer: StoredValue::new(None),
            requirements_timer: StoredValue::new(None),
            other_timer: StoredValue::new(None),
            waiting: StoredValue::default(),
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
        words(count(Severity::Hint), "hint"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "No problems".to_owned()
    } else {
        parts.join(", ")
    }
}

impl Workbench {
    /// Checks an open file after a pause; with a file that a node runs, the definition too.
    pub(super) fn check_soon(&self, path: &FilePath) {
        let workbench = *self;
        let Checks {
            took,
            timer,
            requirements_timer,
            ..
        } = self.checks;
        if untrack(|| self.definition()).as_ref() == Some(path) {
            clear(timer);
            let pause = pause_after(took.get_value());
            let handle = set_timeout_with_handle(
                move || workbench.with_checker(Checker::check_definition),
                pause,
            );
            timer.set_value(handle.ok());
        } else if untrack(|| self.is_requirements(path)) {
            clear(requirements_timer);
            let pause = pause_after(Duration::ZERO);
            let handle = set_timeout_with_handle(
                move || workbench.with_checker(Checker::check_requirements),
                pause,
            );
            requirements_timer.set_value(handle.ok());
        } else {
            self.check_other_soon(path.clone());
            let definition = untrack(|| self.definition()).filter(|_| self.is_source(path));
            if let Some(definition) = definition {
                self.check_soon(&definition);
            }
        }
    }

    fn check_other_soon(&self, path: FilePath) {
        let (workbench, timer) = (*self, self.checks.other_timer);
        self.checks.waiting.update_value(|waiting| {
            waiting.insert(path);
        });
        clear(timer);
        let check = move || {
            let waiting = workbench.checks.waiting.try_update_value(std::mem::take);
            for path in waiting.into_iter().flatten() {
                workbench.with_checker(|checker, workbench| checker.check_other(workbench, path));
            }
        };
        let handle = set_timeout_with_handle(check, pause_after(Duration::ZERO));
        timer.set_value(handle.ok());
    }

    /// Has the checker do something, once its code is here.
    fn with_checker(self, run: impl FnOnce(Checker, Self) + 'static) {
        self.spawn(async move {
            match lazy::checker().await {
                Ok(checker) => run(checker, self),
                Err(_) => tell_failure(
                    self.status,
                    "Couldn’t check the file",
                    &ApiError::unreachable(),
                ),
            }
        });
    }

    /// Whether `path` is the flow's requirements file.
    pub(super) fn is_requirements(&self, path: &FilePath) -> bool {
        let named = self.checks.requirements;
        named.with(|named| super::requirements::is_requirements(path, named.as_deref()))
    }

    /// Findings name files that are missing, so they change with the list of files.
    pub(super) fn check_when_files_come_and_go(&self) {
        let workbench = *self;
        // Read below rather than tracked: tracking alone doesn't compute a memo, and what isn't computed never changes.
        let names = Memo::new(move |_| {
            let listing = workbench.listing.get()?;
            Some(listing.files().cloned().collect::<Vec<FilePath>>())
        });
        let definition = Memo::new(move |_| workbench.definition());
        Effect::new(move |_| {
            names.with(|_| ());
            if let Some(path) = definition.get() {
                workbench.check_soon(&path);
            }
        });
        Effect::new(move |_| {
            names.with(|_| ());
            workbench.checks.requirements.track();
            for path in workbench.files.with_untracked(open_paths) {
                if untrack(|| workbench.is_requirements(&path)) {
                    workbench.check_soon(&path);
                }
            }
        });
        self.read_sources_when_they_change();
        // Until the definition is open here, the one on disk says which file holds the requirements.
        let on_disk = use_definition(workbench.flow);
        Effect::new(move |_| {
            let named = on_disk.with(|definition| {
                let flow = definition.as_ref()?.flow()?;
                flow.environment.python_requirements_txt.clone()
            });
            let is_open = definition
                .get_untracked()
                .is_some_and(|path| untrack(|| workbench.document(&path, |_| ())).is_some());
            let known = workbench.checks.requirements;
            if !is_open && known.with_untracked(|known| *known != named) {
                known.set(named);
            }
        });
        on_cleanup(move || {
            clear(workbench.checks.timer);
            clear(workbench.checks.requirements_timer);
            clear(workbench.checks.other_timer);
            workbench.packages.leave();
        });
    }

    /// What the editor holds of a file, and which revision that is.
    pub(super) fn text_to_check(&self, path: &FilePath) -> Option<(String, u32)> {
        self.document(path, |_| ())?;
        self.ask_editor(|editor| Ok((editor.text(path.as_str())?, editor.revision(path.as_str())?)))
    }
}

/// The files that are open.
pub(super) fn open_paths(files: &BTreeMap<FilePath, FileState>) -> Vec<FilePath> {
    files.keys().cloned().collect()
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
            fix: None,
            creates: None,
        }
    }

    #[test]
    fn findings_are_counted_in_words() {
        use Severity::{Error, Hint, Warning};
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
        assert_eq!(words(&[Hint, Warning]), "1 warning, 1 hint");
    }
}
