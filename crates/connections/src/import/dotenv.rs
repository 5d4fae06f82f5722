//! `.env` files: the variables of services that everybody names alike, and the rest as a custom connection, which is what
//! promptflow's command line makes of such a file.

use flowdeck_contract::connections::{ConnectionType, Secret};

use super::Found;

/// A variable, and the field that it is.
const OPEN_AI: [(&str, &str); 5] = [
    ("OPENAI_API_KEY", "api_key"),
    ("OPENAI_BASE_URL", "base_url"),
    ("OPENAI_API_BASE", "base_url"),
    ("OPENAI_ORG_ID", "organization"),
    ("OPENAI_ORGANIZATION", "organization"),
];
const AZURE: [(&str, &str); 7] = [
    ("AZURE_OPENAI_API_KEY", "api_key"),
    ("AZURE_OPENAI_KEY", "api_key"),
    ("AZURE_OPENAI_ENDPOINT", "api_base"),
    ("AZURE_OPENAI_API_BASE", "api_base"),
    ("AZURE_OPENAI_API_VERSION", "api_version"),
    ("AZURE_OPENAI_API_TYPE", "api_type"),
    ("OPENAI_API_VERSION", "api_version"),
];

/// Whether every line is a variable or a comment.
pub(super) fn is_one(text: &str) -> bool {
    let mut any = false;
    let all = text.lines().map(str::trim).all(|line| {
        let variable = variable(line).is_some();
        any |= variable;
        variable || line.is_empty() || line.starts_with('#')
    });
    all && any
}

/// The connections that the variables make.
pub(super) fn read(text: &str) -> Vec<Found> {
    let mut open_ai = Found::new(
        "open_ai_connection".to_owned(),
        Some(ConnectionType::OpenAI),
    );
    let mut azure = Found::new(
        "azure_open_ai_connection".to_owned(),
        Some(ConnectionType::AzureOpenAI),
    );
    let mut rest = Found::new("custom_connection".to_owned(), Some(ConnectionType::Custom));
    for (name, value) in text.lines().filter_map(variable) {
        let field = |known: &[(&str, &'static str)]| {
            let entry = known.iter().find(|(variable, _)| *variable == name);
            entry.map(|(_, field)| *field)
        };
        if let Some(field) = field(&OPEN_AI) {
            open_ai.take(field, value);
        } else if let Some(field) = field(&AZURE) {
            azure.take(field, value);
        } else {
            rest.secrets.insert(name.to_owned(), Secret::new(value));
        }
    }
    let found = [open_ai, azure, rest].into_iter();
    found
        .filter(|found| !(found.configs.is_empty() && found.secrets.is_empty()))
        .collect()
}

fn variable(line: &str) -> Option<(&str, String)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (begins && name.chars().all(fits)).then(|| (name, unquoted(value.trim())))
}

fn unquoted(value: &str) -> String {
    for quote in ['"', '\''] {
        let inner = value.strip_prefix(quote);
        if let Some((inner, _)) = inner.and_then(|inner| inner.split_once(quote)) {
            return inner.to_owned();
        }
    }
    // What follows a blank and a # is a comment.
    let end = value.find(" #").unwrap_or(value.len());
    value.get(..end).unwrap_or_default().trim_end().to_owned()
}
