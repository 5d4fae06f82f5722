//! A connection as the YAML that promptflow's command line takes.

use flowdeck_contract::connections::{CUSTOM_MODULE, CUSTOM_TYPE, ConnectionType};

use crate::record::Stored;

/// The YAML of a connection, each secret as `${env:NAME_FIELD}`; `None` for a type that promptflow reads from no file.
#[must_use]
pub fn to_yaml(stored: &Stored) -> Option<String> {
    let kind = stored.record.kind;
    let mut yaml = format!(
        "name: {}\ntype: {}\n",
        quoted(stored.name.as_str()),
        kind.yaml()?
    );
    let configs = &stored.record.configs;
    if kind != ConnectionType::Custom {
        for (name, value) in configs {
            yaml.push_str(&format!("{name}: {}\n", quoted(value)));
        }
        for name in &stored.record.secret_names {
            yaml.push_str(&format!("{name}: {}\n", quoted(&variable(stored, name))));
        }
        return Some(yaml);
    }
    for (key, name) in [(CUSTOM_TYPE, "custom_type"), (CUSTOM_MODULE, "module")] {
        if let Some(value) = configs.get(key) {
            yaml.push_str(&format!("{name}: {}\n", quoted(value)));
        }
    }
    let plain: Vec<String> = configs
        .iter()
        .filter(|(name, _)| *name != CUSTOM_TYPE && *name != CUSTOM_MODULE)
        .map(|(name, value)| format!("  {}: {}\n", quoted(name), quoted(value)))
        .collect();
    if !plain.is_empty() {
        yaml.push_str(&format!("configs:\n{}", plain.concat()));
    }
    let secrets = stored.record.secret_names.iter();
    let secrets: Vec<String> = secrets
        .map(|name| format!("  {}: {}\n", quoted(name), quoted(&variable(stored, name))))
        .collect();
    if !secrets.is_empty() {
        yaml.push_str(&format!("secrets:\n{}", secrets.concat()));
    }
    Some(yaml)
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
