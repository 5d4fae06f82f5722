//! The fields of each type, as promptflow's classes have them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::ConnectionType;

/// The field that says how a connection signs in.
pub const AUTH_MODE: &str = "auth_mode";
/// The value of [`AUTH_MODE`] for an identity instead of a key.
pub const MEID_TOKEN: &str = "meid_token";
const KEY: &str = "key";
/// The config of a custom connection that names the class of a custom strong type.
pub const CUSTOM_TYPE: &str = "promptflow.connection.custom_type";
/// …and the module of that class.
pub const CUSTOM_MODULE: &str = "promptflow.connection.module";

/// How a connection signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// With the key that is stored.
    Key,
    /// With an identity of the administrator's.
    MeidToken,
}

impl AuthMode {
    /// What the fields of a connection say; a key unless they say otherwise.
    #[must_use]
    pub fn of(configs: &BTreeMap<String, String>) -> Self {
        match configs.get(AUTH_MODE).map(String::as_str) {
            Some(MEID_TOKEN) => Self::MeidToken,
            _ => Self::Key,
        }
    }
}

/// When a field must have a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum FieldNeed {
    /// Always.
    Required,
    /// Unless an identity signs in.
    RequiredForKey,
    /// Never.
    Optional,
}

/// A field of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// promptflow's own name.
    pub name: &'static str,
    /// As people read it.
    pub label: &'static str,
    /// Whether its value is a secret.
    pub secret: bool,
    /// When it must have a value.
    pub need: FieldNeed,
    /// What promptflow takes without a value.
    pub default: Option<&'static str>,
    /// What it can be; empty for any text.
    pub choices: &'static [&'static str],
}

const fn plain(name: &'static str, label: &'static str, need: FieldNeed) -> FieldSpec {
    FieldSpec {
        name,
        label,
        secret: false,
        need,
        default: None,
        choices: &[],
    }
}

const fn defaulted(name: &'static str, label: &'static str, default: &'static str) -> FieldSpec {
    FieldSpec {
        default: Some(default),
        ..plain(name, label, FieldNeed::Optional)
    }
}

const fn api_key(need: FieldNeed) -> FieldSpec {
    FieldSpec {
        secret: true,
        ..plain("api_key", "API key", need)
    }
}

const AUTH: FieldSpec = FieldSpec {
    default: Some(KEY),
    choices: &[KEY, MEID_TOKEN],
    ..plain(AUTH_MODE, "Auth mode", FieldNeed::Optional)
};
const KEY_OR_IDENTITY: FieldSpec = api_key(FieldNeed::RequiredForKey);
const KEY_ALONE: FieldSpec = api_key(FieldNeed::Required);
const API_BASE: FieldSpec = plain("api_base", "API base", FieldNeed::Required);
const ENDPOINT: FieldSpec = plain("endpoint", "Endpoint", FieldNeed::Required);

const AZURE_OPEN_AI: &[FieldSpec] = &[
    AUTH,
    KEY_OR_IDENTITY,
    API_BASE,
    defaulted("api_type", "API type", "azure"),
    defaulted("api_version", "API version", "2024-02-01"),
    plain("resource_id", "Resource ID", FieldNeed::Optional),
];
const OPEN_AI: &[FieldSpec] = &[
    KEY_ALONE,
    plain("organization", "Organization", FieldNeed::Optional),
    plain("base_url", "Base URL", FieldNeed::Optional),
];
const KEY_AND_BASE: &[FieldSpec] = &[KEY_ALONE, API_BASE];
const SEARCH: &[FieldSpec] = &[
    AUTH,
    KEY_OR_IDENTITY,
    API_BASE,
    defaulted("api_version", "API version", "2023-11-01"),
];
const AI_SERVICES: &[FieldSpec] = &[AUTH, KEY_OR_IDENTITY, ENDPOINT];
const CONTENT_SAFETY: &[FieldSpec] = &[
    KEY_ALONE,
    ENDPOINT,
    defaulted("api_version", "API version", "2023-10-01"),
    defaulted("api_type", "API type", "Content Safety"),
];
const FORM_RECOGNIZER: &[FieldSpec] = &[
    KEY_ALONE,
    ENDPOINT,
    defaulted("api_version", "API version", "2023-07-31"),
    defaulted("api_type", "API type", "Form Recognizer"),
];
const BING: &[FieldSpec] = &[KEY_ALONE, plain("url", "URL", FieldNeed::Optional)];

impl ConnectionType {
    /// Its fields, in the order of its form. A custom connection has rows instead.
    #[must_use]
    pub fn fields(self) -> &'static [FieldSpec] {
        match self {
            Self::AzureOpenAI => AZURE_OPEN_AI,
            Self::OpenAI => OPEN_AI,
            Self::Serverless | Self::Qdrant | Self::Weaviate => KEY_AND_BASE,
            Self::CognitiveSearch => SEARCH,
            Self::AiServices => AI_SERVICES,
            Self::AzureContentSafety => CONTENT_SAFETY,
            Self::FormRecognizer => FORM_RECOGNIZER,
            Self::Serp => &[KEY_ALONE],
            Self::Bing => BING,
            Self::Custom => &[],
        }
    }

    /// The field of that name.
    #[must_use]
    pub fn field(self, name: &str) -> Option<&'static FieldSpec> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// The field that says where the service is.
    #[must_use]
    pub fn address_field(self) -> Option<&'static str> {
        let names = ["api_base", "endpoint", "base_url", "url"];
        names.into_iter().find(|name| self.field(name).is_some())
    }
}

/// The required fields that have no value; `secrets` says which secrets there are.
#[must_use]
pub fn missing_fields(
    kind: ConnectionType,
    configs: &BTreeMap<String, String>,
    has_secret: impl Fn(&str) -> bool,
    any_secret: bool,
) -> Vec<String> {
    if kind == ConnectionType::Custom {
        // promptflow's own rule for custom connections.
        return if any_secret {
            Vec::new()
        } else {
            vec!["secrets".to_owned()]
        };
    }
    let by_key = AuthMode::of(configs) == AuthMode::Key;
    let needed = kind.fields().iter().filter(|field| match field.need {
        FieldNeed::Required => true,
        FieldNeed::RequiredForKey => by_key,
        FieldNeed::Optional => false,
    });
    let there = |field: &FieldSpec| match field.secret {
        true => has_secret(field.name),
        false => configs
            .get(field.name)
            .is_some_and(|value| !value.trim().is_empty()),
    };
    needed
        .filter(|field| !there(field))
        .map(|field| field.name.to_owned())
        .collect()
}

/// Why a field isn't one of its type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidField {
    /// The type has no such field.
    #[error("{kind} connections have no field ‘{field}’.", kind = .kind.display_name())]
    Unknown {
        /// The type.
        kind: ConnectionType,
        /// The field.
        field: String,
    },
    /// A secret where everybody can read it, or the other way round.
    #[error("‘{0}’ is a secret. Send it with the secrets, so that nobody can read it.")]
    SecretInConfigs(String),
    /// A plain field among the secrets.
    #[error("‘{0}’ isn’t a secret of this type. Send it with the configs.")]
    ConfigInSecrets(String),
    /// Not one of its choices.
    #[error("‘{field}’ can be {}. ‘{value}’ isn’t one of them.", .choices.join(" or "))]
    Choice {
        /// The field.
        field: String,
        /// What was given.
        value: String,
        /// What it can be.
        choices: &'static [&'static str],
    },
    /// Not an address.
    #[error("‘{field}’ must be an address that begins with https:// or http://.")]
    Address {
        /// The field.
        field: String,
    },
    /// A key of a custom connection that promptflow couldn't be given.
    #[error("‘{0}’ can’t be the name of a field. Use letters, digits, ‘_’, ‘-’ and ‘.’.")]
    Key(String),
    /// In both.
    #[error("‘{0}’ stands among the secrets and among the configs. Keep one of them.")]
    Twice(String),
    /// Longer than it may be.
    #[error("‘{0}’ is longer than 65,536 bytes.")]
    TooLong(String),
    /// More than there may be.
    #[error("A connection can have 100 fields at most.")]
    TooMany,
    /// Line ends or other control characters in what becomes a header.
    #[error("‘{0}’ contains a line break or another control character. Paste the value alone.")]
    Control(String),
}

impl InvalidField {
    /// The field at fault.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Unknown { field, .. } | Self::Choice { field, .. } | Self::Address { field } => {
                Some(field)
            }
            Self::SecretInConfigs(field)
            | Self::ConfigInSecrets(field)
            | Self::Key(field)
            | Self::Twice(field)
            | Self::TooLong(field)
            | Self::Control(field) => Some(field),
            Self::TooMany => None,
        }
    }
}

const LONGEST: usize = 65_536;
const MOST: usize = 100;

/// Whether these can be the fields of a connection of this type; required ones may be missing.
///
/// # Errors
/// The first one that can't.
pub fn check_fields<'a>(
    kind: ConnectionType,
    configs: &BTreeMap<String, String>,
    secrets: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> Result<(), InvalidField> {
    let secrets: Vec<_> = secrets.into_iter().collect();
    if configs.len() + secrets.len() > MOST {
        return Err(InvalidField::TooMany);
    }
    for (name, value) in configs {
        check_config(kind, name, value)?;
    }
    for (name, value) in secrets {
        if configs.contains_key(name) {
            return Err(InvalidField::Twice(name.to_owned()));
        }
        check_secret(kind, name, value.unwrap_or_default())?;
    }
    Ok(())
}

fn check_config(kind: ConnectionType, name: &str, value: &str) -> Result<(), InvalidField> {
    check_length(name, value)?;
    if kind == ConnectionType::Custom {
        return check_key(name);
    }
    let field = kind.field(name).ok_or_else(|| unknown(kind, name))?;
    if field.secret {
        return Err(InvalidField::SecretInConfigs(name.to_owned()));
    }
    if value.chars().any(char::is_control) {
        return Err(InvalidField::Control(name.to_owned()));
    }
    if !value.is_empty() && !field.choices.is_empty() && !field.choices.contains(&value) {
        return Err(InvalidField::Choice {
            field: name.to_owned(),
            value: value.to_owned(),
            choices: field.choices,
        });
    }
    let address = kind.address_field() == Some(name) && !value.is_empty();
    if address && !is_address(value) {
        return Err(InvalidField::Address {
            field: name.to_owned(),
        });
    }
    Ok(())
}

fn check_secret(kind: ConnectionType, name: &str, value: &str) -> Result<(), InvalidField> {
    check_length(name, value)?;
    if kind == ConnectionType::Custom {
        return check_key(name);
    }
    let field = kind.field(name).ok_or_else(|| unknown(kind, name))?;
    if !field.secret {
        return Err(InvalidField::ConfigInSecrets(name.to_owned()));
    }
    if value.chars().any(char::is_control) {
        return Err(InvalidField::Control(name.to_owned()));
    }
    Ok(())
}

fn unknown(kind: ConnectionType, name: &str) -> InvalidField {
    InvalidField::Unknown {
        kind,
        field: name.to_owned(),
    }
}

fn check_length(name: &str, value: &str) -> Result<(), InvalidField> {
    match value.len() > LONGEST || name.len() > 256 {
        true => Err(InvalidField::TooLong(name.chars().take(64).collect())),
        false => Ok(()),
    }
}

fn check_key(name: &str) -> Result<(), InvalidField> {
    let fits = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    match !name.is_empty() && name.chars().all(fits) {
        true => Ok(()),
        false => Err(InvalidField::Key(name.to_owned())),
    }
}

/// `${env:NAME}` may stand in the place of an address.
fn is_address(value: &str) -> bool {
    let rest = value
        .strip_prefix("https://")
        .or_else(|| value.strip_prefix("http://"));
    let host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    (host && !value.contains(char::is_whitespace)) || value.starts_with("${env:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        owned.collect()
    }

    #[test]
    fn every_type_says_what_it_lacks() {
        use ConnectionType::{AzureOpenAI, Custom, OpenAI};
        let none = |_: &str| false;
        let lacks = |kind, pairs| missing_fields(kind, &configs(pairs), none, false);
        assert_eq!(lacks(AzureOpenAI, &[]), ["api_key", "api_base"]);
        assert_eq!(lacks(AzureOpenAI, &[(AUTH_MODE, MEID_TOKEN)]), ["api_base"]);
        assert_eq!(lacks(OpenAI, &[("base_url", "http://x")]), ["api_key"]);
        assert_eq!(lacks(Custom, &[("a", "b")]), ["secrets"]);
        let whole = configs(&[("api_base", "https://x")]);
        assert!(missing_fields(AzureOpenAI, &whole, |name| name == "api_key", true).is_empty());
    }

    #[test]
    fn a_field_is_refused_by_name_with_what_to_do() {
        use ConnectionType::{AzureOpenAI, Custom, OpenAI};
        let wrong = |kind, configs_of: &[(&str, &str)], secrets: &[(&str, &str)]| {
            let secrets = secrets.iter().map(|(name, value)| (*name, Some(*value)));
            check_fields(kind, &configs(configs_of), secrets).unwrap_err()
        };
        for (error, field) in [
            (wrong(OpenAI, &[("api_key", "sk-1")], &[]), "api_key"),
            (wrong(OpenAI, &[], &[("base_url", "x")]), "base_url"),
            (wrong(OpenAI, &[("api_base", "x")], &[]), "api_base"),
            (
                wrong(OpenAI, &[("base_url", "localhost:1")], &[]),
                "base_url",
            ),
            (wrong(OpenAI, &[("base_url", "sk-secret")], &[]), "base_url"),
            (wrong(OpenAI, &[], &[("api_key", "a\nb")]), "api_key"),
            (wrong(AzureOpenAI, &[(AUTH_MODE, "x")], &[]), AUTH_MODE),
            (wrong(Custom, &[("a", "1")], &[("a", "2")]), "a"),
            (wrong(Custom, &[("a}b", "1")], &[]), "a}b"),
        ] {
            assert_eq!(error.field(), Some(field), "{error}");
            assert!(!error.to_string().contains("sk-"), "{error}");
        }
    }

    #[test]
    fn every_field_of_every_type_can_be_stored() {
        for kind in ConnectionType::ALL {
            for field in kind.fields() {
                let value = match field.choices.first() {
                    Some(choice) => choice,
                    None if kind.address_field() == Some(field.name) => "http://localhost:1/v1",
                    None => field.default.unwrap_or("value"),
                };
                let (plain, secret) = match field.secret {
                    true => (configs(&[]), vec![(field.name, Some(value))]),
                    false => (configs(&[(field.name, value)]), Vec::new()),
                };
                assert_eq!(
                    check_fields(kind, &plain, secret),
                    Ok(()),
                    "{kind:?} {}",
                    field.name
                );
            }
        }
    }
}
