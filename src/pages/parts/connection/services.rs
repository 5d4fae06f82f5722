//! What people choose from when they say what a connection leads to: the types, and the servers that answer as OpenAI's
//! does, each with its usual address.

use flowdeck_contract::connections::{ConnectionType, ModelServerKind};

/// A server that answers as OpenAI's does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Ollama,
    VLlm,
    LmStudio,
    LlamaCpp,
    /// At an address that the person knows.
    Other,
}

/// What is sent as the key to a server that takes any: promptflow refuses a connection without one. It is a text that no
/// answer holds by chance, because stored secrets are masked in what runs give.
pub(crate) const ANY_KEY: &str = "no-key-needed";

impl Service {
    const ALL: [Self; 5] = [
        Self::Ollama,
        Self::VLlm,
        Self::LmStudio,
        Self::LlamaCpp,
        Self::Other,
    ];

    /// The program that it is; `None` where that isn't known.
    fn known(self) -> Option<ModelServerKind> {
        Some(match self {
            Self::Ollama => ModelServerKind::Ollama,
            Self::VLlm => ModelServerKind::VLlm,
            Self::LmStudio => ModelServerKind::LmStudio,
            Self::LlamaCpp => ModelServerKind::LlamaCpp,
            Self::Other => return None,
        })
    }

    fn name(self) -> &'static str {
        self.known()
            .map_or("Other OpenAI-compatible server", ModelServerKind::name)
    }

    /// Where it answers unless it's set up otherwise.
    fn base_url(self) -> Option<&'static str> {
        Some(self.known()?.base_url())
    }
}

/// An entry of the list of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// A type as it is.
    Kind(ConnectionType),
    /// An OpenAI connection to another server.
    Compatible(Service),
}

impl Choice {
    /// What can be chosen where one of `accepts` is wanted; all, when it's empty.
    pub(crate) fn all(accepts: &[ConnectionType]) -> Vec<Self> {
        let fits = |choice: &Self| accepts.is_empty() || accepts.contains(&choice.kind());
        let kinds = ConnectionType::ALL.into_iter().flat_map(|kind| {
            let services: &[Service] = match kind {
                ConnectionType::OpenAI => &Service::ALL,
                _ => &[],
            };
            let services = services.iter().copied().map(Self::Compatible);
            std::iter::once(Self::Kind(kind)).chain(services)
        });
        kinds.filter(fits).collect()
    }

    /// The one that a link names: a type by any of its names, or a model server.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        let is_server = |service: &Service| service.known().is_some() && service.name() == word;
        let server = Service::ALL.into_iter().find(is_server);
        server
            .map(Self::Compatible)
            .or_else(|| ConnectionType::parse(word).map(Self::Kind))
    }

    /// The type that is stored.
    pub(crate) fn kind(self) -> ConnectionType {
        match self {
            Self::Kind(kind) => kind,
            Self::Compatible(_) => ConnectionType::OpenAI,
        }
    }

    /// As people read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.display_name(),
            Self::Compatible(service) => service.name(),
        }
    }

    /// What names it in the page's own code.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.class(),
            Self::Compatible(service) => service.name(),
        }
    }

    /// The one that a stored connection is, by its address.
    pub(crate) fn of(kind: ConnectionType, base_url: &str) -> Self {
        if kind != ConnectionType::OpenAI || base_url.is_empty() {
            return Self::Kind(kind);
        }
        let known = Service::ALL
            .into_iter()
            .find(|service| service.base_url() == Some(base_url));
        Self::Compatible(known.unwrap_or(Service::Other))
    }

    /// The address that it fills in.
    pub(crate) fn base_url(self) -> Option<&'static str> {
        match self {
            Self::Kind(_) => None,
            Self::Compatible(service) => service.base_url(),
        }
    }

    /// Whether it runs on one's own machine and takes any key.
    pub(crate) fn takes_any_key(self) -> bool {
        self.base_url().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_can_be_chosen_and_only_what_fits_is_offered() {
        let all = Choice::all(&[]);
        for kind in ConnectionType::ALL {
            assert!(all.contains(&Choice::Kind(kind)), "{kind:?}");
        }
        let words: std::collections::BTreeSet<_> = all.iter().map(|choice| choice.word()).collect();
        assert_eq!(words.len(), all.len(), "each has a word of its own");
        assert_eq!(
            Choice::all(&[ConnectionType::Serp]),
            [Choice::Kind(ConnectionType::Serp)]
        );
        let llm = Choice::all(&ConnectionType::OF_LLM_NODES);
        assert!(llm.contains(&Choice::Compatible(Service::Ollama)));
        assert!(!llm.contains(&Choice::Kind(ConnectionType::Custom)));
    }

    #[test]
    fn a_link_names_a_type_or_a_model_server() {
        let ollama = Choice::Compatible(Service::Ollama);
        assert_eq!(Choice::parse("Ollama"), Some(ollama));
        assert_eq!(
            Choice::parse("azure_open_ai"),
            Some(Choice::Kind(ConnectionType::AzureOpenAI))
        );
        assert_eq!(Choice::parse("Other OpenAI-compatible server"), None);
        assert_eq!(Choice::parse(""), None);
    }

    #[test]
    fn a_stored_connection_is_the_choice_that_made_it() {
        for choice in Choice::all(&[]) {
            if choice == Choice::Compatible(Service::Other) {
                continue;
            }
            let url = choice.base_url().unwrap_or_default();
            assert_eq!(Choice::of(choice.kind(), url), choice);
        }
        let other = Choice::of(ConnectionType::OpenAI, "https://models.example.com/v1");
        assert_eq!(other, Choice::Compatible(Service::Other));
    }
}
