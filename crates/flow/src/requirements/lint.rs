//! What is wrong with a requirements file.

use std::collections::{BTreeSet, HashMap};

use super::{
    base,
    feeds::{self, FeedAddress, is_private},
    hashes::HashMode,
    invisible,
    lines::{Logical, logical_lines},
    normalised_name,
    options::{self, Meaning},
    parse::{self, Requirement, What},
};
use crate::{
    place::LineLengths,
    problem::{MissingFile, Problem, quoted},
    report::{FileNames, Finding, Fix, Severity, normalised},
    yaml::Span,
};

/// Nobody reads more, and an editor that marks them would be slow.
const MAX_FINDINGS: usize = 500;

pub(super) fn lint(
    text: &str,
    path: &str,
    files: Option<&FileNames>,
    hashes: &HashMode,
) -> Vec<Finding> {
    let mut linter = Linter {
        lengths: LineLengths::of(text),
        folder: path.rsplit_once('/').map_or("", |(folder, _)| folder),
        files,
        hashes,
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
    hashes: &'a HashMode,
    /// Where a package with these extras is asked for first, and under which condition.
    known: HashMap<(String, BTreeSet<String>), (u32, Option<String>)>,
    findings: Vec<Finding>,
}

impl Linter<'_> {
    fn line(&mut self, logical: &Logical) {
        if self.invisible(logical) {
            return;
        }
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
                        if self.hashes.is_required() {
                            self.error("RequirementHashMissing", span, HashMode::UNHASHABLE);
                        }
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
                    let fix = refused.rewrite.map(|rewrite| Fix {
                        label: rewrite.label,
                        ..fix_at(logical.span(rewrite.from, rewrite.to), rewrite.text)
                    });
                    let problem = Problem::new("RequirementInvalid", span, refused.why);
                    self.push(Severity::Error, problem, fix);
                }
            },
        }
    }

    /// Characters that nobody sees and pip refuses; whether there are any.
    fn invisible(&mut self, logical: &Logical) -> bool {
        // Those at the ends are stripped, as blanks are.
        let begin = logical.text.len() - logical.text.trim_start().len();
        let end = begin + logical.text.trim().len();
        let mut found = invisible::find(&logical.text);
        found.retain(|one| (begin..end).contains(&one.from));
        let (Some(first), Some(last)) = (found.first(), found.last()) else {
            return false;
        };
        let span = logical.span(first.from, last.to);
        let put = invisible::without(&logical.text[first.from..last.to]);
        let whole = format!(
            "{}{put}{}",
            &logical.text[..first.from],
            &logical.text[last.to..]
        );
        // A `#` may begin a comment once there is a space before it, and then less would be installed.
        let read = logical_lines(&whole);
        let whole_span = logical.span(begin, end);
        let is_safe = read.len() == 1
            && read[0].trimmed() == whole.trim()
            && !whole.contains('\\')
            && whole_span.start.line == whole_span.end.line;
        let fix = is_safe.then(|| Fix {
            label: first.label(),
            ..fix_at(span, put)
        });
        let problem = Problem::new("RequirementInvalid", span, first.message());
        self.push(Severity::Error, problem, fix);
        true
    }

    fn requirement(&mut self, logical: &Logical, requirement: &Requirement) {
        let line = logical.span(
            logical.text.len() - logical.text.trim_start().len(),
            logical.text.trim_end().len(),
        );
        if let Some(why) = self.hashes.lack(&logical.text, requirement) {
            self.error("RequirementHashMissing", line, why);
        }
        if let Some((from, to)) = requirement.location() {
            self.location(logical, &logical.text[from..to], from);
            self.local_package(&logical.text[from..to], logical.span(from, to));
        }
        let What::Named((from, to), _) = requirement.what else {
            return;
        };
        let name = normalised_name(&logical.text[from..to]);
        self.duplicate(logical, requirement, &name, logical.span(from, to));
        if base::is_runtime(&name) && requirement.clauses.iter().any(|clause| clause.pins) {
            self.pin(logical, requirement, &name);
        }
    }

    fn duplicate(&mut self, logical: &Logical, requirement: &Requirement, name: &str, span: Span) {
        let marker = requirement
            .marker
            .map(|(from, to)| logical.text[from..to].split_whitespace().collect());
        let extras = requirement.extras.iter();
        let extras = extras.map(|(from, to)| normalised_name(&logical.text[*from..*to]));
        // Extras of one package add up: pip installs all that any line names.
        let key = (name.to_owned(), extras.collect());
        match self.known.get(&key) {
            // Several conditions are how one package is asked for in several ways.
            Some((_, other)) if marker.is_some() && other.is_some() && marker != *other => {}
            Some((line, _)) => {
                let message = format!(
                    "{} is already listed on line {line}. Keep one of the two lines.",
                    quoted(name)
                );
                self.push(
                    Severity::Warning,
                    Problem::new("RequirementTwice", span, message),
                    None,
                );
            }
            None => {
                self.known.insert(key, (logical.line(), marker));
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
        let message = base::pinned_message(name);
        // Without a version no hash can be checked.
        let fix = (!requirement.hashed).then(|| {
            let (from, to) = cut(requirement);
            Fix {
                label: "Remove the version".to_owned(),
                ..fix_at(logical.span(from, to), kept(logical, requirement))
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
                let message =
                    "This sends the token over the network unencrypted. Use an https address.";
                self.push(
                    Severity::Warning,
                    Problem::new("PrivateFeedUnencrypted", span((0, address.len())), message),
                    None,
                );
            }
            _ if address.contains(feeds::PRIVATE) && !is_private(address) => {
                let message = "Put ‘{private}’ before the host of an http or https address, as in ‘https://{private}@host/path/’.";
                self.error("PrivateMisplaced", span((0, address.len())), message);
            }
            _ => {}
        }
    }

    /// The address of a package.
    fn location(&mut self, logical: &Logical, address: &str, at: usize) {
        if address.contains(feeds::PRIVATE) {
            let message = "‘{private}’ only works in lines that name an index: -i, --extra-index-url and -f. Publish the package to a feed instead.";
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
                "Everyone who can read the flow can read this password. Use ‘{private}’ instead: the install replaces it with the token of the session’s identity and never shows it."
            }
            (false, true) => {
                "A user name alone doesn’t open a private feed, and everyone who can read the flow can read a token here. Use ‘{private}’ instead: the install replaces it with the token of the session’s identity."
            }
            (_, false) => {
                "Everyone who can read the flow can read this password. Publish the package to a feed and use ‘{private}’ in the feed’s address."
            }
        };
        let fix = is_index.then(|| Fix {
            label: "Use {private}".to_owned(),
            ..fix_at(span, feeds::PRIVATE.to_owned())
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
        // What is outside of the folder or given by a variable cannot be known from here.
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
        let message = format!("The flow folder doesn’t have the {what} {}.", quoted(path));
        let creates =
            (what == "requirements file").then(|| Box::new(MissingFile(normalised(&beside))));
        let problem = Problem {
            creates,
            ..Problem::new(super::REQUIREMENT_FILE_MISSING, span, message)
        };
        self.push(Severity::Error, problem, None);
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.push(Severity::Error, Problem::new(code, span, message), None);
    }

    fn push(&mut self, severity: Severity, problem: Problem, fix: Option<Fix>) {
        let finding = self.lengths.place(problem).into_finding(severity);
        self.findings.push(Finding { fix, ..finding });
    }
}

/// An edit that puts `text` in the place of `span`; its label is the caller's.
fn fix_at(Span { start, end }: Span, text: String) -> Fix {
    Fix {
        label: String::new(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        text,
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

/// The comparisons that don't pin a version.
fn kept(logical: &Logical, requirement: &Requirement) -> String {
    let others = requirement.clauses.iter().filter(|clause| !clause.pins);
    let texts: Vec<&str> = others
        .map(|clause| &logical.text[clause.from..clause.to])
        .collect();
    texts.join(",")
}
