//! Secrets that were pasted into a file: keys by their well-known beginnings, and long values beside a name that says key.
//!
//! What is found is never shown: a message holds its first letters at most.

use std::borrow::Cow;

use crate::problem::Problem;
use crate::yaml::{Position, Span};

/// A key that its beginning gives away.
struct Known {
    beginning: &'static str,
    /// How many letters follow at least.
    least: usize,
    name: &'static str,
}

/// The longer beginnings first.
const KNOWN: [Known; 18] = [
    known("sk-ant-", 20, "an Anthropic key"),
    known("sk-", 20, "an OpenAI key"),
    known("AKIA", 16, "an AWS access key"),
    known("ASIA", 16, "an AWS access key"),
    known("ghp_", 30, "a GitHub token"),
    known("gho_", 30, "a GitHub token"),
    known("ghu_", 30, "a GitHub token"),
    known("ghs_", 30, "a GitHub token"),
    known("github_pat_", 22, "a GitHub token"),
    known("glpat-", 20, "a GitLab token"),
    known("xoxb-", 20, "a Slack token"),
    known("xoxp-", 20, "a Slack token"),
    known("AIza", 35, "a Google key"),
    known("hf_", 30, "a Hugging Face token"),
    known("pypi-", 40, "a PyPI token"),
    known("npm_", 36, "an npm token"),
    known("AccountKey=", 40, "an Azure storage key"),
    known("eyJhbGciOi", 20, "a signed token"),
];

const fn known(beginning: &'static str, least: usize, name: &'static str) -> Known {
    Known {
        beginning,
        least,
        name,
    }
}

/// What names a secret, in small letters and without `-` and `_`.
const NAMES: [&str; 9] = [
    "apikey",
    "accesskey",
    "subscriptionkey",
    "accountkey",
    "secret",
    "password",
    "token",
    "privatekey",
    "authkey",
];

/// Secrets are shorter: what is longer is looked at so far.
const LONGEST: usize = 512;

/// More in one file is no paste.
const MOST: usize = 20;

/// A secret in a line: where it is, in bytes, and what it looks like.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    from: usize,
    to: usize,
    name: &'static str,
}

/// The secrets of a text, each with its place.
pub(crate) fn find(text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(crate::place::lines(text)) {
        let Some(found) = in_line(line) else { continue };
        let column = |at: usize| {
            let before = line.get(..at).map_or(0, |before| before.chars().count());
            u32::try_from(before + 1).unwrap_or(u32::MAX)
        };
        let place = |at| Position {
            line: number,
            column: column(at),
        };
        let span = Span {
            start: place(found.from),
            end: place(found.to),
        };
        let secret = line.get(found.from..found.to).unwrap_or_default();
        let message = format!(
            "This looks like {} ({}). Everyone who can open this file can read it. Move it to a connection, and replace the \
             key if others have seen it.",
            found.name,
            mask(secret),
        );
        problems.push(Problem::doubtful("Secret", span, message));
        if problems.len() == MOST {
            break;
        }
    }
    problems
}

/// Whether the value of this name is a secret, by its name or its own letters. A reference isn't one.
#[must_use]
pub fn is_secret(name: &str, value: &str) -> bool {
    let text = value.trim();
    let is_reference = text.starts_with("${") && text.ends_with('}');
    !text.is_empty()
        && !is_reference
        && (is_name(name) || value.lines().any(|line| in_line(line).is_some()))
}

/// The text, with what looks like a secret by its own letters masked.
pub(crate) fn masked(text: &str) -> Cow<'_, str> {
    match known_in(text) {
        Some(found) => Cow::Owned(format!(
            "{}{}",
            &text[..found.from],
            mask(&text[found.from..found.to])
        )),
        None => Cow::Borrowed(text),
    }
}

/// The first letters alone: as many as most secrets of a kind share.
fn mask(secret: &str) -> String {
    let shown: String = secret.chars().take(3).collect();
    format!("{shown}…")
}

fn in_line(line: &str) -> Option<Found> {
    private_key(line)
        .or_else(|| known_in(line))
        .or_else(|| named(line))
}

fn private_key(line: &str) -> Option<Found> {
    let from = line.find("-----BEGIN ")?;
    let rest = &line[from + 5..];
    let end = rest.find("PRIVATE KEY-----")?;
    // Code that looks for keys has the line alone, in quotes.
    let after = rest[end + "PRIVATE KEY-----".len()..].trim_end();
    let goes_on = after.is_empty()
        || after.starts_with("\\n")
        || after.starts_with(|c: char| c.is_ascii_alphanumeric());
    goes_on.then_some(Found {
        from,
        to: from + 5 + end + "PRIVATE KEY-----".len(),
        name: "a private key",
    })
}

fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn known_in(line: &str) -> Option<Found> {
    let bytes = line.as_bytes();
    let of = |known: &Known| {
        let mut starts = line.match_indices(known.beginning);
        starts.find_map(|(from, _)| {
            let is_begin = from == 0 || !is_of_key(bytes[from - 1]);
            let after = from + known.beginning.len();
            let is_base64 = known.beginning.ends_with('=');
            let goes_on = |byte: &u8| is_of_key(*byte) || is_base64 && b"+/=".contains(byte);
            let rest = bytes[after..].iter().take(LONGEST);
            let length = rest.take_while(|byte| goes_on(byte)).count();
            let to = after + length;
            let has_digit = bytes[after..to].iter().any(u8::is_ascii_digit);
            (is_begin && length >= known.least && has_digit).then_some(Found {
                from,
                to,
                name: known.name,
            })
        })
    };
    KNOWN.iter().find_map(of)
}

/// A long value of letters and digits behind a name that says that it is a key: Azure's have 32 or 84.
fn named(line: &str) -> Option<Found> {
    let mut searched = 0;
    while let Some(at) = line[searched..].find(['=', ':']) {
        let sign = searched + at;
        searched = sign + 1;
        if !is_name(&line[..sign]) {
            continue;
        }
        let after = &line[sign + 1..];
        let value = after.trim_start_matches([' ', '\t', '=', '"', '\'']);
        let from = line.len() - value.len();
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_-+/=~".contains(c);
        let longest = value.len().min(LONGEST);
        let part = value.char_indices().take(LONGEST);
        let mut ends = part.filter(|(_, c)| !is_part(*c));
        let end = ends.next().map_or(longest, |(end, _)| end);
        let (value, rest) = value.split_at(end);
        // A call or an index is code that gets the secret from somewhere.
        if looks_random(value) && !rest.starts_with(['(', '[', '{', '<', '.']) {
            return Some(Found {
                from,
                to: from + value.len(),
                name: "a secret",
            });
        }
    }
    None
}

fn is_name(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches(['"', '\'']);
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let start = before.rfind(|c| !is_letter(c)).map_or(0, |at| {
        at + before[at..].chars().next().map_or(1, char::len_utf8)
    });
    let name: String = before[start..]
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    // `max_tokens` counts them.
    let is_key = name == "key" || NAMES.iter().any(|known| name.ends_with(known));
    is_key && !name.is_empty()
}

/// Letters and digits without a word's order: not a path, a name or a number.
fn looks_random(value: &str) -> bool {
    let plain = value.trim_end_matches('=');
    let length = plain.len();
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let letters = plain.bytes().filter(u8::is_ascii_alphabetic).count();
    let longest_word = plain
        .split(|c: char| !c.is_ascii_alphanumeric())
        .map(str::len)
        .max()
        .unwrap_or(0);
    length >= 20 && digits >= 3 && letters >= 3 && longest_word >= 16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEX: &str = "0123456789abcdef0123456789abcdef";

    fn found(line: &str) -> Option<&str> {
        in_line(line).map(|found| &line[found.from..found.to])
    }

    #[test]
    fn secrets_are_found_by_their_beginning() {
        let openai = format!("sk-proj-{HEX}");
        let github = format!("ghp_{HEX}");
        for (line, secret) in [
            (format!("    api_key: {openai}"), &*openai),
            (format!("client = OpenAI(\"{openai}\")"), &*openai),
            (
                format!("git clone https://{github}@github.com/a/b"),
                &*github,
            ),
            (
                "x AKIA0123456789ABCDEF y".to_owned(),
                "AKIA0123456789ABCDEF",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----".to_owned(),
                "-----BEGIN RSA PRIVATE KEY-----",
            ),
        ] {
            assert_eq!(found(&line), Some(secret), "{line}");
        }
    }

    #[test]
    fn secrets_are_found_beside_their_name() {
        let long = "A1b2C3d4E5f6".repeat(7);
        for (line, secret) in [
            (format!("AZURE_OPENAI_API_KEY={HEX}"), HEX),
            (format!("  \"api-key\": \"{HEX}\","), HEX),
            (format!("api_key = '{HEX}'"), HEX),
            (format!("subscription_key: {long}"), &*long),
        ] {
            assert_eq!(found(&line), Some(secret), "{line}");
        }
    }

    #[test]
    fn what_is_no_secret_is_left_alone() {
        for line in [
            "max_tokens: 12345678901234567890abc".to_owned(),
            "api_key: ${my_connection.api_key}".to_owned(),
            "api_key = os.environ[\"AZURE_OPENAI_API_KEY_0123\"]".to_owned(),
            "api_key = get_secret_2024_from_the_vault1(1)".to_owned(),
            "api_key: <your-key-0123456789012345>".to_owned(),
            "task-0123456789012345678901234567890".to_owned(),
            "sk-short1".to_owned(),
            format!("sha256:{HEX}"),
            "START = b\"-----BEGIN OPENSSH PRIVATE KEY-----\"".to_owned(),
            "key = ed25519.Ed25519PublicKey123.from_bytes".to_owned(),
            format!("--hash=sha256:{HEX}"),
            "key: value".to_owned(),
            "token: the-first-token-2024-of-the-text-1".to_owned(),
        ] {
            assert_eq!(found(&line), None, "{line}");
        }
    }

    #[test]
    fn a_value_is_a_secret_by_its_name_or_its_letters() {
        let openai = format!("sk-proj-{HEX}");
        for (name, value, is) in [
            ("OPENAI_API_KEY", "x", true),
            ("DB_PASSWORD", "hunter2", true),
            ("SETTINGS", &*openai, true),
            ("URL", &*format!("a\nhttps://{openai}@x"), true),
            ("OPENAI_API_KEY", "${conn.api_key}", false),
            ("OPENAI_API_KEY", " ", false),
            ("MAX_TOKENS", "100", false),
            ("MODEL", "gpt-4o", false),
        ] {
            assert_eq!(is_secret(name, value), is, "{name}={value}");
        }
    }

    proptest! {
        #[test]
        fn a_message_never_holds_the_secret(before in "[ -~é]{0,10}", secret in "[a-zA-Z0-9]{24}9", name in "api_key: |token=|sk-|") {
            let text = format!("{before}\n{name}{secret}\n");
            for problem in find(&text) {
                prop_assert!(!problem.message.contains(&secret[..8]), "{}", problem.message);
            }
            let shown = crate::problem::quoted(&format!("sk-{secret}"));
            prop_assert!(!shown.contains(&secret[..8]), "{}", shown);
        }

        #[test]
        fn any_text_has_an_answer(text in "(api_key|sk-|AKIA|ghp_|=|:|\"|'|é|-----BEGIN |PRIVATE KEY-----|[a-z0-9]{0,20}|\n|\r){0,30}") {
            let _ = find(&text);
        }
    }
}
