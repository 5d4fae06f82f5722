//! Manifests: what an image is made of, and indexes of images for several platforms.

use serde::Deserialize;
use sha2::{Digest, Sha256, Sha512};

use super::{Platform, RegistryError, address::Address};

/// What is understood, for the header `Accept`.
pub(super) const ACCEPTED: &str = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/// A manifest, with the digest of its bytes.
pub(super) struct Manifest {
    pub(super) digest: String,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Image(Image),
    Index(Vec<PlatformManifest>),
}

/// What one image is made of.
pub(super) struct Image {
    /// The digest of its configuration.
    pub(super) config: String,
    /// Compressed layers, in bytes.
    pub(super) size: u64,
    pub(super) layers: usize,
}

/// One image of an index.
pub(super) struct PlatformManifest {
    pub(super) digest: String,
    pub(super) platform: Platform,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u32,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
    #[serde(default)]
    size: u64,
    platform: Option<DescribedPlatform>,
}

#[derive(Deserialize)]
struct DescribedPlatform {
    architecture: String,
    os: String,
    variant: Option<String>,
}

impl Manifest {
    /// Of the bytes that were given for `reference`, which are checked when that is a digest.
    pub(super) fn parse(
        body: &[u8],
        reference: &str,
        address: &Address,
    ) -> Result<Self, RegistryError> {
        let digest = digest_like(body, reference);
        if reference.contains(':') && digest != reference {
            return Err(address.strange(format!("its answer for {reference} has another digest")));
        }
        let document: Document = serde_json::from_slice(body)
            .map_err(|_| address.strange("its answer isn’t an image manifest"))?;
        if document.schema_version != 2 {
            return Err(RegistryError::TooOld {
                image: address.image.clone(),
            });
        }
        let kind = match document {
            Document {
                manifests: Some(manifests),
                ..
            } => Kind::Index(
                manifests
                    .into_iter()
                    .filter_map(PlatformManifest::of)
                    .collect(),
            ),
            Document {
                config: Some(config),
                layers: Some(layers),
                ..
            } => Kind::Image(Image {
                config: config.digest,
                size: layers
                    .iter()
                    .fold(0, |size, layer| layer.size.saturating_add(size)),
                layers: layers.len(),
            }),
            _ => return Err(address.strange("its answer isn’t an image manifest")),
        };
        Ok(Self { digest, kind })
    }
}

impl PlatformManifest {
    /// Attestations stand in indexes, too, for an unknown platform.
    fn of(descriptor: Descriptor) -> Option<Self> {
        let platform = descriptor.platform?;
        (platform.os != "unknown").then_some(Self {
            digest: descriptor.digest,
            platform: Platform {
                os: platform.os,
                architecture: platform.architecture,
                variant: platform.variant,
            },
        })
    }
}

/// The digest of `body`, by the algorithm of `reference` when that is a digest.
pub(super) fn digest_like(body: &[u8], reference: &str) -> String {
    let (algorithm, hash) = if reference.starts_with("sha512:") {
        ("sha512", hex::encode(Sha512::digest(body)))
    } else {
        ("sha256", hex::encode(Sha256::digest(body)))
    };
    format!("{algorithm}:{hash}")
}
