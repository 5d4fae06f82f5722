//! Removes secrets from a text: those that are known, and everything that looks like one. It removes too much rather
//! than too little.

use std::{borrow::Cow, sync::LazyLock};

use flowdeck_contract::address::encode;
use regex::{Captures, Regex};

/// Stands where a secret was.
const REMOVED: &str = "‹removed›";

/// A shorter one would stand in every other word.
const SHORTEST: usize = 4;

/// Words in a name that say that what it names is secret.
const SECRET_NAMES: &str = r"token|secret|passw(?:or)?d|passphrase|pwd|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|signing[_-]?key|auth[_-]?key|credential|authorization|connection[_-]?string|(?:\b|_)(?:key|auth|sig|sas|pat|cookie)\b";

#[expect(
    clippy::expect_used,
    reason = "every pattern is a literal, tried by the tests"
)]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is right")
}

/// `https://user:password@host`, `git+https://token@host`.
static USER_INFO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?i)\b([a-z][a-z0-9+.-]*://)([^\s/?\#"'<>]*)@"#));

/// `name: value`, `name=value`, `"name": "value"`. The value of a colon goes to the line's end.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?im)([\w.-]*(?:{SECRET_NAMES})[\w.-]*["']?[ \t]*)(?:(:[ \t]*)(\$\{{[^}}\n]*\}}|"(?:[^"\\]|\\.)*"|'[^']*'|[^\n,}}]+)|(=[ \t]*)("(?:[^"\\]|\\.)*"|'[^']*'|(?:bearer|basic)[ \t]+[^\s"',;&]+|[^\s"',;&]+))"#
    ))
});

/// `Bearer …`, `Basic …`.
static SCHEME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}"));

/// The shapes of well-known tokens.
static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:sk-[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|pypi-[\w-]{20,}|hf_\w{20,}|npm_\w{20,})",
    )
});

static PRIVATE_KEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)")
});

/// `machine host login user password secret`, as a netrc has it.
static NETRC: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?im)\b(password|account)[ \t]+(\S+)"));

static SECRET_NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)(?:{SECRET_NAMES})")));

/// Whether what is named so is secret by its name.
pub(super) fn is_secret_name(name: &str) -> bool {
    SECRET_NAME.is_match(name)
}

/// What looks like a secret in a file that is known to hold some.
pub(super) fn secrets_in(text: &str) -> Vec<String> {
    let user_info = USER_INFO.captures_iter(text).flat_map(|found| {
        let info = found[2].to_owned();
        let password = info
            .split_once(':')
            .map(|(_, password)| password.to_owned());
        [password.unwrap_or(info)]
    });
    let named = NAMED.captures_iter(text).filter_map(|found| {
        let value = found.get(3).or_else(|| found.get(5))?.as_str().trim();
        (!is_harmless(&found[1], value)).then(|| unquoted(value).to_owned())
    });
    let netrc = NETRC.captures_iter(text).map(|found| found[2].to_owned());
    user_info.chain(named).chain(netrc).collect()
}

fn unquoted(value: &str) -> &str {
    value.trim_matches(|c| c == '"' || c == '\'')
}

/// Takes secrets out of texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Redactor {
    /// In lower case; the longest first, so that one that holds another goes whole.
    known: Vec<String>,
}

impl Redactor {
    /// One that knows these secrets, in every form in which they may be written.
    pub(super) fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut known: Vec<String> = secrets.into_iter().flat_map(forms).collect();
        known.retain(|secret| secret.len() >= SHORTEST);
        known
            .iter_mut()
            .for_each(|secret| secret.make_ascii_lowercase());
        known.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        known.dedup();
        Self { known }
    }

    /// The text without secrets.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        let mut lower = text.to_ascii_lowercase();
        for secret in &self.known {
            if lower.contains(secret.as_str()) {
                text = Cow::Owned(without(&text, &lower, secret));
                lower = text.to_ascii_lowercase();
            }
        }
        let text = PRIVATE_KEY.replace_all(&text, REMOVED);
        let text = USER_INFO.replace_all(&text, format!("${{1}}{REMOVED}@"));
        let text = SCHEME.replace_all(&text, format!("${{1}} {REMOVED}"));
        let text = SHAPE.replace_all(&text, REMOVED);
        NAMED.replace_all(&text, without_value).into_owned()
    }
}

/// `text` without `secret`, whichever case it is written in; `lower` and `secret` are in lower case.
fn without(text: &str, lower: &str, secret: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut end = 0;
    // Lower case of ASCII moves nothing.
    for (at, _) in lower.match_indices(secret) {
        left.push_str(&text[end..at]);
        left.push_str(REMOVED);
        end = at + secret.len();
    }
    left.push_str(&text[end..]);
    left
}

/// As it is, in a URL, in JSON, and line by line.
fn forms(secret: String) -> Vec<String> {
    let secret = secret.trim().to_owned();
    let json = serde_json::to_string(&secret).unwrap_or_default();
    let json = json.trim_matches('"').to_owned();
    let lines = secret.lines().map(|line| line.trim().to_owned());
    let mut forms: Vec<String> = lines.filter(|line| line.len() >= 8).collect();
    forms.extend([encode(&secret), json, secret]);
    forms
}

fn without_value(found: &Captures<'_>) -> String {
    let (name, separator, value) = match (found.get(2), found.get(4)) {
        (Some(colon), _) => (&found[1], colon.as_str(), &found[3]),
        (None, Some(equals)) => (&found[1], equals.as_str(), &found[5]),
        (None, None) => return found[0].to_owned(),
    };
    if is_harmless(name, value) {
        return found[0].to_owned();
    }
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let quote = quote.map(String::from).unwrap_or_default();
    format!("{name}{separator}{quote}{REMOVED}{quote}")
}

/// A count of tokens, a reference, nothing at all.
fn is_harmless(name: &str, value: &str) -> bool {
    let value = unquoted(value.trim());
    let counts = name.to_ascii_lowercase().contains("tokens") && value.parse::<f64>().is_ok();
    let reference = value.starts_with("${") && value.ends_with('}');
    let nothing = [
        "", "null", "none", "None", "true", "false", "|", ">", "{", "[",
    ];
    counts || reference || nothing.contains(&value) || value == REMOVED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        Redactor::default().clean(text)
    }

    #[test]
    fn what_looks_like_a_secret_is_removed() {
        for text in [
            "-i https://user:CANARY@feed.example/simple/",
            "--extra-index-url https://CANARY@feed.example/simple/",
            "git+ssh://me:p%40CANARY@host/x.git",
            "Looking in indexes: https://a:b@CANARY@host/simple",
            "api_key: CANARY",
            "api_key: CANARY with more words",
            "OPENAI_API_KEY=CANARY",
            "export AZURE_CLIENT_SECRET='CANARY is long'",
            r#"{"password": "CAN\"CANARY", "x": 1}"#,
            r#""authorization": "Bearer CANARY""#,
            "Authorization: Bearer CANARYCANARY",
            "curl -H 'Authorization: Basic Q0FOQVJZQ0FOQVJZCANARY'",
            "Bearer CANARYCANARY",
            "https://x.blob.core/y?sv=1&sig=CANARY&se=2",
            "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=CANARY==;EndpointSuffix=y",
            "key sk-CANARYCANARYCANARYCANARY was refused",
            "ghp_CANARYCANARYCANARYCANARY",
            "eyJhbGciOiJIUzI1.eyJzdWIiOiIxCANARY.CANARY",
            "-----BEGIN RSA PRIVATE KEY-----\nCANARY\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nCANARY",
            "connection_string: Endpoint=sb://x;SharedAccessKey=CANARY",
            "password = \"CANARY\"",
        ] {
            let cleaned = clean(text);
            assert!(!cleaned.contains("CANARY"), "{text}\n{cleaned}");
            assert!(cleaned.contains(REMOVED), "{cleaned}");
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "max_tokens: 256",
            "api_key: ${inputs.key}",
            "api_key: ",
            "requests==2.31 from https://index.example/simple/",
            "The compute session is ready: promptflow 1.18.5.",
            "Installed 12 packages in 340 ms",
            "keyring==25.0",
            "2026-11-26T10:00:00Z INFO request refused request_id=abc status=404",
            r#""tokens": 12"#,
            "pip install -r requirements.txt@main",
        ] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn known_secrets_go_in_every_form() {
        let redactor = Redactor::new(["p@ss w\"rd/1".to_owned(), "abc".to_owned()]);
        for text in [
            "it is p@ss w\"rd/1!",
            "https://h/?x=p%40ss%20w%22rd%2F1",
            "as a header has it: P@SS W\"RD/1, é, and again p@Ss w\"rd/1",
            r#"{"x": "p@ss w\"rd/1"}"#,
        ] {
            let cleaned = redactor.clean(text);
            assert!(
                cleaned.contains(REMOVED) && !cleaned.to_lowercase().contains("rd"),
                "{cleaned}"
            );
        }
        assert_eq!(
            redactor.clean("abcdef"),
            "abcdef",
            "too short to be told from words"
        );
    }

    #[test]
    fn files_of_credentials_are_read() {
        let netrc = "machine h login me password CANARY-1\n";
        let config =
            "{\"auths\": {\"r.io\": {\"auth\": \"CANARY-2\", \"identitytoken\": \"CANARY-3\"}}}";
        let git = "https://me:CANARY-4@github.com\n";
        assert_eq!(secrets_in(netrc), ["CANARY-1"]);
        assert_eq!(secrets_in(config), ["CANARY-2", "CANARY-3"]);
        assert_eq!(secrets_in(git), ["CANARY-4"]);
    }

    #[test]
    fn names_tell() {
        for name in [
            "GITHUB_TOKEN",
            "UV_INDEX_X_PASSWORD",
            "AZURE_OPENAI_KEY",
            "MY_PAT",
            "X_AUTH",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["PATH", "MONKEY", "HOME", "KEYBOARD", "PATTERN"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
