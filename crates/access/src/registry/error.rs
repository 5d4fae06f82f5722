//! Why a registry gives no image.

use thiserror::Error;

use super::Platform;
use crate::{
    error::EngineError,
    identity::{Who, is_acr},
};

/// Why a registry gives no image. No message holds a credential.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RegistryError {
    /// The registry's name, or that of its token service, isn't that of a host.
    #[error("Can’t find the registry {host}: no host has the name {name}.")]
    NoHost {
        /// The registry's host.
        host: String,
        /// The name that is not known.
        name: String,
    },
    /// It does not answer.
    #[error("The registry {host} doesn’t answer: {why}.")]
    Unreachable {
        /// The registry's host.
        host: String,
        /// What is wrong, as a phrase.
        why: String,
    },
    /// What answers isn't a registry.
    #[error("{host} answers, but isn’t a container registry.")]
    NoRegistry {
        /// The host.
        host: String,
    },
    /// There is no such repository, or none that may be seen.
    #[error("The registry {host} has no repository ‘{repository}’{}.", seen_by(.who, *.is_anonymous))]
    NoRepository {
        /// The registry's host.
        host: String,
        /// The name within the registry.
        repository: String,
        /// Who asked.
        who: Who,
        /// Whether nothing was shown as proof.
        is_anonymous: bool,
    },
    /// The repository has no such tag or digest.
    #[error("‘{repository}’ in the registry {host} has no {} ‘{reference}’.", if .reference.contains(':') { "digest" } else { "tag" })]
    NoTag {
        /// The registry's host.
        host: String,
        /// The name within the registry.
        repository: String,
        /// The tag or digest.
        reference: String,
        /// A tag of nearly this name.
        near: Option<String>,
    },
    /// It wants to know who asks.
    #[error(
        "‘{repository}’ in the registry {host} isn’t public, and {who} has no credential for it."
    )]
    NeedsIdentity {
        /// The registry's host.
        host: String,
        /// The name within the registry.
        repository: String,
        /// Who asked.
        who: Who,
    },
    /// It does not take the credential.
    #[error("The registry {host} doesn’t accept the credential of {who}.")]
    WrongCredential {
        /// The registry's host.
        host: String,
        /// Who asked.
        who: Who,
    },
    /// It knows who asks, who may not.
    #[error("In the registry {host}, {who} has no permission to pull ‘{repository}’: {} is missing.", permission(*.is_acr))]
    NoPermission {
        /// The registry's host.
        host: String,
        /// The name within the registry.
        repository: String,
        /// Who asked.
        who: Who,
        /// Whether it is an Azure Container Registry.
        is_acr: bool,
    },
    /// It has been asked too often.
    #[error("The request limit of the registry {host} is reached{}.", .wait.map_or(String::new(), |seconds| format!(" for the next {seconds} seconds")))]
    RateLimited {
        /// The registry's host.
        host: String,
        /// Whether nothing was shown as proof.
        is_anonymous: bool,
        /// For how many seconds, when it says so.
        wait: Option<u64>,
    },
    /// The image is for other platforms.
    #[error("‘{image}’ is for {}; sessions run on {wants}.", listed(.has))]
    WrongPlatform {
        /// The reference.
        image: String,
        /// What it is for.
        has: Vec<Platform>,
        /// What is needed.
        wants: Platform,
    },
    /// The image is in a form of before 2016.
    #[error("‘{image}’ has a format that is no longer supported (manifest schema 1).")]
    TooOld {
        /// The reference.
        image: String,
    },
    /// It answered with something else.
    #[error("The registry {host} gave an unexpected answer: {why}.")]
    Strange {
        /// The registry's host.
        host: String,
        /// What was wrong, as a phrase.
        why: String,
    },
}

fn seen_by(who: &Who, is_anonymous: bool) -> String {
    if is_anonymous {
        String::new()
    } else {
        format!(" that {who} can see")
    }
}

/// The permission to pull, by the registry's name for it.
fn permission(is_acr: bool) -> &'static str {
    if is_acr {
        "AcrPull"
    } else {
        "the permission ‘pull’"
    }
}

fn listed(platforms: &[Platform]) -> String {
    if platforms.is_empty() {
        return "no platform".to_owned();
    }
    let names: Vec<String> = platforms.iter().map(ToString::to_string).collect();
    names.join(", ")
}

impl RegistryError {
    /// PascalCase, stable.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoHost { .. } => "RegistryNotFound",
            Self::Unreachable { .. } => "RegistryUnreachable",
            Self::NoRegistry { .. } | Self::Strange { .. } => "RegistryAnswerInvalid",
            Self::NoRepository { .. } => "ImageRepositoryNotFound",
            Self::NoTag { .. } => "ImageTagNotFound",
            Self::NeedsIdentity { .. } => "ImageNeedsIdentity",
            Self::WrongCredential { .. } => "RegistryCredentialRefused",
            Self::NoPermission { .. } => "ImagePullNotAuthorized",
            Self::RateLimited { .. } => "RegistryRateLimited",
            Self::WrongPlatform { .. } => "ImagePlatformMissing",
            Self::TooOld { .. } => "ImageFormatOutdated",
        }
    }

    /// What the person can do.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::NoHost { .. } => "Check the part of the image’s URL before the first slash.".to_owned(),
            Self::Unreachable { host, .. } => format!("Check that {host} is up and that the server’s machine reaches it."),
            Self::NoRegistry { .. } => "Check the part of the image’s URL before the first slash, its port included.".to_owned(),
            Self::NoRepository { is_anonymous: true, .. } => "Check the image’s URL. A private repository can look like one that doesn’t exist. Choose an identity that can see it.".to_owned(),
            Self::NoRepository { .. } => "Check the image’s URL, or choose an identity that can see it.".to_owned(),
            Self::NoTag { near: Some(near), .. } => format!("Did you mean the tag ‘{near}’?"),
            Self::NoTag { .. } => "Check the tag, or push the image with it.".to_owned(),
            Self::NeedsIdentity { host, who: Who::User, .. } if is_acr(host) => "Check the image’s URL; then choose a user-assigned managed identity that has the role AcrPull there, or have az acr login run as the user that runs the server.".to_owned(),
            Self::NeedsIdentity { host, who: Who::User, .. } => format!("Check the image’s URL; then choose a user-assigned managed identity, or have docker login {host} run as the user that runs the server."),
            Self::NeedsIdentity { host, who, .. } if is_acr(host) => format!("Check the image’s URL; then choose an identity that has the role AcrPull there, or ask the administrator to grant it to {who} and to name {host} under hosts of its entry in the configuration file."),
            Self::NeedsIdentity { host, who, .. } => format!("Check the image’s URL; then choose another identity, or ask the administrator to give {who} a credential for it and to name {host} under hosts of its entry in the configuration file."),
            Self::WrongCredential { host, who: Who::User } => format!("Run docker login {host} again as the user that runs the server."),
            Self::WrongCredential { .. } => "Ask the administrator for a new token or password, and the user name (clientId) that goes with it.".to_owned(),
            Self::NoPermission { who, is_acr: true, .. } => format!("Grant the role AcrPull: az role assignment create --role AcrPull --assignee {} --scope REGISTRY_ID", who.assignee()),
            Self::NoPermission { repository, .. } => format!("Ask the registry’s administrator to grant it (repository:{repository}:pull)."),
            Self::RateLimited { is_anonymous: true, .. } => "Wait, or choose an identity that the registry knows. Its limit is higher.".to_owned(),
            Self::RateLimited { .. } => "Wait, then check again.".to_owned(),
            Self::WrongPlatform { wants, .. } => format!("Choose an image for {wants}, or build this one for it: docker buildx build --platform {wants}"),
            Self::TooOld { .. } => "Push the image again with a current version of Docker.".to_owned(),
            Self::Strange { .. } => "Check again. If the error stays, ask the registry’s administrator.".to_owned(),
        }
    }
}

impl From<RegistryError> for EngineError {
    fn from(error: RegistryError) -> Self {
        Self::new(error.code(), error.to_string()).with_remedy(error.remedy())
    }
}
