//! Servers of models that people run on their own machine, and those that were found on the server's.

use serde::{Deserialize, Serialize};

/// A program that answers as `OpenAI`'s service does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum ModelServerKind {
    /// Ollama.
    Ollama,
    /// vLLM.
    VLlm,
    /// LM Studio.
    LmStudio,
    /// The server of llama.cpp.
    LlamaCpp,
}

impl ModelServerKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ollama, Self::VLlm, Self::LmStudio, Self::LlamaCpp];

    /// As people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ollama => "Ollama",
            Self::VLlm => "vLLM",
            Self::LmStudio => "LM Studio",
            Self::LlamaCpp => "llama.cpp",
        }
    }

    /// The port on which it answers unless it's set up otherwise.
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Self::Ollama => 11434,
            Self::VLlm => 8000,
            Self::LmStudio => 1234,
            Self::LlamaCpp => 8080,
        }
    }

    /// Its address at that port, as a connection's `base_url`.
    #[must_use]
    pub fn base_url(self) -> &'static str {
        match self {
            Self::Ollama => "http://localhost:11434/v1",
            Self::VLlm => "http://localhost:8000/v1",
            Self::LmStudio => "http://localhost:1234/v1",
            Self::LlamaCpp => "http://localhost:8080/v1",
        }
    }
}

/// A model server that answers on the server's machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ModelServer {
    /// The program whose usual port it answers at.
    pub kind: ModelServerKind,
    /// Its address, as a connection's `base_url`.
    pub base_url: String,
    /// The models that it lists.
    pub models: Vec<String>,
}

/// What a search for model servers found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ModelServers {
    /// Those that answer.
    pub servers: Vec<ModelServer>,
    /// Whether nobody looked, as the administrator's configuration doesn't allow it.
    #[serde(default)]
    pub is_off: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_port_of_its_kind() {
        for kind in ModelServerKind::ALL {
            assert_eq!(
                kind.base_url(),
                format!("http://localhost:{}/v1", kind.port())
            );
        }
    }
}
