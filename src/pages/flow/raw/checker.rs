//! The code that looks for mistakes in the open files and knows packages. Readers of definitions and requirements are most
//! of it, so it loads once the editor has its first file.

use std::{pin::Pin, time::Duration};

use flowdeck_contract::ids::{FilePath, is_prompty};
use flowdeck_flow::Finding;
use leptos::prelude::*;

use super::{checking::open_paths, feeds, workbench::Workbench};
use crate::{api::ApiError, pages::flow::files::Listed};

/// What the editor offers for the name of a package.
type Offered = Pin<Box<dyn Future<Output = Vec<String>>>>;

/// How the definition was given the name of a requirements file.
type Named = Pin<Box<dyn Future<Output = Result<(), ApiError>>>>;

/// What loads: nothing else may call these functions.
#[derive(Clone, Copy)]
pub(crate) struct Checker {
    definition: fn(Workbench),
    requirements: fn(Workbench),
    other: fn(Workbench, FilePath),
    offer: fn(Workbench, String, String) -> Offered,
    name: fn(Workbench, FilePath) -> Named,
}

/// The checker itself.
pub(crate) fn checker() -> Checker {
    Checker {
        definition: |workbench| workbench.check_definition_now(),
        requirements: |workbench| workbench.check_requirements_now(),
        other: |workbench, path| workbench.check_other_now(&path),
        offer: |workbench, path, name| Box::pin(workbench.packages_for(path, name)),
        name: |workbench, path| Box::pin(async move { workbench.name_requirements(&path).await }),
    }
}

impl Checker {
    /// Checks the definition, if it is open.
    pub(super) fn check_definition(self, workbench: Workbench) {
        (self.definition)(workbench);
    }

    /// Checks the requirements file, if it is open.
    pub(super) fn check_requirements(self, workbench: Workbench) {
        (self.requirements)(workbench);
    }

    /// Checks a file that is neither.
    pub(super) fn check_other(self, workbench: Workbench, path: FilePath) {
        (self.other)(workbench, path);
    }

    /// What the editor offers in the file at `path`: names of packages, or the versions of the one that is named.
    pub(super) async fn offer(
        self,
        workbench: Workbench,
        path: String,
        name: String,
    ) -> Vec<String> {
        (self.offer)(workbench, path, name).await
    }

    /// Writes the path of the requirements file into the definition, unless a file is named there.
    pub(super) async fn name_requirements(
        self,
        workbench: Workbench,
        path: &FilePath,
    ) -> Result<(), ApiError> {
        (self.name)(workbench, path.clone()).await
    }
}

impl Workbench {
    fn check_other_now(&self, path: &FilePath) {
        let Some((text, revision)) = self.text_to_check(path) else {
            return;
        };
        let findings = flowdeck_flow::check_file(path.as_str(), &text);
        self.mark(path, revision, &findings);
        self.checks.others.update(|others| {
            others.insert(path.clone(), findings);
        });
    }

    fn check_definition_now(&self) {
        let definition = untrack(|| self.definition());
        let Some(path) = definition else { return };
        let Some((text, revision)) = self.text_to_check(&path) else {
            return;
        };
        let begun = js_sys::Date::now();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let files = self.listing.peek(Listed::names).flatten();
        let report = match is_prompty(path.as_str()) {
            true => flowdeck_flow::check_definition(path.as_str(), text),
            false => flowdeck_flow::check_with(text, files.as_ref(), &self.sources()),
        };
        self.follow_sources(report.flow.as_ref());
        let mut findings = report.findings;
        findings.sort_by_key(|finding| (finding.line, finding.column));
        self.mark(&path, revision, &findings);
        let millis = (js_sys::Date::now() - begun).max(0.0);
        self.checks
            .took
            .set_value(Duration::from_secs_f64(millis / 1000.0));
        let requirements = report
            .flow
            .and_then(|flow| flow.environment.python_requirements_txt);
        if self
            .checks
            .requirements
            .with_untracked(|known| *known != requirements)
        {
            self.checks.requirements.set(requirements);
        }
        self.checks.findings.set(Some(findings));
    }

    pub(super) fn check_requirements_now(&self) {
        let open = self.files.with_untracked(open_paths);
        let path = open
            .into_iter()
            .find(|path| untrack(|| self.is_requirements(path)));
        let Some(path) = path else { return };
        let Some((text, revision)) = self.text_to_check(&path) else {
            return;
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let files = self.listing.peek(Listed::names).flatten();
        let mut findings = flowdeck_flow::check_requirements(text, path.as_str(), files.as_ref());
        findings.extend(self.packages.missing(text));
        findings.extend(flowdeck_flow::check_secrets(text));
        self.mark(&path, revision, &findings);
        let feeds = feeds::count(text);
        if self.checks.feeds.with_untracked(|known| *known != feeds) {
            self.checks.feeds.set(feeds);
        }
        self.checks.requirements_findings.set(Some(findings));
        self.look_up_soon(path);
    }

    fn mark(&self, path: &FilePath, revision: u32, findings: &[Finding]) {
        if let Ok(json) = serde_json::to_string(findings) {
            self.ask_editor(|editor| editor.mark(path.as_str(), revision, &json));
        }
    }
}
