//! Asks registries by the OCI distribution protocol what an image is. Pulls nothing, and knows nothing of sessions.
//!
//! `oci-client` would do it too; but it keeps tokens in a cache of its own, does not exchange refresh tokens, and its
//! errors do not tell a missing permission from a wrong password.

mod address;
mod challenge;
mod error;
mod manifest;
mod platform;
mod requests;

pub use error::RegistryError;
pub use platform::Platform;

use std::time::Duration;

use flowdeck_contract::image::ImageReference;
use serde::Deserialize;

use self::{
    address::Address,
    manifest::{Kind, Manifest},
    requests::Requests,
};
use crate::{identity::Credential, web::Web};

/// Docker Hub's registry, the default.
pub(crate) const DOCKER_HUB: &str = "docker.io";

/// For everything that one image needs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks registries. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Registry {
    web: Web,
    platform: Platform,
}

/// What a reference stands for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The digest of what the reference names: of the index, when there is one for several platforms.
    pub digest: String,
    /// Every platform that the image is for.
    pub platforms: Vec<Platform>,
    /// The compressed layers for our platform, in bytes.
    pub size: u64,
    /// How many layers these are.
    pub layers: usize,
}

/// The registry that an image is in: its host, with the port when it has one.
#[must_use]
pub fn host_of(image: &ImageReference) -> &str {
    match image.registry() {
        None | Some("index.docker.io" | "registry-1.docker.io") => DOCKER_HUB,
        Some(registry) => registry,
    }
}

impl Registry {
    /// That looks for images for a platform.
    #[must_use]
    pub fn new(platform: Platform) -> Self {
        Self {
            web: Web::default(),
            platform,
        }
    }

    /// What `image` stands for now, as the credential's owner sees it. Takes half a minute at most.
    ///
    /// # Errors
    /// When the registry gives no such image to this credential, or the image is for none of our platforms.
    pub async fn resolve(
        &self,
        image: &ImageReference,
        credential: &Credential,
    ) -> Result<Resolved, RegistryError> {
        let address = Address::of(image);
        in_time(&address, self.look_up(&address, credential)).await
    }

    /// The digest that `image` stands for now, as the credential's owner sees it: of its index, when there is one for
    /// several platforms. Asks as little as can be. Takes half a minute at most.
    ///
    /// # Errors
    /// When the registry does not say it to this credential.
    pub async fn digest(
        &self,
        image: &ImageReference,
        credential: &Credential,
    ) -> Result<String, RegistryError> {
        let address = Address::of(image);
        let mut requests = Requests::new(&self.web, &address, credential);
        in_time(&address, requests.digest(&address.reference)).await
    }

    async fn look_up(
        &self,
        address: &Address,
        credential: &Credential,
    ) -> Result<Resolved, RegistryError> {
        let mut requests = Requests::new(&self.web, address, credential);
        let top = requests.manifest(&address.reference).await?;
        let (platforms, image) = match top.kind {
            Kind::Image(image) => {
                let config = requests.blob(&image.config).await?;
                (vec![platform_of(&config, address)?], image)
            }
            Kind::Index(entries) => {
                let platforms: Vec<Platform> =
                    entries.iter().map(|entry| entry.platform.clone()).collect();
                let ours = entries
                    .iter()
                    .find(|entry| entry.platform.runs_on(&self.platform));
                let Some(ours) = ours else {
                    return Err(self.wrong_platform(address, platforms));
                };
                let Manifest { kind, .. } = requests.manifest(&ours.digest).await?;
                let Kind::Image(image) = kind else {
                    return Err(address.strange("an index of images names another index"));
                };
                (platforms, image)
            }
        };
        if !platforms
            .iter()
            .any(|platform| platform.runs_on(&self.platform))
        {
            return Err(self.wrong_platform(address, platforms));
        }
        Ok(Resolved {
            digest: top.digest,
            platforms,
            size: image.size,
            layers: image.layers,
        })
    }

    fn wrong_platform(&self, address: &Address, has: Vec<Platform>) -> RegistryError {
        RegistryError::WrongPlatform {
            image: address.image.clone(),
            has,
            wants: self.platform.clone(),
        }
    }
}

async fn in_time<T>(
    address: &Address,
    asked: impl Future<Output = Result<T, RegistryError>>,
) -> Result<T, RegistryError> {
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    answer.unwrap_or_else(|_| {
        Err(RegistryError::Unreachable {
            host: address.host.clone(),
            why: "it didn’t answer in time".to_owned(),
        })
    })
}

/// What counts of an image's configuration.
#[derive(Deserialize)]
struct ImageConfig {
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    os: String,
    #[serde(default)]
    variant: Option<String>,
}

fn platform_of(config: &[u8], address: &Address) -> Result<Platform, RegistryError> {
    let config: ImageConfig = serde_json::from_slice(config)
        .ok()
        .filter(|config: &ImageConfig| !config.architecture.is_empty())
        .ok_or_else(|| {
            address.strange(
                "the image’s configuration names no platform, so it isn’t a container image",
            )
        })?;
    Ok(Platform {
        os: config.os,
        architecture: config.architecture,
        variant: config.variant.filter(|variant| !variant.is_empty()),
    })
}
