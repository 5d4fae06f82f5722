//! One requirement: a name with extras, versions and marker (PEP 508), or a path or address as pip takes it.

use super::{LineKind, conda, marker, normalised_name, version};

/// Where the parts of a requirement stand in its line.
#[derive(Debug, Default)]
pub(super) struct Requirement {
    pub(super) what: What,
    /// The comparisons, each without the blanks around it.
    pub(super) clauses: Vec<Clause>,
    /// From behind the name and extras up to what follows the versions.
    pub(super) versions: (usize, usize),
    /// What stands behind `;`.
    pub(super) marker: Option<(usize, usize)>,
    /// Whether hashes follow.
    pub(super) hashed: bool,
    /// Where the names of the extras stand.
    pub(super) extras: Vec<(usize, usize)>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum What {
    /// A name, from its first to behind its last byte, and the address behind `@`.
    Named((usize, usize), Option<(usize, usize)>),
    /// A path or address.
    Located((usize, usize)),
    #[default]
    Nothing,
}

/// `>=1.0`: from its first to behind its last byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clause {
    pub(super) from: usize,
    pub(super) to: usize,
    /// `==` or `===`, also with `.*`.
    pub(super) pins: bool,
    /// It allows one version alone.
    pub(super) is_exact: bool,
}

/// What isn't a requirement, where, and why.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) why: String,
    /// What the line means, where that is certain.
    pub(super) rewrite: Option<Rewrite>,
}

/// An edit of a line: `text` in the place of what stands from `from` up to `to`.
#[derive(Debug)]
pub(super) struct Rewrite {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) text: String,
    pub(super) label: String,
}

impl Requirement {
    pub(super) fn kind(&self, text: &str) -> LineKind {
        match self.what {
            What::Named((from, to), _) => LineKind::Named {
                name: normalised_name(&text[from..to]),
            },
            What::Located((from, to)) => LineKind::Located {
                location: text[from..to].to_owned(),
            },
            What::Nothing => LineKind::Invalid,
        }
    }

    /// Where the package is, when it is not looked for by name.
    pub(super) fn location(&self) -> Option<(usize, usize)> {
        match self.what {
            What::Named(_, location) => location,
            What::Located(location) => Some(location),
            What::Nothing => None,
        }
    }
}

/// Reads a line that isn't an option.
pub(super) fn requirement(text: &str) -> Result<Requirement, Refused> {
    if let Some(refused) = conda::refused(text) {
        return Err(refused);
    }
    let (text, hashed) = without_options(text)?;
    let mut reader = Reader { text, at: 0 };
    reader.blanks();
    let mut read = match reader.located() {
        Some(located) => located,
        None => reader.named()?,
    };
    reader.blanks();
    if reader.take(';') {
        let from = reader.at;
        marker::check(reader.rest()).map_err(|(at, why)| Refused {
            from: from + at,
            to: text.trim_end().len().max(from + at),
            why: format!("This condition isn’t valid: {why}."),
            rewrite: None,
        })?;
        read.marker = Some((from, text.trim_end().len()));
    } else if !reader.rest().is_empty() {
        return Err(reader.refused("Unexpected text. Use a comparison such as ==, ‘;’ before a condition, or ‘#’ before a comment."));
    }
    read.hashed = hashed;
    Ok(read)
}

/// The line without the options at its end, such as `--hash=sha256:…`; whether there are hashes.
fn without_options(text: &str) -> Result<(&str, bool), Refused> {
    const KNOWN: [&str; 4] = [
        "--hash",
        "--config-settings",
        "--config-setting",
        "--global-option",
    ];
    let Some(start) = text.find(" --").or_else(|| text.find("\t--")) else {
        return Ok((text, false));
    };
    let options = &text[start..];
    let mut at = start;
    for word in options.split(char::is_whitespace) {
        let name = word.split('=').next().unwrap_or(word);
        if word.starts_with("--") && !KNOWN.contains(&name) {
            return Err(Refused {
                from: at,
                to: at + word.len(),
                why: format!(
                    "A requirement can’t have the option {}.",
                    crate::problem::quoted(word)
                ),
                rewrite: None,
            });
        }
        at += word.len() + 1;
    }
    Ok((&text[..start], options.contains("--hash")))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> (usize, usize) {
        let from = self.at;
        self.at = self.text.len() - self.rest().trim_start_matches(is_part).len();
        (from, self.at)
    }

    /// The rest of the line cannot be read.
    fn refused(&self, why: &str) -> Refused {
        Refused {
            from: self.at,
            to: self.text.trim_end().len().max(self.at),
            why: why.to_owned(),
            rewrite: None,
        }
    }

    /// A path or address, when the line begins with one.
    fn located(&mut self) -> Option<Requirement> {
        let rest = self.rest();
        let word = rest.split([' ', '\t', ';']).next().unwrap_or(rest);
        let named = rest.split_once('@').is_some_and(|(name, _)| {
            let name = name.split('[').next().unwrap_or(name).trim();
            !name.is_empty() && name.chars().all(is_name)
        });
        let archive = [".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"];
        let bare = word.split(['[', '#']).next().unwrap_or(word);
        let located = word.contains("://")
            || word.starts_with(['.', '/', '~'])
            || word.starts_with("file:")
            || bare.contains(['/', '\\'])
            || archive.iter().any(|ending| bare.ends_with(ending));
        (located && !named).then(|| Requirement {
            what: What::Located(self.take_location()),
            versions: (self.at, self.at),
            ..Requirement::default()
        })
    }

    /// Up to a blank before `;` or the end: an address may hold semicolons.
    fn take_location(&mut self) -> (usize, usize) {
        let rest = self.rest();
        let end = [" ;", "\t;"]
            .iter()
            .filter_map(|sign| rest.find(sign))
            .min();
        let location = rest[..end.unwrap_or(rest.len())].trim_end();
        let from = self.at;
        self.at += location.len();
        (from, self.at)
    }

    fn named(&mut self) -> Result<Requirement, Refused> {
        let name = self.name()?;
        let extras = self.extras()?;
        let begin = self.at;
        self.blanks();
        if self.take('@') {
            self.blanks();
            let location = self.take_location();
            if location.0 == location.1 {
                return Err(self.refused("Add an address after ‘@’."));
            }
            return Ok(Requirement {
                what: What::Named(name, Some(location)),
                versions: (begin, begin),
                extras,
                ..Requirement::default()
            });
        }
        let parenthesised = self.take('(');
        let clauses = self.clauses()?;
        if parenthesised {
            self.blanks();
            if !self.take(')') {
                return Err(self.refused("Close the parenthesis."));
            }
        }
        let end = if clauses.is_empty() && !parenthesised {
            begin
        } else {
            self.at
        };
        Ok(Requirement {
            what: What::Named(name, None),
            clauses,
            versions: (begin, end),
            extras,
            ..Requirement::default()
        })
    }

    fn name(&mut self) -> Result<(usize, usize), Refused> {
        let from = self.at;
        let name = self.take_while(is_name);
        let text = &self.text[name.0..name.1];
        let whole = |c: char| c.is_ascii_alphanumeric();
        if text.starts_with(whole) && text.ends_with(whole) {
            return Ok(name);
        }
        self.at = from;
        Err(self.refused("Start the line with a package name, a path, an address or an option."))
    }

    fn extras(&mut self) -> Result<Vec<(usize, usize)>, Refused> {
        let mut extras = Vec::new();
        let before = self.at;
        self.blanks();
        if !self.take('[') {
            self.at = before;
            return Ok(extras);
        }
        self.blanks();
        if self.take(']') {
            return Ok(extras);
        }
        loop {
            self.blanks();
            extras.push(self.name()?);
            self.blanks();
            if self.take(']') {
                return Ok(extras);
            }
            if !self.take(',') {
                return Err(self.refused("Separate extras with commas and close them with ‘]’."));
            }
        }
    }

    fn clauses(&mut self) -> Result<Vec<Clause>, Refused> {
        let mut clauses = Vec::new();
        loop {
            self.blanks();
            let from = self.at;
            let rest = self.rest();
            let Some(operator) = version::OPERATORS
                .iter()
                .find(|one| rest.starts_with(**one))
            else {
                if rest.starts_with('=') {
                    return Err(self.refused("Use == to pin a version."));
                }
                // A comma may stand at the end.
                return Ok(clauses);
            };
            self.at += operator.len();
            self.blanks();
            let (begin, end) = self.take_while(|c| !c.is_whitespace() && !",;)".contains(c));
            if !version::fits(operator, &self.text[begin..end]) {
                let what = match &self.text[begin..end] {
                    "" => format!("Add a version after ‘{operator}’."),
                    other => format!(
                        "{} isn’t a version that ‘{operator}’ can compare.",
                        crate::problem::quoted(other)
                    ),
                };
                self.at = from;
                return Err(self.refused(&what));
            }
            clauses.push(Clause {
                from,
                to: self.at,
                pins: operator.starts_with("=="),
                is_exact: *operator == "==="
                    || (*operator == "==" && !self.text[begin..end].ends_with(".*")),
            });
            self.blanks();
            if !self.take(',') {
                self.at = clauses.last().map_or(self.at, |last| last.to);
                return Ok(clauses);
            }
        }
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.".contains(c)
}
