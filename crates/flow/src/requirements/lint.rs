//! What is wrong with a requirements file.

use std::collections::HashMap;

use super::{
    feeds::{self, FeedAddress, is_private},
    lines::{Logical, logical_lines},
    normalised_name,
    options::{self, Meaning},
    parse::{self, Requirement, What},
};
use crate::{
    place::LineLengths,
    problem::{Problem, quoted},
    report::{FileNames, Finding, Fix, Severity},
    yaml::Span,
};

/// Nobody reads more, and an editor that marks them would be slow.
const MAX_FINDINGS: usize = 500;

/// Packages that every session has; the runtime and the server speak the version that is there.
const IN_BASE: [&str; 4] = [
    "promptflow",
    "promptflow-core",
    "promptflow-devkit",
    "promptflow-tools",
];

pub(super) fn lint(text: &str, path: &str, files: Option<&FileNames>) -> Vec<Finding> {
    let mut linter = Linter {
        lengths: LineLengths::of(text),
        folder: path.rsplit_once('/').map_or("", |(folder, _)| folder),
        files,
        known: HashMap::new(),
        findings: Vec::new(),
    };
    for logical in logical_lines(text) {
        if linter.findings.len() >= MAX_FINDINGS {
            break;
        }
        linter.line(&logical);
    }
    linter.findings
}

struct Linter<'a> {
    lengths: LineLengths,
    folder: &'a str,
    files: Option<&'a FileNames>,
    /// Where a package is asked for first, and under which condition.
    known: HashMap<String, (u32, Option<String>)>,
    findings: Vec<Finding>,
}

impl Linter<'_> {
    fn line(&mut self, logical: &Logical) {
        match options::option(&logical.text) {
            Some(Ok(option)) => {
                let span = logical.span(option.at, option.at + option.value.len());
                match option.meaning {
                    Meaning::Include | Meaning::Constraints => {
                        self.local_file(option.value, span, "requirements file");
                    }
                    Meaning::Package => {
                        self.location(logical, option.value, option.at);
                        self.local_package(option.value, span);
                    }
                    Meaning::Index => self.index(logical, option.value, option.at),
                    Meaning::Other => {}
                }
            }
            Some(Err(why)) => {
                let from = logical.text.len() - logical.text.trim_start().len();
                let span = logical.span(from, logical.text.trim_end().len());
                self.error("RequirementInvalid", span, why);
            }
            None => match parse::requirement(&logical.text) {
                Ok(requirement) => self.requirement(logical, &requirement),
                Err(refused) => {
                    let span = logical.span(refused.from, refused.to);
                    self.error("RequirementInvalid", span, refused.why);
                }
            },
        }
    }

    fn requirement(&mut self, logical: &Logical, requirement: &Requirement) {
        if let Some((from, to)) = requirement.location() {
            self.location(logical, &logical.text[from..to], from);
            self.local_package(&logical.text[from..to], logical.span(from, to));
        }
        let What::Named((from, to), _) = requirement.what else {
            return;
        };
        let name = normalised_name(&logical.text[from..to]);
        self.duplicate(logical, requirement, &name, logical.span(from, to));
        if IN_BASE.contains(&name.as_str()) && requirement.clauses.iter().any(|clause| clause.pins)
        {
            self.pin(logical, requirement, &name);
        }
    }

    fn duplicate(&mut self, logical: &Logical, requirement: &Requirement, name: &str, span: Span) {
        let marker = requirement
            .marker
            .map(|(from, to)| logical.text[from..to].split_whitespace().collect());
        match self.known.get(name) {
            // Several conditions are how one package is asked for in several ways.
            Some((_, other)) if marker.is_some() && other.is_some() && marker != *other => {}
            Some((line, _)) => {
                let message = format!(
                    "{} is asked for on line {line} already. Keep one of the two lines.",
                    quoted(name)
                );
                self.push(
                    Severity::Warning,
                    Problem::new("RequirementTwice", span, message),
                    None,
                );
            }
            None => {
                self.known.insert(name.to_owned(), (logical.line(), marker));
            }
        }
    }

    fn pin(&mut self, logical: &Logical, requirement: &Requirement, name: &str) {
        let pins: Vec<_> = requirement
            .clauses
            .iter()
            .filter(|clause| clause.pins)
            .collect();
        let (Some(first), Some(last)) = (pins.first(), pins.last()) else {
            return;
        };
        let message = format!(
            "{} is in the base image, in the version that the runtime needs. Another one may stop the session from starting. Remove the version.",
            quoted(name)
        );
        // Without a version no hash can be checked.
        let fix = (!requirement.hashed).then(|| {
            let (from, to) = cut(requirement);
            let Span { start, end } = logical.span(from, to);
            Fix {
                label: "Remove the version".to_owned(),
                line: start.line,
                column: start.column,
                end_line: end.line,
                end_column: end.column,
                text: kept(logical, requirement),
            }
        });
        let problem = Problem::new(
            super::PINNED_BASE_PACKAGE,
            logical.span(first.from, last.to),
            message,
        );
        self.push(Severity::Warning, problem, fix);
    }

    /// The address of an index, whose first byte is that numbered `at` of the line.
    fn index(&mut self, logical: &Logical, address: &str, at: usize) {
        let user = feeds::user(address);
        let span = |(from, to): (usize, usize)| logical.span(at + from, at + to);
        match user {
            Some(user) if feeds::is_literal(&address[user.0..user.1]) => {
                self.literal(span(user), &address[user.0..user.1], true);
            }
            Some(_)
                if is_private(address)
                    && FeedAddress::of(address).is_some_and(|feed| feed.is_open()) =>
            {
                let message = "The token would be sent over the network unencrypted, for everyone on the way to read. Use an https address.";
                self.push(
                    Severity::Warning,
                    Problem::new("PrivateFeedUnencrypted", span((0, address.len())), message),
                    None,
                );
            }
            _ if address.contains(feeds::PRIVATE) && !is_private(address) => {
                let message = "‘{private}’ stands before the host of an http or https address, as in ‘https://{private}@host/path/’.";
                self.error("PrivateMisplaced", span((0, address.len())), message);
            }
            _ => {}
        }
    }

    /// The address of a package.
    fn location(&mut self, logical: &Logical, address: &str, at: usize) {
        if address.contains(feeds::PRIVATE) {
            let message = "‘{private}’ works in the lines that name an index alone: -i, --extra-index-url and -f. Put the package into a feed.";
            self.error(
                "PrivateMisplaced",
                logical.span(at, at + address.len()),
                message,
            );
        } else if let Some((from, to)) = feeds::user(address)
            && feeds::is_literal(&address[from..to])
            && address[from..to].contains(':')
        {
            self.literal(logical.span(at + from, at + to), &address[from..to], false);
        }
    }

    /// A user name or password that stands in the file. In the address of an index `{private}` does better.
    fn literal(&mut self, span: Span, user: &str, is_index: bool) {
        let message = match (user.contains(':'), is_index) {
            (true, true) => {
                "The password stands in the file, for everyone to read who can read the flow. Write ‘{private}’: the token of the session’s identity takes its place when packages are installed, and is shown nowhere."
            }
            (false, true) => {
                "A user name without a password opens no private feed, and a token here is read by everyone who can read the flow. Write ‘{private}’: the token of the session’s identity takes its place when packages are installed."
            }
            (_, false) => {
                "The password stands in the file, for everyone to read who can read the flow. Put the package into a feed, whose address may say ‘{private}’ instead."
            }
        };
        let fix = is_index.then(|| Fix {
            label: "Write {private}".to_owned(),
            line: span.start.line,
            column: span.start.column,
            end_line: span.end.line,
            end_column: span.end.column,
            text: feeds::PRIVATE.to_owned(),
        });
        let problem = Problem::new("LiteralCredential", span, message);
        self.push(Severity::Warning, problem, fix);
    }

    fn local_package(&mut self, location: &str, span: Span) {
        let location = location
            .split(['[', '#', ';'])
            .next()
            .unwrap_or(location)
            .trim();
        let path = location.strip_prefix("file:").unwrap_or(location);
        if !path.contains(':') {
            self.local_file(path, span, "file or folder");
        }
    }

    fn local_file(&mut self, path: &str, span: Span, what: &str) {
        // What is outside of the folder or told by a variable cannot be known from here.
        let unknown = path.is_empty()
            || path.starts_with(['/', '~', '\\'])
            || path.contains("://")
            || path.contains("${")
            || path.split('/').any(|part| part == "..");
        let Some(files) = self.files.filter(|_| !unknown) else {
            return;
        };
        let beside = format!("{}/{path}", self.folder);
        if [path, &beside]
            .iter()
            .any(|path| files.contains(path) || files.contains_folder(path))
        {
            return;
        }
        let message = format!("The flow folder has no {what} {}.", quoted(path));
        self.error("RequirementFileMissing", span, message);
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.push(Severity::Error, Problem::new(code, span, message), None);
    }

    fn push(&mut self, severity: Severity, problem: Problem, fix: Option<Fix>) {
        let finding = self.lengths.place(problem).into_finding(severity);
        self.findings.push(Finding { fix, ..finding });
    }
}

/// What of the line the fix replaces: all comparisons, with the blanks before them when none is left.
fn cut(requirement: &Requirement) -> (usize, usize) {
    match (requirement.clauses.first(), requirement.clauses.last()) {
        (Some(first), Some(last)) if requirement.clauses.iter().any(|clause| !clause.pins) => {
            (first.from, last.to)
        }
        _ => requirement.versions,
    }
}

/// The comparisons that are no pins.
fn kept(logical: &Logical, requirement: &Requirement) -> String {
    let others = requirement.clauses.iter().filter(|clause| !clause.pins);
    let texts: Vec<&str> = others
        .map(|clause| &logical.text[clause.from..clause.to])
        .collect();
    texts.join(",")
}
