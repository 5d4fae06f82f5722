//! Who asks a registry or a package feed, and what is shown there as proof. Knows nothing of images or packages, and
//! never lets a secret out but into the request that needs it.

mod acr;
mod credential;
mod docker;
mod error;
mod helper;
mod hosts;
mod managed;
mod variables;

pub use credential::{Credential, Proof, Who};
pub use docker::DockerStore;
pub use error::IdentityError;
pub use flowdeck_contract::connections::Secret;
pub use hosts::HostPattern;
pub(crate) use hosts::is_acr;
pub use managed::ManagedIdentityEndpoint;
pub use variables::is_the_servers;

use std::path::{Path, PathBuf};

use crate::web::Web;

/// A user-assigned managed identity: a named credential.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The id that a registry or feed knows it by: a user name, or the client id of a managed identity.
    pub client_id: Option<String>,
    /// Where its credential comes from, when it has one.
    pub source: Option<CredentialSource>,
    /// The registries and feeds that its credential may be shown to. Who writes a flow chooses the image and the feeds,
    /// and so could send the credential to a server of theirs.
    pub hosts: Vec<HostPattern>,
}

/// Where a credential comes from. It is read when it is needed, so that one that was replaced counts at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialSource {
    /// A file that holds a token or password, alone on one line.
    File(PathBuf),
    /// An environment variable of the server's.
    Variable(String),
    /// Azure's managed-identity endpoint of this machine.
    ManagedIdentity,
}

/// Gets the credentials of identities. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Identities {
    web: Web,
    endpoint: ManagedIdentityEndpoint,
    store: DockerStore,
}

impl Identities {
    /// With the managed-identity endpoint and the Docker credential store that the environment variables name.
    #[must_use]
    pub fn of_environment() -> Self {
        let endpoint = ManagedIdentityEndpoint::of_environment();
        Self::new(endpoint, DockerStore::of_environment())
    }

    /// With a managed-identity endpoint and a Docker credential store, which is the user's own identity.
    #[must_use]
    pub fn new(endpoint: ManagedIdentityEndpoint, store: DockerStore) -> Self {
        Self {
            web: Web::default(),
            endpoint,
            store,
        }
    }

    /// What a registry is shown; `registry` is its host, with the port when it has one. Without an identity it is what
    /// the Docker credential store holds for it. An identity that has nothing for this registry shows nothing: images
    /// may be everybody's.
    ///
    /// # Errors
    /// When the credential that is meant for this registry isn't available.
    pub async fn for_registry(
        &self,
        identity: Option<&Identity>,
        registry: &str,
    ) -> Result<Credential, IdentityError> {
        let Some(identity) = identity else {
            let proof = self.store.find(registry).await?;
            let who = Who::User;
            return Ok(Credential { who, proof });
        };
        let who = Who::of(identity);
        let proof = match self.source_for(identity, registry, is_acr) {
            Err(IdentityError::NoCredential(_) | IdentityError::NotForHost { .. }) => {
                Proof::Nothing
            }
            Err(error) => return Err(error),
            Ok(CredentialSource::ManagedIdentity) => {
                let token = self.managed(identity, managed::ACR).await?;
                let exchanged = acr::exchange(&self.web, registry, &token, &who).await?;
                Proof::IdentityToken(exchanged)
            }
            Ok(source) => password(identity, source)?,
        };
        Ok(Credential { who, proof })
    }

    /// The user name and password that a package feed on `host` is shown.
    ///
    /// # Errors
    /// When the identity is not meant for this host, or its credential isn't available.
    pub async fn for_feed(
        &self,
        identity: &Identity,
        host: &str,
    ) -> Result<Credential, IdentityError> {
        let proof = match self.source_for(identity, host, hosts::is_azure_feed)? {
            CredentialSource::ManagedIdentity => {
                let password = self.managed(identity, managed::AZURE_DEVOPS).await?;
                let user = user_of(identity);
                Proof::Password { user, password }
            }
            source => password(identity, source)?,
        };
        let who = Who::of(identity);
        Ok(Credential { who, proof })
    }

    /// A token for an AI service of Azure's at an address, of the first managed identity which is meant for that. A run
    /// gets it in clear, and it opens AI services alone: a token or password from a file could open more. `None` when
    /// there is no such identity.
    ///
    /// # Errors
    /// When the endpoint gives none.
    pub async fn for_service(
        &self,
        identities: &[Identity],
        address: &str,
    ) -> Result<Option<Secret>, IdentityError> {
        let Some((identity, host)) = self.meant_for_service(identities, address) else {
            return Ok(None);
        };
        let resource = match hosts::is_azure_search(&host) {
            true => managed::SEARCH,
            false => managed::AI_SERVICES,
        };
        self.managed(identity, resource).await.map(Some)
    }

    /// Whether there is an identity for [`Identities::for_service`]; asks nobody.
    #[must_use]
    pub fn has_for_service(&self, identities: &[Identity], address: &str) -> bool {
        self.meant_for_service(identities, address).is_some()
    }

    /// The identity, and the address's host.
    fn meant_for_service<'a>(
        &self,
        identities: &'a [Identity],
        address: &str,
    ) -> Option<(&'a Identity, String)> {
        let host = shown_at(address)?;
        let is_meant = |identity: &&Identity| {
            let source = self.source_for(identity, &host, hosts::is_azure_ai);
            matches!(source, Ok(CredentialSource::ManagedIdentity))
        };
        let identity = identities.iter().find(is_meant)?;
        Some((identity, host))
    }

    /// The source of the identity's credential, when it may be shown to `host`. A managed identity that names no hosts
    /// is for those that Azure itself keeps.
    fn source_for<'a>(
        &self,
        identity: &'a Identity,
        host: &str,
        is_azures: fn(&str) -> bool,
    ) -> Result<&'a CredentialSource, IdentityError> {
        let source = identity
            .source
            .as_ref()
            .ok_or_else(|| IdentityError::NoCredential(identity.name.clone()))?;
        let by_default = *source == CredentialSource::ManagedIdentity
            && identity.hosts.is_empty()
            && is_azures(host);
        if by_default || identity.hosts.iter().any(|pattern| pattern.matches(host)) {
            return Ok(source);
        }
        Err(IdentityError::NotForHost {
            identity: identity.name.clone(),
            host: host.to_owned(),
        })
    }

    async fn managed(&self, identity: &Identity, resource: &str) -> Result<Secret, IdentityError> {
        self.endpoint.token(&self.web, identity, resource).await
    }
}

/// Feeds and registries that look at a token alone take any name.
fn user_of(identity: &Identity) -> String {
    let user = identity.client_id.as_deref();
    user.unwrap_or("flowdeck").to_owned()
}

/// The host of an address that a token may be sent to: nobody on the way can read it.
fn shown_at(address: &str) -> Option<String> {
    let address = url::Url::parse(address).ok()?;
    let host = address.authority();
    let is_private = address.scheme() == "https" || crate::web::is_loopback(host);
    (is_private && address.username().is_empty()).then(|| host.to_owned())
}

fn password(identity: &Identity, source: &CredentialSource) -> Result<Proof, IdentityError> {
    let read = source
        .read()
        .ok_or_else(|| IdentityError::NoCredential(identity.name.clone()))?;
    let password = read.map_err(|why| IdentityError::Unreadable {
        identity: identity.name.clone(),
        why,
    })?;
    let user = user_of(identity);
    Ok(Proof::Password { user, password })
}

impl CredentialSource {
    /// The token or password; `None` for a managed identity, whose token has to be requested. What is wrong is a
    /// phrase.
    #[must_use]
    pub fn read(&self) -> Option<Result<Secret, String>> {
        match self {
            Self::File(path) => Some(read_file(path)),
            Self::Variable(name) => Some(read_variable(name)),
            Self::ManagedIdentity => None,
        }
    }
}

fn read_file(path: &Path) -> Result<Secret, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map(Secret::new)
        .map_err(|error| format!("can't read the credential {shown}: {error}"))?;
    one_line(&text).ok_or_else(|| {
        format!("the credential {shown} must hold the token or password, alone on one line")
    })
}

fn read_variable(name: &str) -> Result<Secret, String> {
    let text = std::env::var(name)
        .map(Secret::new)
        .map_err(|_| format!("the environment variable {name} isn't set"))?;
    one_line(&text).ok_or_else(|| {
        format!(
            "the environment variable {name} must hold the token or password, alone on one line"
        )
    })
}

fn one_line(text: &Secret) -> Option<Secret> {
    let line = text.reveal().trim();
    let is_fine = !line.is_empty() && !line.contains(char::is_control);
    is_fine.then(|| Secret::new(line.to_owned()))
}
