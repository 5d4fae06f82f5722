//! Reads connections from what people have: promptflow's YAML, a `.env` file, Azure's workspace connections.

mod asked;
mod azure;
mod dotenv;
mod local_store;
mod yaml;

use std::collections::BTreeMap;

use flowdeck_contract::connections::{
    CUSTOM_MODULE, CUSTOM_TYPE, ConnectionInput, ConnectionType, Secret,
};

pub use local_store::read as read_local_store;

use self::asked::Open;
use crate::{error::ConnectionError, run::Variables};

/// A longer text isn't read.
const LONGEST: usize = 1024 * 1024;

/// A connection that a text holds.
#[derive(Debug)]
pub struct Found {
    /// The name that the text gives.
    pub name: String,
    /// Its type, when the text gives one that is known.
    pub kind: Option<ConnectionType>,
    /// Its plain fields.
    pub configs: BTreeMap<String, String>,
    /// Its secrets.
    pub secrets: BTreeMap<String, Secret>,
    /// The fields for which the text has only a placeholder.
    open: Vec<Open>,
    /// Why it can't be taken.
    pub problem: Option<String>,
}

impl Found {
    fn new(name: String, kind: Option<ConnectionType>) -> Self {
        Self {
            name,
            kind,
            configs: BTreeMap::new(),
            secrets: BTreeMap::new(),
            open: Vec::new(),
            problem: None,
        }
    }

    /// Takes a field of the type to where it belongs; a name that the type hasn't is left out, as promptflow does.
    fn take(&mut self, name: &str, value: String) {
        let Some(kind) = self.kind else { return };
        match kind.field(name) {
            Some(field) if field.secret => {
                self.secrets.insert(name.to_owned(), Secret::new(value));
            }
            Some(_) => {
                self.configs.insert(name.to_owned(), value);
            }
            None => {}
        }
    }

    /// As it's to be stored; `None` without a type.
    #[must_use]
    pub fn input(&self) -> Option<ConnectionInput> {
        let secrets = self.secrets.iter();
        Some(ConnectionInput {
            kind: self.kind?,
            configs: self.configs.clone(),
            secrets: secrets
                .map(|(name, secret)| (name.clone(), Some(secret.clone())))
                .collect(),
            flows: None,
        })
    }
}

/// Reads the connections of a text.
///
/// # Errors
/// When it's none of the formats, or holds no connection.
pub fn read(text: &str, variables: &Variables) -> Result<Vec<Found>, ConnectionError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > LONGEST {
        let message = "The text is longer than 1 MiB.".to_owned();
        return Err(ConnectionError::Import(message));
    }
    let found = match text.trim_start().chars().next() {
        None => Vec::new(),
        Some('{' | '[') => match serde_json::from_str(text) {
            Ok(value) => azure::read(&value),
            // YAML's flow style begins so, too.
            Err(_) => yaml::read(text)?,
        },
        Some(_) if dotenv::is_one(text) => dotenv::read(text),
        Some(_) => yaml::read(text)?,
    };
    if found.is_empty() {
        let message = "The text contains no connection.".to_owned();
        return Err(ConnectionError::Import(message));
    }
    let found = found.into_iter();
    Ok(found
        .map(|found| found.without_placeholders(variables))
        .collect())
}

/// What samples and exports write where a value belongs.
fn is_placeholder(value: &str, variables: &Variables) -> bool {
    let value = value.trim();
    let bracketed = value.starts_with('<') && value.ends_with('>');
    let stars = !value.is_empty() && value.chars().all(|c| c == '*');
    let unknown = value
        .strip_prefix("${env:")
        .and_then(|rest| rest.strip_suffix('}'))
        .is_some_and(|name| !variables.has(name));
    let words = [
        "to-be-replaced",
        "user-input",
        "your-api-key",
        "your_api_key",
    ];
    value.is_empty() || bracketed || stars || unknown || words.contains(&value)
}

/// The fields of a custom connection that say of which class it becomes.
fn custom_type(found: &mut Found, class: Option<String>, module: Option<String>) {
    if let Some(class) = class {
        found.configs.insert(CUSTOM_TYPE.to_owned(), class);
        if let Some(module) = module {
            found.configs.insert(CUSTOM_MODULE.to_owned(), module);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_one(text: &str) -> Found {
        let mut found = read(text, &Variables::default()).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    fn secret(found: &Found, name: &str) -> Option<String> {
        Some(found.secrets.get(name)?.reveal().to_owned())
    }

    #[test]
    fn promptflow_s_yaml_is_read_with_dates_as_text_and_placeholders_left_out() {
        let found = read_one(
            "$schema: https://x\nname: open_ai_connection\ntype: azure_open_ai\napi_key: <user-input>\napi_base: https://r.example\napi_type: azure\napi_version: 2024-02-01\n",
        );
        assert_eq!(
            (found.name.as_str(), found.kind),
            ("open_ai_connection", Some(ConnectionType::AzureOpenAI))
        );
        assert_eq!(found.configs["api_version"], "2024-02-01");
        assert_eq!(secret(&found, "api_key"), None);
        let given = read_one("name: a\ntype: open_ai\napi_key: 'sk-1'\nbase_url: \"${env:URL}\"\n");
        assert_eq!(secret(&given, "api_key").as_deref(), Some("sk-1"));
        assert!(given.configs.is_empty());
        // A variable that every process has.
        let allowed = Variables::of_environment(["PATH"]);
        let text = "name: a\ntype: open_ai\nbase_url: ${env:PATH}\n";
        assert_eq!(
            read(text, &allowed).unwrap()[0].configs["base_url"],
            "${env:PATH}"
        );
    }

    #[test]
    fn custom_connections_keep_their_class() {
        let found = read_one(
            "name: mine\ntype: custom\ncustom_type: MyConnection\nmodule: my.tools\nconfigs:\n  url: http://x\nsecrets:\n  key: k-12\n  other: '******'\n",
        );
        assert_eq!(found.configs[CUSTOM_TYPE], "MyConnection");
        assert_eq!(found.configs[CUSTOM_MODULE], "my.tools");
        assert_eq!(found.configs["url"], "http://x");
        assert_eq!(secret(&found, "key").as_deref(), Some("k-12"));
        assert_eq!(secret(&found, "other"), None);
    }

    #[test]
    fn azure_s_connections_are_read_by_category() {
        let found = read(
            r#"{"value": [
            {"name": "aoai", "properties": {"category": "AzureOpenAI", "authType": "AAD", "target": "https://r.example", "metadata": {"apiversion": "2024-05-01", "ApiType": "azure"}}},
            {"name": "keys", "properties": {"category": "CustomKeys", "authType": "CustomKeys", "credentials": {"keys": {"k": "v-123"}}, "metadata": {"url": "http://x", "azureml.flow.module": "m", "azureml.flow.connection_type": "Custom"}}},
            {"name": "safe", "properties": {"category": "CognitiveService", "authType": "ApiKey", "target": "https://s", "credentials": {"key": "key-1"}, "metadata": {"Kind": "Content Safety"}}},
            {"name": "git", "properties": {"category": "Git", "authType": "PAT"}}]}"#,
            &Variables::default(),
        )
        .unwrap();
        assert_eq!(found[0].configs["auth_mode"], "meid_token");
        assert_eq!(found[0].configs["api_version"], "2024-05-01");
        assert_eq!(secret(&found[1], "k").as_deref(), Some("v-123"));
        assert_eq!(found[1].configs.keys().collect::<Vec<_>>(), ["url"]);
        assert_eq!(found[2].kind, Some(ConnectionType::AzureContentSafety));
        assert_eq!(secret(&found[2], "api_key").as_deref(), Some("key-1"));
        assert!(found[3].kind.is_none() && found[3].problem.is_some());
    }

    #[test]
    fn a_dotenv_file_gives_known_services_and_the_rest() {
        let found = read(
            "# mine\nexport OPENAI_API_KEY=\"sk-1\"\nOPENAI_BASE_URL=http://localhost:11434/v1\nAZURE_OPENAI_API_KEY=az\nAZURE_OPENAI_ENDPOINT=https://r.example\nOTHER='x y'\n",
            &Variables::default(),
        )
        .unwrap();
        let names: Vec<&str> = found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "open_ai_connection",
                "azure_open_ai_connection",
                "custom_connection"
            ]
        );
        assert_eq!(found[0].configs["base_url"], "http://localhost:11434/v1");
        assert_eq!(secret(&found[1], "api_key").as_deref(), Some("az"));
        assert_eq!(secret(&found[2], "OTHER").as_deref(), Some("x y"));
    }

    #[test]
    fn other_texts_are_refused_and_no_message_repeats_them() {
        for text in [
            "",
            "hello",
            "a: [",
            "type: open_ai_sk-canary\nname: x\n",
            "- 1\n- 2\n",
            "{}",
            "&a [*a]",
        ] {
            match read(text, &Variables::default()) {
                Ok(found) => assert!(found.iter().all(|found| found.problem.is_some()), "{text}"),
                Err(error) => assert!(!error.to_string().contains("canary"), "{error}"),
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "\\PC{0,200}", yaml in "(name|type|api_key|- |: |\n|  |custom|secrets|\"|'|\\{|\\[|&a|\\*a){0,30}") {
            let _ = read(&text, &Variables::default());
            let _ = read(&yaml, &Variables::default());
        }
    }
}
