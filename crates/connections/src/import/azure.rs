//! Azure's workspace connections, as its general resource API lists them.

use flowdeck_contract::connections::{AUTH_MODE, ConnectionType, MEID_TOKEN, Secret};
use serde_json::{Map, Value};

use super::{Found, custom_type};

/// Azure's own metadata of prompt flow's connections.
const META: &str = "azureml.flow.";

/// The connections of an answer: a list in `value`, a list, or one.
pub(super) fn read(value: &Value) -> Vec<Found> {
    match value.get("value").unwrap_or(value) {
        Value::Array(items) => items.iter().filter_map(connection).collect(),
        one => connection(one).into_iter().collect(),
    }
}

fn connection(value: &Value) -> Option<Found> {
    let properties = value.get("properties")?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let name = text(value.get("name")).unwrap_or_default();
    let category = text(properties.get("category")).unwrap_or_default();
    let empty = Map::new();
    let metadata = properties
        .get("metadata")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let meta = |wanted: &str| {
        let mut entries = metadata.iter();
        let entry = entries.find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
        text(Some(entry.1))
    };
    let kind = kind(
        &category,
        meta("Kind").as_deref(),
        meta("azureml.flow.connection_type").as_deref(),
    );
    let mut found = Found::new(name, kind);
    let Some(kind) = kind else {
        found.problem = Some(format!(
            "prompt flow has no connections of Azure’s category ‘{category}’."
        ));
        return Some(found);
    };
    let credentials = properties.get("credentials");
    if kind == ConnectionType::Custom {
        let keys = credentials.and_then(|given| given.get("keys")?.as_object());
        found.secrets = keys
            .into_iter()
            .flatten()
            .map(|(name, value)| {
                (
                    name.clone(),
                    Secret::new(text(Some(value)).unwrap_or_default()),
                )
            })
            .collect();
        let plain = metadata.iter().filter(|(name, _)| !name.starts_with(META));
        found.configs = plain
            .filter_map(|(name, value)| Some((name.clone(), text(Some(value))?)))
            .collect();
        let class = meta("azureml.flow.connection_type").filter(|class| class != "Custom");
        custom_type(&mut found, class, meta("azureml.flow.module"));
        return Some(found);
    }
    match text(properties.get("authType"))
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "aad" if kind.field(AUTH_MODE).is_some() => {
            found
                .configs
                .insert(AUTH_MODE.to_owned(), MEID_TOKEN.to_owned());
        }
        _ => {
            let key = credentials.and_then(|given| text(given.get("key")));
            found.take("api_key", key.unwrap_or_default());
        }
    }
    if let (Some(field), Some(target)) = (kind.address_field(), text(properties.get("target"))) {
        found.take(field, target);
    }
    for (field, name) in [
        ("api_type", "ApiType"),
        ("api_version", "ApiVersion"),
        ("resource_id", "ResourceId"),
        ("organization", "organization"),
    ] {
        if let Some(value) = meta(name) {
            found.take(field, value);
        }
    }
    Some(found)
}

fn kind(category: &str, service: Option<&str>, class: Option<&str>) -> Option<ConnectionType> {
    let service = service
        .unwrap_or_default()
        .to_ascii_lowercase()
        .replace([' ', '_'], "");
    Some(match category.to_ascii_lowercase().as_str() {
        "azureopenai" => ConnectionType::AzureOpenAI,
        "openai" => ConnectionType::OpenAI,
        "serverless" => ConnectionType::Serverless,
        "cognitivesearch" => ConnectionType::CognitiveSearch,
        "aiservices" => ConnectionType::AiServices,
        "cognitiveservice" if service == "contentsafety" => ConnectionType::AzureContentSafety,
        "cognitiveservice" if service == "formrecognizer" => ConnectionType::FormRecognizer,
        "serp" => ConnectionType::Serp,
        "customkeys" => class
            .and_then(ConnectionType::parse)
            .filter(|kind| matches!(kind, ConnectionType::Qdrant | ConnectionType::Weaviate))
            .unwrap_or(ConnectionType::Custom),
        _ => return None,
    })
}
