//! Azure's managed-identity endpoint: tokens for the identities that a machine of Azure's has been given.

use serde::Deserialize;

use super::{Identity, IdentityError, Secret};
use crate::web::{Answer, Route, Web};

/// What tokens for registries are for. Unlike one for Azure's resource manager it opens nothing else.
pub(super) const ACR: &str = "https://containerregistry.azure.net";
/// What tokens for Azure DevOps, and its package feeds, are for: its fixed application id.
pub(super) const AZURE_DEVOPS: &str = "499b84ac-1321-427f-aa17-267ca6975798";

/// What tokens for Azure OpenAI and Azure's other AI services are for.
pub(super) const AI_SERVICES: &str = "https://cognitiveservices.azure.com";
/// What tokens for Azure AI Search are for.
pub(super) const SEARCH: &str = "https://search.azure.com";

/// Where a machine of Azure's asks for tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManagedIdentityEndpoint {
    /// The instance metadata service of virtual machines and what runs on them.
    Imds {
        /// Its origin, such as `http://169.254.169.254`.
        origin: String,
    },
    /// The endpoint that App Service, Container Apps and the like give their containers.
    AppService {
        /// The whole address: `IDENTITY_ENDPOINT`.
        endpoint: String,
        /// What shows that the container itself asks: `IDENTITY_HEADER`.
        header: Secret,
    },
}

impl ManagedIdentityEndpoint {
    /// That of the environment variables `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`, else the instance metadata service,
    /// for which `AZURE_POD_IDENTITY_AUTHORITY_HOST` may name another origin.
    #[must_use]
    pub fn of_environment() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        match (variable("IDENTITY_ENDPOINT"), variable("IDENTITY_HEADER")) {
            (Some(endpoint), Some(header)) => Self::AppService {
                endpoint,
                header: Secret::new(header),
            },
            _ => Self::Imds {
                origin: variable("AZURE_POD_IDENTITY_AUTHORITY_HOST")
                    .unwrap_or_else(|| "http://169.254.169.254".to_owned()),
            },
        }
    }

    /// A token of `identity` for a resource.
    pub(super) async fn token(
        &self,
        web: &Web,
        identity: &Identity,
        resource: &str,
    ) -> Result<Secret, IdentityError> {
        // Never by a proxy: the endpoint is of this very machine.
        let client = web
            .client(Route::Direct)
            .map_err(|error| self.unreachable(identity, &error))?;
        let request = match self {
            Self::Imds { origin } => client
                .get(format!(
                    "{}/metadata/identity/oauth2/token",
                    origin.trim_end_matches('/')
                ))
                .header("Metadata", "true")
                .query(&[("api-version", "2018-02-01")]),
            Self::AppService { endpoint, header } => client
                .get(endpoint)
                .header("X-IDENTITY-HEADER", header.reveal())
                .query(&[("api-version", "2019-08-01")]),
        };
        let request = request.query(&[("resource", resource)]);
        let request = match &identity.client_id {
            Some(id) => request.query(&[("client_id", id)]),
            None => request,
        };
        let answer = Web::send(request)
            .await
            .map_err(|error| self.unreachable(identity, &error))?;
        answer
            .json::<Token>()
            .filter(|_| answer.status.is_success())
            .map(|token| token.access_token)
            .ok_or_else(|| self.refused(identity, &answer))
    }

    fn origin(&self) -> &str {
        match self {
            Self::Imds { origin } => origin,
            Self::AppService { endpoint, .. } => endpoint,
        }
    }

    fn unreachable(&self, identity: &Identity, error: &crate::web::WebError) -> IdentityError {
        IdentityError::EndpointUnreachable {
            identity: identity.name.clone(),
            endpoint: self.origin().to_owned(),
            why: error.of_it(),
        }
    }

    fn refused(&self, identity: &Identity, answer: &Answer) -> IdentityError {
        let said: Option<Refusal> = answer.json();
        let why = said.and_then(|said| said.error_description.or(said.error));
        let why = why.unwrap_or_else(|| format!("it answered {}", answer.status));
        let why = match self {
            Self::AppService { header, .. } => header.cut_from(&why),
            Self::Imds { .. } => why,
        };
        IdentityError::EndpointRefused {
            identity: identity.name.clone(),
            endpoint: self.origin().to_owned(),
            why: crate::web::in_a_line(&why),
        }
    }
}

#[derive(Deserialize)]
struct Token {
    access_token: Secret,
}

#[derive(Deserialize)]
struct Refusal {
    error: Option<String>,
    error_description: Option<String>,
}
