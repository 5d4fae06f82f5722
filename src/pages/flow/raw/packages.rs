//! What the editor knows of packages: names to offer, versions, and names that no index has.

use std::{collections::BTreeMap, time::Duration};

use flowdeck_contract::{feeds::PackageAnswer, ids::FilePath};
use flowdeck_flow::{
    Finding, Fix, LineKind, RequirementLine, Severity, nearest, normalised_name, requirement_lines,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{checking::clear, workbench::Workbench};
use crate::lazy;

/// A name is looked up when nothing has been typed for this long.
const PAUSE: Duration = Duration::from_millis(1000);
/// Of more unknown names in one file the rest isn't looked up.
const MOST_ASKED: usize = 50;

/// The names that are known, and what indexes have answered while this page was open.
#[derive(Clone, Copy)]
pub(crate) struct Packages {
    names: StoredValue<Option<Vec<String>>>,
    answers: StoredValue<Answers>,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// Why the last package that was looked up isn't known, as a sentence.
    pub(crate) problem: RwSignal<Option<String>>,
}

/// Answers of these indexes, by the package's normalised name.
#[derive(Debug, Default)]
struct Answers {
    indexes: Vec<String>,
    of: BTreeMap<String, PackageAnswer>,
}

impl Packages {
    pub(super) fn new() -> Self {
        Self {
            names: StoredValue::new(None),
            answers: StoredValue::default(),
            timer: StoredValue::new(None),
            problem: RwSignal::new(None),
        }
    }

    /// Ends what is waiting.
    pub(super) fn leave(&self) {
        clear(self.timer);
    }

    /// The names in `text` that its indexes have answered not to have.
    pub(super) fn missing(&self, text: &str) -> Vec<Finding> {
        let lines = requirement_lines(text);
        self.follow_indexes(&lines);
        let names = self.names.get_value().unwrap_or_default();
        self.answers
            .with_value(|answers| missing(text, &lines, &answers.of, &names))
    }

    /// Answers of other indexes are worth nothing.
    fn follow_indexes(&self, lines: &[RequirementLine]) {
        let indexes = indexes(lines);
        self.answers.update_value(|answers| {
            if answers.indexes != indexes {
                *answers = Answers {
                    indexes,
                    of: BTreeMap::new(),
                };
            }
        });
    }

    /// The names that nobody has answered for yet, each once.
    fn unanswered(&self, lines: &[RequirementLine]) -> Vec<String> {
        let known = self.names.get_value().unwrap_or_default();
        let mut asked: Vec<String> = Vec::new();
        for line in lines {
            let LineKind::Named { name } = &line.kind else {
                continue;
            };
            let is_answered = self
                .answers
                .with_value(|answers| answers.of.contains_key(name));
            if !is_answered && known.binary_search(name).is_err() && !asked.contains(name) {
                asked.push(name.clone());
            }
        }
        asked.truncate(MOST_ASKED);
        asked
    }
}

impl Workbench {
    /// What the editor offers in the file at `path`: names of packages, or the versions of the one that is named.
    pub(super) async fn offered_packages(self, path: String, name: String) -> Vec<String> {
        // Without the code for it nothing is offered; the next key asks again.
        match lazy::checker().await {
            Ok(checker) => checker.offer(self, path, name).await,
            Err(_) => Vec::new(),
        }
    }

    /// The same, with the code for it.
    pub(super) async fn packages_for(self, path: String, name: String) -> Vec<String> {
        let Some(path) = FilePath::try_from(path).ok() else {
            return Vec::new();
        };
        if !self.asks_for_packages(&path) {
            return Vec::new();
        }
        if name.is_empty() {
            return self.names().await;
        }
        let Some((text, _)) = self.text_to_check(&path) else {
            return Vec::new();
        };
        match self.look_up(normalised_name(&name), text).await {
            Some(PackageAnswer::Found { versions }) => versions,
            _ => Vec::new(),
        }
    }

    /// Whether a file is the flow's requirements file, or has the name of one.
    fn asks_for_packages(&self, path: &FilePath) -> bool {
        let name = path.as_str().rsplit('/').next().unwrap_or_default();
        let is_named = ["requirements", "constraints"]
            .iter()
            .any(|word| name.contains(word));
        is_named || untrack(|| self.is_requirements(path))
    }

    async fn names(&self) -> Vec<String> {
        let names = self.packages.names;
        if let Some(Some(known)) = names.try_get_value() {
            return known;
        }
        let flow = self.flow;
        // Without them nothing is offered; the next key asks again.
        let Ok(known) = flow.api.known_packages(&flow.flow()).await else {
            return Vec::new();
        };
        names.try_set_value(Some(known.names.clone()));
        known.names
    }

    /// Asks once for a package; what could not be answered is asked again.
    async fn look_up(&self, name: String, text: String) -> Option<PackageAnswer> {
        let packages = self.packages;
        packages.follow_indexes(&requirement_lines(&text));
        let known = packages
            .answers
            .with_value(|answers| answers.of.get(&name).cloned());
        if let Some(known @ (PackageAnswer::Found { .. } | PackageAnswer::Missing { .. })) = known {
            return Some(known);
        }
        let (flow, indexes) = (self.flow, indexes(&requirement_lines(&text)));
        let id = flow.flow();
        let answer = flow.api.look_up_package(&id, name.clone(), text);
        let answer = answer.await.ok()?;
        let problem = match &answer {
            PackageAnswer::Unknown { message } => Some(message.clone()),
            _ => None,
        };
        packages.problem.try_set(problem);
        packages.answers.try_update_value(|answers| {
            if answers.indexes == indexes {
                answers.of.insert(name, answer.clone());
            }
        });
        Some(answer)
    }

    /// Looks up, after a pause, the names in a requirements file that nobody has answered for.
    pub(super) fn look_up_soon(&self, path: FilePath) {
        let workbench = *self;
        clear(self.packages.timer);
        let ask = move || workbench.spawn(async move { workbench.look_up_all(&path).await });
        let handle = set_timeout_with_handle(ask, PAUSE);
        self.packages.timer.set_value(handle.ok());
    }

    async fn look_up_all(&self, path: &FilePath) {
        let names = self.names().await;
        let Some((text, _)) = self.text_to_check(path).filter(|_| !names.is_empty()) else {
            return;
        };
        let unanswered = self.packages.unanswered(&requirement_lines(&text));
        let mut is_any = false;
        for name in unanswered {
            let answer = self.look_up(name, text.clone()).await;
            is_any |= matches!(answer, Some(PackageAnswer::Missing { .. }));
            // Where one can't be answered, the others would wait as long.
            if !matches!(
                answer,
                Some(PackageAnswer::Found { .. } | PackageAnswer::Missing { .. })
            ) {
                break;
            }
        }
        if is_any {
            self.check_requirements_now();
        }
    }
}

/// The lines that say where packages come from.
fn indexes(lines: &[RequirementLine]) -> Vec<String> {
    let lines = lines.iter();
    let lines = lines.filter(|line| matches!(line.kind, LineKind::Index(_) | LineKind::Option));
    lines.map(|line| line.text.clone()).collect()
}

fn missing(
    text: &str,
    lines: &[RequirementLine],
    answers: &BTreeMap<String, PackageAnswer>,
    known: &[String],
) -> Vec<Finding> {
    let physical: Vec<&str> = text.lines().collect();
    let findings = lines.iter().filter_map(|line| {
        let LineKind::Named { name } = &line.kind else {
            return None;
        };
        let PackageAnswer::Missing { message } = answers.get(name)? else {
            return None;
        };
        let at = usize::try_from(line.line).ok()?.checked_sub(1)?;
        let (column, end_column) = name_in(physical.get(at).copied().unwrap_or_default(), name);
        let near = nearest(name, known.iter().map(String::as_str));
        let meant = near.map_or_else(String::new, |near| format!(" Did you mean ‘{near}’?"));
        let fix = near.filter(|_| end_column > column).map(|near| Fix {
            label: format!("Change to {near}"),
            line: line.line,
            column,
            end_line: line.line,
            end_column,
            text: near.to_owned(),
        });
        Some(Finding {
            severity: Severity::Warning,
            column,
            end_column,
            fix,
            ..Finding::error("PackageNotInIndex", format!("{message}{meant}"), line.line)
        })
    });
    findings.collect()
}

/// The columns, from 1, at which a physical line has the name; those of its beginning when it hasn't.
fn name_in(line: &str, name: &str) -> (u32, u32) {
    let blank = line.chars().take_while(|c| c.is_whitespace()).count();
    let written: String = line
        .chars()
        .skip(blank)
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        .collect();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    if normalised_name(&written) == name {
        let from = number(blank + 1);
        (from, from.saturating_add(number(written.chars().count())))
    } else {
        (1, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, names: &[&str]) -> Vec<Finding> {
        let message = || "The package index has no such package.".to_owned();
        let answers = names.iter().map(|name| {
            let missing = PackageAnswer::Missing { message: message() };
            ((*name).to_owned(), missing)
        });
        let known = ["flask".to_owned(), "requests".to_owned()];
        missing(text, &requirement_lines(text), &answers.collect(), &known)
    }

    #[test]
    fn a_name_that_no_index_has_is_marked_with_the_nearest_that_is_known() {
        let findings = found("flask\n  Reqests[socks]>=2 # x\n", &["reqests"]);
        let [finding] = findings.as_slice() else {
            panic!("{findings:?}")
        };
        assert_eq!(
            (finding.line, finding.column, finding.end_column),
            (2, 3, 10)
        );
        assert!(finding.message.ends_with("Did you mean ‘requests’?"));
        assert_eq!(finding.fix.as_ref().unwrap().text, "requests");
    }

    #[test]
    fn a_name_that_is_like_no_other_has_no_fix() {
        let findings = found("house-of-ours\n", &["house-of-ours"]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].fix, None);
    }

    #[test]
    fn what_was_not_answered_is_not_missing() {
        assert_eq!(found("reqests\n", &[]), []);
    }

    #[test]
    fn other_indexes_are_other_answers() {
        let of = |text: &str| indexes(&requirement_lines(text));
        assert_eq!(of("alpha\n-i http://a/\n"), of("-i http://a/\nbeta==1\n"));
        assert_ne!(of("-i http://a/\n"), of("-i http://b/\n"));
    }
}
