//! A connection as the YAML that promptflow's command line takes.

use std::collections::BTreeMap;

use flowdeck_contract::connections::{CUSTOM_MODULE, CUSTOM_TYPE, ConnectionType};

use crate::record::Stored;

/// A connection that is written as YAML.
pub(crate) struct Written<'a> {
    pub(crate) name: &'a str,
    /// `type`, as promptflow's YAML names it.
    pub(crate) kind: &'a str,
    /// Whether it has rows instead of fields.
    pub(crate) is_custom: bool,
    pub(crate) configs: &'a BTreeMap<String, String>,
    /// What stands for each secret.
    pub(crate) secrets: BTreeMap<&'a str, String>,
}

/// The YAML of a connection, each secret as `${env:NAME_FIELD}`; `None` for a type that promptflow reads from no file.
#[must_use]
pub fn to_yaml(stored: &Stored) -> Option<String> {
    let kind = stored.record.kind;
    let secrets = stored.record.secret_names.iter();
    let written = Written {
        name: stored.name.as_str(),
        kind: kind.yaml()?,
        is_custom: kind == ConnectionType::Custom,
        configs: &stored.record.configs,
        secrets: secrets
            .map(|name| (name.as_str(), variable(stored, name)))
            .collect(),
    };
    Some(written.to_yaml())
}

impl Written<'_> {
    /// A document of YAML, without its separator.
    pub(crate) fn to_yaml(&self) -> String {
        let mut yaml = format!("name: {}\ntype: {}\n", quoted(self.name), quoted(self.kind));
        let configs = self.configs;
        if !self.is_custom {
            for (name, value) in configs {
                yaml.push_str(&format!("{name}: {}\n", quoted(value)));
            }
            for (name, value) in &self.secrets {
                yaml.push_str(&format!("{name}: {}\n", quoted(value)));
            }
            return yaml;
        }
        for (key, name) in [(CUSTOM_TYPE, "custom_type"), (CUSTOM_MODULE, "module")] {
            if let Some(value) = configs.get(key) {
                yaml.push_str(&format!("{name}: {}\n", quoted(value)));
            }
        }
        let plain = configs
            .iter()
            .filter(|(name, _)| *name != CUSTOM_TYPE && *name != CUSTOM_MODULE);
        yaml.push_str(&rows(
            "configs",
            plain.map(|(name, value)| (&**name, &**value)),
        ));
        let secrets = self.secrets.iter();
        yaml.push_str(&rows(
            "secrets",
            secrets.map(|(name, value)| (*name, &**value)),
        ));
        yaml
    }
}

/// A mapping below `key`; nothing without entries.
fn rows<'a>(key: &str, entries: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let lines = entries.map(|(name, value)| format!("  {}: {}\n", quoted(name), quoted(value)));
    match lines.collect::<String>() {
        none if none.is_empty() => none,
        lines => format!("{key}:\n{lines}"),
    }
}

/// JSON's text is YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn variable(stored: &Stored, field: &str) -> String {
    let name = format!("{}_{field}", stored.name.as_str());
    let letters = name.chars().map(|c| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_uppercase(),
        false => '_',
    });
    format!("${{env:{}}}", letters.collect::<String>())
}
