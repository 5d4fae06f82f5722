//! The one call that tells whether a connection works: it reads, and costs nothing where the service has such a call.

use std::collections::BTreeMap;

use flowdeck_contract::connections::{ConnectionType, Secret};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use url::Url;

const OPEN_AI: &str = "https://api.openai.com/v1";
const BING: &str = "https://api.bing.microsoft.com";
const SERP: &str = "https://serpapi.com";
/// Azure's own header.
const SUBSCRIPTION_KEY: &str = "ocp-apim-subscription-key";

/// A call that is ready to be sent. Holds a secret, so it's never printed.
pub(super) struct Call {
    address: Url,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Call {
    /// The call for a type of connection.
    pub(super) fn of(
        kind: ConnectionType,
        fields: &BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let field = |name: &str| fields.get(name).map(String::as_str);
        let default = |name: &str| kind.field(name).and_then(|field| field.default);
        let key = field("api_key").unwrap_or_default().to_owned();
        let bearer = format!("Bearer {key}");
        let version = field("api_version")
            .or(default("api_version"))
            .unwrap_or("2024-02-01");
        let base = kind.address_field().and_then(field);
        let (base, path, header) = match kind {
            ConnectionType::OpenAI => {
                (base.unwrap_or(OPEN_AI), "models", ("authorization", bearer))
            }
            ConnectionType::Serverless => (
                base.unwrap_or_default(),
                "v1/chat/completions",
                ("authorization", bearer),
            ),
            ConnectionType::AzureOpenAI | ConnectionType::AiServices => {
                (base.unwrap_or_default(), "openai/models", ("api-key", key))
            }
            ConnectionType::CognitiveSearch => {
                (base.unwrap_or_default(), "servicestats", ("api-key", key))
            }
            ConnectionType::AzureContentSafety => (
                base.unwrap_or_default(),
                "contentsafety/text:analyze",
                (SUBSCRIPTION_KEY, key),
            ),
            ConnectionType::FormRecognizer => (
                base.unwrap_or_default(),
                "formrecognizer/info",
                (SUBSCRIPTION_KEY, key),
            ),
            ConnectionType::Serp => (SERP, "account", ("x-unused", String::new())),
            ConnectionType::Qdrant => (base.unwrap_or_default(), "collections", ("api-key", key)),
            ConnectionType::Weaviate => (
                base.unwrap_or_default(),
                "v1/meta",
                ("authorization", bearer),
            ),
            ConnectionType::Bing => (base.unwrap_or(BING), "v7.0/search", (SUBSCRIPTION_KEY, key)),
            ConnectionType::Custom => return Err("There’s nothing to call.".to_owned()),
        };
        let mut address = below(base, path)?;
        match kind {
            ConnectionType::OpenAI
            | ConnectionType::Serverless
            | ConnectionType::Qdrant
            | ConnectionType::Weaviate
            | ConnectionType::Custom => {}
            ConnectionType::Serp => {
                // The service takes its key in no other way.
                let key = field("api_key").unwrap_or_default();
                address.query_pairs_mut().append_pair("api_key", key);
            }
            ConnectionType::Bing => {
                address.query_pairs_mut().append_pair("q", "test");
            }
            _ => {
                address
                    .query_pairs_mut()
                    .append_pair("api-version", version);
            }
        }
        let mut headers = vec![header];
        headers.retain(|(name, _)| *name != "x-unused");
        if let Some(organization) = field("organization") {
            headers.push(("openai-organization", organization.to_owned()));
        }
        let body = match kind {
            ConnectionType::Serverless => {
                Some(json!({"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}))
            }
            ConnectionType::AzureContentSafety => Some(json!({"text": "Hi"})),
            _ => None,
        };
        Ok(Self {
            address,
            headers,
            body,
        })
    }

    /// With a token in the place of a key.
    pub(super) fn with_token(mut self, token: Option<&Secret>) -> Self {
        if let Some(token) = token {
            self.headers = vec![("authorization", format!("Bearer {}", token.reveal()))];
        }
        self
    }

    pub(super) fn address(&self) -> &Url {
        &self.address
    }

    pub(super) fn request(&self, client: &Client) -> RequestBuilder {
        let request = match &self.body {
            Some(body) => client
                .post(self.address.clone())
                .header("content-type", "application/json")
                .body(body.to_string()),
            None => client.get(self.address.clone()),
        };
        let headers = self.headers.iter();
        headers.fold(request, |request, (name, value)| {
            request.header(*name, value)
        })
    }
}

/// An address below another; one that has the beginning of the path already is taken as it is.
fn below(base: &str, path: &str) -> Result<Url, String> {
    let base = base.trim().trim_end_matches('/');
    let path = match (base.ends_with("/v1"), path.strip_prefix("v1/")) {
        (true, Some(rest)) => rest,
        _ => path,
    };
    let address = Url::parse(&format!("{base}/{path}"))
        .map_err(|_| "The connection’s address isn’t valid.".to_owned())?;
    let is_web = matches!(address.scheme(), "http" | "https");
    match is_web && address.username().is_empty() && address.password().is_none() {
        true => Ok(address),
        false => Err(
            "Enter an address that begins with https:// or http:// and holds no password."
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_called_at_its_own_address() {
        let fields = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let address = |kind, pairs: &[(&str, &str)]| {
            Call::of(kind, &fields(pairs)).map(|call| call.address.to_string())
        };
        for (kind, pairs, expected) in [
            (
                ConnectionType::OpenAI,
                vec![],
                "https://api.openai.com/v1/models",
            ),
            (
                ConnectionType::OpenAI,
                vec![("base_url", "http://localhost:11434/v1/")],
                "http://localhost:11434/v1/models",
            ),
            (
                ConnectionType::AzureOpenAI,
                vec![("api_base", "https://r.example/")],
                "https://r.example/openai/models?api-version=2024-02-01",
            ),
            (
                ConnectionType::Serverless,
                vec![("api_base", "https://r.example/v1")],
                "https://r.example/v1/chat/completions",
            ),
            (
                ConnectionType::CognitiveSearch,
                vec![("api_base", "https://s.example")],
                "https://s.example/servicestats?api-version=2023-11-01",
            ),
        ] {
            assert_eq!(address(kind, &pairs).as_deref(), Ok(expected));
        }
        for wrong in ["nonsense", "ftp://x", "http://user:password@x"] {
            assert!(address(ConnectionType::OpenAI, &[("base_url", wrong)]).is_err());
        }
    }
}
