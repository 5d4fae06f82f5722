//! Why the credential of an identity isn't available.

use thiserror::Error;

use flowdeck_contract::codes;

use super::Who;
use crate::error::EngineError;

/// Why the credential of an identity isn't available. No message holds one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// It has none.
    #[error("The identity ‘{0}’ has no credential.")]
    NoCredential(String),
    /// It may not be shown there.
    #[error("The identity ‘{identity}’ isn’t allowed for {host}.")]
    NotForHost {
        /// The identity's name.
        identity: String,
        /// The registry or feed.
        host: String,
    },
    /// The file or the environment variable holds none.
    #[error("Can’t get the credential of the identity ‘{identity}’: {why}.")]
    Unreadable {
        /// The identity's name.
        identity: String,
        /// What is wrong, as a phrase.
        why: String,
    },
    /// Azure's endpoint does not answer.
    #[error(
        "Azure’s managed-identity endpoint {endpoint} gives the identity ‘{identity}’ no token: {why}."
    )]
    EndpointUnreachable {
        /// The identity's name.
        identity: String,
        /// Where it was asked for.
        endpoint: String,
        /// What is wrong, as a phrase.
        why: String,
    },
    /// Azure's endpoint does not know the identity.
    #[error(
        "Azure’s managed-identity endpoint {endpoint} refuses the identity ‘{identity}’: {why}."
    )]
    EndpointRefused {
        /// The identity's name.
        identity: String,
        /// Where it was asked for.
        endpoint: String,
        /// What it said.
        why: String,
    },
    /// The registry does not know the identity.
    #[error("The registry {registry} doesn’t accept the token of {who}: {why}.")]
    ExchangeRefused {
        /// Who asked.
        who: Who,
        /// The registry's host.
        registry: String,
        /// What it said.
        why: String,
    },
    /// Docker's configuration cannot be read.
    #[error("Can’t read the Docker credential store {file}: {why}.")]
    StoreUnreadable {
        /// The file.
        file: String,
        /// What is wrong, as a phrase.
        why: String,
    },
    /// A credential helper of Docker's failed.
    #[error("Docker’s credential helper {program} failed: {why}.")]
    HelperFailed {
        /// The program.
        program: String,
        /// What is wrong, as a phrase.
        why: String,
    },
}

impl IdentityError {
    /// PascalCase, stable.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCredential(_) | Self::Unreadable { .. } => codes::IDENTITY_CREDENTIAL_MISSING,
            Self::NotForHost { .. } => codes::IDENTITY_NOT_FOR_HOST,
            Self::EndpointUnreachable { .. } => codes::MANAGED_IDENTITY_UNAVAILABLE,
            Self::EndpointRefused { .. } | Self::ExchangeRefused { .. } => codes::IDENTITY_REFUSED,
            Self::StoreUnreadable { .. } | Self::HelperFailed { .. } => {
                "DockerCredentialStoreFailed"
            }
        }
    }

    /// What the person can do.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::NoCredential(_) => "Ask the administrator to give it one with credentialFile, credentialVariable or managedIdentity.".to_owned(),
            Self::NotForHost { host, .. } => format!("Choose another identity, or ask the administrator to add {host} to the identity’s hosts."),
            Self::Unreadable { .. } => "Ask your administrator to add it. It’s read each time it’s used.".to_owned(),
            Self::EndpointUnreachable { .. } => "A managed identity works on an Azure machine that it’s assigned to. Elsewhere, the administrator sets a credentialFile or credentialVariable.".to_owned(),
            Self::EndpointRefused { .. } => "Assign the managed identity to this machine, and check its client id in the server’s configuration.".to_owned(),
            Self::ExchangeRefused { who, registry, .. } => format!("Check that {registry} is an Azure Container Registry of the identity’s tenant, and grant the role AcrPull there: az role assignment create --role AcrPull --assignee {} --scope REGISTRY_ID", who.assignee()),
            Self::StoreUnreadable { .. } => "Run docker login again as the user that runs the server.".to_owned(),
            Self::HelperFailed { .. } => "Install the program where the server finds it, or run docker login again as the user that runs the server.".to_owned(),
        }
    }
}

impl From<IdentityError> for EngineError {
    fn from(error: IdentityError) -> Self {
        Self::new(error.code(), error.to_string()).with_remedy(error.remedy())
    }
}
