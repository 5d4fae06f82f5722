//! The types of connections, by every name that they have.

use serde::{Deserialize, Serialize};

/// A type of connection. On the wire it has the public contract's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ConnectionType {
    /// Azure `OpenAI`, by key or Microsoft Entra ID.
    AzureOpenAI,
    /// `OpenAI`, or any server that answers as `OpenAI`'s does.
    OpenAI,
    /// A model that Azure serves as an API.
    Serverless,
    /// Azure AI Search.
    CognitiveSearch,
    /// Azure AI services.
    #[serde(rename = "AIServices")]
    AiServices,
    /// Azure AI Content Safety.
    AzureContentSafety,
    /// Azure AI Document Intelligence.
    FormRecognizer,
    /// `SerpAPI`.
    Serp,
    /// Qdrant.
    Qdrant,
    /// Weaviate.
    Weaviate,
    /// Bing Search.
    Bing,
    /// Secrets and configs of one's own.
    Custom,
}

impl ConnectionType {
    /// All types, in the order that people choose from.
    pub const ALL: [Self; 12] = [
        Self::AzureOpenAI,
        Self::OpenAI,
        Self::Serverless,
        Self::CognitiveSearch,
        Self::AiServices,
        Self::AzureContentSafety,
        Self::FormRecognizer,
        Self::Serp,
        Self::Qdrant,
        Self::Weaviate,
        Self::Bing,
        Self::Custom,
    ];
    /// Those that an LLM node takes.
    pub const OF_LLM_NODES: [Self; 3] = [Self::AzureOpenAI, Self::OpenAI, Self::Serverless];

    /// promptflow's class, which tools declare and the executor is given.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::AzureOpenAI => "AzureOpenAIConnection",
            Self::OpenAI => "OpenAIConnection",
            Self::Serverless => "ServerlessConnection",
            Self::CognitiveSearch => "CognitiveSearchConnection",
            Self::AiServices => "AzureAIServicesConnection",
            Self::AzureContentSafety => "AzureContentSafetyConnection",
            Self::FormRecognizer => "FormRecognizerConnection",
            Self::Serp => "SerpConnection",
            Self::Qdrant => "QdrantConnection",
            Self::Weaviate => "WeaviateConnection",
            Self::Bing => "BingConnection",
            Self::Custom => "CustomConnection",
        }
    }

    /// `type` in promptflow's YAML; `None` for one that promptflow can't read from a file.
    #[must_use]
    pub fn yaml(self) -> Option<&'static str> {
        Some(match self {
            Self::AzureOpenAI => "azure_open_ai",
            Self::OpenAI => "open_ai",
            Self::Serverless => "serverless",
            Self::CognitiveSearch => "cognitive_search",
            Self::AiServices => "azure_ai_services",
            Self::AzureContentSafety => "azure_content_safety",
            Self::FormRecognizer => "form_recognizer",
            Self::Serp => "serp",
            Self::Qdrant => "qdrant",
            Self::Weaviate => "weaviate",
            Self::Custom => "custom",
            Self::Bing => return None,
        })
    }

    /// The module that promptflow finds the class in.
    #[must_use]
    pub fn module(self) -> &'static str {
        match self {
            Self::Qdrant | Self::Weaviate => "promptflow_vectordb.connections",
            _ => "promptflow.connections",
        }
    }

    /// The category of the public contract's specs, which is Azure's.
    #[must_use]
    pub fn category(self) -> &'static str {
        match self {
            Self::AzureOpenAI => "AzureOpenAI",
            Self::OpenAI => "OpenAI",
            Self::Serverless => "Serverless",
            Self::CognitiveSearch => "CognitiveSearch",
            Self::AiServices => "AIServices",
            Self::AzureContentSafety | Self::FormRecognizer => "CognitiveService",
            Self::Serp => "Serp",
            Self::Bing => "BingLLMSearch",
            Self::Qdrant | Self::Weaviate | Self::Custom => "CustomKeys",
        }
    }

    /// As people read it.
    #[must_use]
    pub fn display_name(self) -> &'static str {
        match self {
            Self::AzureOpenAI => "Azure OpenAI",
            Self::OpenAI => "OpenAI",
            Self::Serverless => "Serverless",
            Self::CognitiveSearch => "Azure AI Search",
            Self::AiServices => "Azure AI services",
            Self::AzureContentSafety => "Azure AI Content Safety",
            Self::FormRecognizer => "Azure AI Document Intelligence",
            Self::Serp => "Serp",
            Self::Qdrant => "Qdrant",
            Self::Weaviate => "Weaviate",
            Self::Bing => "Bing",
            Self::Custom => "Custom",
        }
    }

    /// The type that a class, a YAML `type` or a name of the public contract means.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let plain = |text: &str| -> String {
            let letters = text.chars().filter(|c| c.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect()
        };
        let wanted = plain(name);
        Self::ALL.into_iter().find(|kind| {
            let class = plain(kind.class());
            class == wanted
                || class.strip_suffix("connection") == Some(&wanted)
                || kind.yaml().map(plain).as_ref() == Some(&wanted)
                || plain(kind.category()) == wanted
                    && !matches!(
                        kind,
                        Self::AzureContentSafety
                            | Self::FormRecognizer
                            | Self::Qdrant
                            | Self::Weaviate
                    )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_found_by_each_of_its_names() {
        for kind in ConnectionType::ALL {
            let wire = serde_json::to_value(kind).unwrap();
            for name in [
                kind.class(),
                kind.yaml().unwrap_or("bing"),
                wire.as_str().unwrap(),
            ] {
                assert_eq!(ConnectionType::parse(name), Some(kind), "{name}");
            }
        }
        assert_eq!(
            ConnectionType::parse("OpenAI"),
            Some(ConnectionType::OpenAI)
        );
        for other in ["", "string", "MyConnection", "connection", "Connection"] {
            assert_eq!(ConnectionType::parse(other), None, "{other}");
        }
    }
}
