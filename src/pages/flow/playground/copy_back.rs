//! A change of recorded messages as a change of the template that rendered them: only where it's certain which text of the
//! template it was. Pure.

/// Why a change isn't copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByHand {
    /// The messages are others, or have other roles.
    Messages,
    /// What changed isn't the template's own text: an input gave it, or it stands there more than once.
    NotConstant,
    /// The new text would mean something to the template.
    Syntax,
}

impl ByHand {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Messages => "You added or removed messages, or changed a role.",
            Self::NotConstant => {
                "What you changed comes from an input, or stands in the template more than once."
            }
            Self::Syntax => {
                "The new text has a role line or Jinja syntax, which the template would act on."
            }
        }
    }
}

/// A message: its role and its text.
pub(super) type Said = (String, String);

/// The template with the texts that were changed; the same where none was.
pub(super) fn copied(template: &str, before: &[Said], after: &[Said]) -> Result<String, ByHand> {
    let roles = |all: &[Said]| {
        all.iter()
            .map(|(role, _)| role.clone())
            .collect::<Vec<String>>()
    };
    if roles(before) != roles(after) {
        return Err(ByHand::Messages);
    }
    let recorded: Vec<&str> = before.iter().map(|(_, text)| text.as_str()).collect();
    let changed = before.iter().zip(after).filter(|(old, new)| old.1 != new.1);
    changed
        .into_iter()
        .try_fold(template.to_owned(), |template, (old, new)| {
            replaced(&template, &recorded, &old.1, &new.1)
        })
}

fn replaced(template: &str, recorded: &[&str], old: &str, new: &str) -> Result<String, ByHand> {
    let mut change = Change::of(old, new);
    loop {
        let (was, is) = (
            change.of_text(old, old.len()),
            change.of_text(new, new.len()),
        );
        let places = constants(template, was);
        match places.as_slice() {
            [at] if count(recorded, was) == 1 => {
                if is_read(is) || !keeps_lines(new) {
                    return Err(ByHand::Syntax);
                }
                let (head, rest) = template.split_at(*at);
                let tail = rest.get(was.len()..).unwrap_or_default();
                return Ok(format!("{head}{is}{tail}"));
            }
            [] if !was.is_empty() => return Err(ByHand::NotConstant),
            _ => {}
        }
        if !change.widen(old) {
            return Err(ByHand::NotConstant);
        }
    }
}

/// What differs: all but so many bytes at the beginning and at the end.
struct Change {
    head: usize,
    tail: usize,
    is_left_next: bool,
}

impl Change {
    fn of(old: &str, new: &str) -> Self {
        let same = |(one, two): &(char, char)| one == two;
        let head: usize = old
            .chars()
            .zip(new.chars())
            .take_while(same)
            .map(|(one, _)| one.len_utf8())
            .sum();
        let (old, new) = (&old.get(head..), &new.get(head..));
        let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
        let ends = old.chars().rev().zip(new.chars().rev());
        let tail = ends.take_while(same).map(|(one, _)| one.len_utf8()).sum();
        Self {
            head,
            tail,
            is_left_next: true,
        }
    }

    fn of_text<'t>(&self, text: &'t str, length: usize) -> &'t str {
        text.get(self.head..length - self.tail).unwrap_or_default()
    }

    /// Takes in a word more, on one side and then the other; `false` when there is none.
    fn widen(&mut self, text: &str) -> bool {
        let before = text.get(..self.head).unwrap_or_default();
        let after = text.get(text.len() - self.tail..).unwrap_or_default();
        if before.is_empty() && after.is_empty() {
            return false;
        }
        let is_left = (self.is_left_next && !before.is_empty()) || after.is_empty();
        self.is_left_next = !is_left;
        if is_left {
            let trimmed = before.trim_end();
            let start = trimmed.rfind(char::is_whitespace).map_or(0, |at| {
                at + trimmed
                    .get(at..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(1, char::len_utf8)
            });
            self.head = start;
        } else {
            let trimmed = after.trim_start();
            let skipped = after.len() - trimmed.len();
            let word = trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
            self.tail -= skipped + word;
        }
        true
    }
}

/// Where a text stands among what the template gives as it is.
fn constants(template: &str, text: &str) -> Vec<usize> {
    if text.is_empty() || is_read(text) {
        return Vec::new();
    }
    let tags = tags(template);
    let is_within = |at: usize| {
        let mut tags = tags.iter();
        tags.any(|(start, end)| at < *end && at + text.len() > *start)
    };
    let found = template.match_indices(text).map(|(at, _)| at);
    found.filter(|at| !is_within(*at)).collect()
}

/// Where the template's tags and comments are.
fn tags(template: &str) -> Vec<(usize, usize)> {
    let mut tags = Vec::new();
    let mut from = 0;
    while let Some(rest) = template.get(from..) {
        let opened = OPENS.iter().zip(CLOSES);
        let first = opened
            .filter_map(|(open, close)| Some((rest.find(open)?, close)))
            .min();
        let Some((at, close)) = first else { break };
        let start = from + at;
        let end = template.get(start..).and_then(|rest| rest.find(close));
        let end = end.map_or(template.len(), |at| start + at + close.len());
        tags.push((start, end));
        from = end;
    }
    tags
}

const OPENS: [&str; 3] = ["{{", "{%", "{#"];
const CLOSES: [&str; 3] = ["}}", "%}", "#}"];

/// Whether a template would act on the text.
fn is_read(text: &str) -> bool {
    OPENS.iter().chain(&CLOSES).any(|mark| text.contains(mark))
}

/// Whether no line of a message is one that begins another: promptflow splits what was rendered at these.
fn keeps_lines(text: &str) -> bool {
    const ROLES: [&str; 6] = [
        "system",
        "user",
        "assistant",
        "function",
        "tool",
        "developer",
    ];
    let role = |line: &str| {
        let line = line.trim().trim_start_matches('#').trim_start();
        let named = line.strip_suffix(':').map(str::trim_end);
        named.is_some_and(|name| ROLES.iter().any(|role| role.eq_ignore_ascii_case(name)))
    };
    !text.lines().any(role)
}

fn count(texts: &[&str], part: &str) -> usize {
    texts.iter().map(|text| text.matches(part).count()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "# system:\nBe brief. Be kind.\n{# Be odd. #}\n\n# user:\nAnswer this: {{question}} {% if x %}Be kind.{% endif %}\nThe end\n";

    fn said(system: &str, user: &str) -> Vec<Said> {
        [("system", system), ("user", user)]
            .map(|(role, text)| (role.to_owned(), text.to_owned()))
            .to_vec()
    }

    fn change(system: &str, user: &str) -> Result<String, ByHand> {
        let before = said("Be brief. Be kind.", "Answer this: Why is it so? \nThe end");
        copied(TEMPLATE, &before, &said(system, user))
    }

    #[test]
    fn the_templates_own_text_is_changed_and_nothing_else() {
        let user = "Answer this: Why is it so? \nThe end";
        assert_eq!(change("Be brief. Be kind.", user).unwrap(), TEMPLATE);
        for (system, user, old, new) in [
            ("Be long. Be kind.", user, "Be brief.", "Be long."),
            ("Be brief.", user, "Be brief. Be kind.\n{#", "Be brief.\n{#"),
            (
                "Be brief and terse. Be kind.",
                user,
                "brief.",
                "brief and terse.",
            ),
            (
                "Be brief. Be kind. Really.",
                user,
                "Be brief. Be kind.\n{#",
                "Be brief. Be kind. Really.\n{#",
            ),
            (
                "Be brief. Be kind.",
                "Answer that: Why is it so? \nThe end",
                "this:",
                "that:",
            ),
            (
                "Be brief. Be kind.",
                "Answer this: Why is it so? \nThe very end",
                "The end",
                "The very end",
            ),
        ] {
            assert_eq!(
                change(system, user).unwrap(),
                TEMPLATE.replacen(old, new, 1)
            );
        }
        let both = change("Be long. Be kind.", "Answer that: Why is it so? \nThe end").unwrap();
        assert!(both.contains("Be long.") && both.contains("Answer that:"));
    }

    #[test]
    fn what_isnt_certain_is_left_to_the_person() {
        let user = "Answer this: Why is it so? \nThe end";
        for (system, user, why) in [
            (
                "Be brief. Be kind.",
                "Answer this: How is it so? \nThe end",
                ByHand::NotConstant,
            ),
            ("Be {{brief}}. Be kind.", user, ByHand::Syntax),
            ("Be brief.\nuser:\nBe kind.", user, ByHand::Syntax),
        ] {
            assert_eq!(change(system, user), Err(why), "{system} {user}");
        }
        let more = [said("Be brief. Be kind.", user), said("x", "y")].concat();
        assert_eq!(
            copied(TEMPLATE, &said("Be brief. Be kind.", user), &more),
            Err(ByHand::Messages)
        );
        // An input that says the same as the template may be what was shown.
        let twice = said("Be brief. Be kind.", "Answer this: Be brief. \nThe end");
        let changed = said("Be long. Be kind.", "Answer this: Be brief. \nThe end");
        assert!(
            copied(TEMPLATE, &twice, &changed)
                .unwrap()
                .contains("Be long. Be kind.\n")
        );
        let rendered = [("user".to_owned(), "a a".to_owned())];
        let other = [("user".to_owned(), "b a".to_owned())];
        assert_eq!(
            copied("user:\n{{x}} a", &rendered, &other),
            Err(ByHand::NotConstant)
        );
        assert_eq!(
            copied("user:\n{{x}}", &rendered, &other),
            Err(ByHand::NotConstant)
        );
    }
}
