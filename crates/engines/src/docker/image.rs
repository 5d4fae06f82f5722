//! Images: finds one on the daemon's machine, or pulls it.

use bollard::{
    Docker,
    auth::DockerCredentials,
    errors::Error,
    models::{CreateImageInfo, ImageInspect},
    query_parameters::CreateImageOptionsBuilder,
};
use flowdeck_access::{
    identity::{Credential, Proof},
    registry::{Platform, host_of},
};
use flowdeck_contract::codes;
use flowdeck_contract::{image::ImageReference, session::SessionImage};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};

use super::{
    daemon,
    pull::{Layers, PAUSE},
};
use crate::{
    engine::{EngineError, IMAGE_REFUSED, RegistryAccess, WantedBase},
    log::LogFile,
};

/// Label of an image: the folder of an environment in it that holds promptflow's runtime.
const ENVIRONMENT: &str = "flowdeck.environment";

/// An image as a session has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Image {
    /// What was asked for.
    pub(super) reference: String,
    /// `sha256:…`; containers are made from it, whatever becomes of the tag.
    pub(super) id: String,
    /// The digest in its registry, when it came from one.
    pub(super) digest: Option<String>,
    /// The environment in it that holds promptflow's runtime.
    pub(super) environment: Option<String>,
}

impl Image {
    pub(super) fn shown(&self) -> SessionImage {
        SessionImage {
            reference: self.reference.clone(),
            digest: self.digest.clone().unwrap_or_else(|| self.id.clone()),
            is_local: self.digest.is_none(),
        }
    }
}

/// The image, and whether it had to be pulled.
pub(super) async fn find_or_pull(
    docker: &Docker,
    reference: &str,
    wanted: &WantedBase<'_>,
    log: &LogFile,
) -> Result<(Image, bool), EngineError> {
    let parsed = ImageReference::try_from(reference).map_err(|error| {
        EngineError::new(
            codes::BASE_IMAGE_INVALID,
            format!("‘{reference}’ isn’t an image reference. {error}"),
        )
    })?;
    let found = find_wanted(docker, &parsed, wanted).await?;
    if let Some(kept) = kept_for(&parsed, wanted)
        && found.as_ref().is_none_or(|image| image.shown() != *kept)
    {
        log.line(format!(
            "The session’s own image, {}, is no longer on this machine. The session uses the image that {reference} points to now.",
            kept.digest
        ));
    }
    if let Some(image) = found {
        return Ok((image, false));
    }
    pull(docker, &parsed, wanted, log).await?;
    let image = find(docker, &parsed).await?;
    let image = image.ok_or_else(|| {
        EngineError::new(
            "ImageNotFound",
            format!("‘{reference}’ was pulled, but is no longer there."),
        )
    })?;
    Ok((image, true))
}

/// The image that is wanted, where that needs no pull.
pub(super) async fn find_wanted(
    docker: &Docker,
    reference: &ImageReference,
    wanted: &WantedBase<'_>,
) -> Result<Option<Image>, EngineError> {
    if let Some(kept) = kept_for(reference, wanted)
        && let Some(image) = find_kept(docker, reference, kept).await?
    {
        return Ok(Some(image));
    }
    match wanted.anew {
        true => Ok(None),
        false => find(docker, reference).await,
    }
}

fn kept_for<'a>(reference: &ImageReference, wanted: &WantedBase<'a>) -> Option<&'a SessionImage> {
    wanted
        .keep
        .filter(|kept| kept.reference == reference.as_str())
}

pub(super) async fn find(
    docker: &Docker,
    reference: &ImageReference,
) -> Result<Option<Image>, EngineError> {
    find_as(docker, reference, &whole(reference)).await
}

/// The image that a reference once stood for.
async fn find_kept(
    docker: &Docker,
    reference: &ImageReference,
    kept: &SessionImage,
) -> Result<Option<Image>, EngineError> {
    let name = match kept.is_local {
        true => kept.digest.clone(),
        false => format!("{}@{}", reference.name(), kept.digest),
    };
    let found = find_as(docker, reference, &name).await?;
    // Images of one id may have been pushed more than once: the digest that it had is its.
    let digest = (!kept.is_local).then(|| kept.digest.clone());
    Ok(found.map(|image| Image { digest, ..image }))
}

async fn find_as(
    docker: &Docker,
    reference: &ImageReference,
    name: &str,
) -> Result<Option<Image>, EngineError> {
    match docker.inspect_image(name).await {
        Ok(found) => read(reference, found).map(Some),
        Err(error) if daemon::is_not_found(&error) => Ok(None),
        Err(error) => Err(daemon::failed("Looking for the image", &error)),
    }
}

fn read(reference: &ImageReference, found: ImageInspect) -> Result<Image, EngineError> {
    let id = found
        .id
        .ok_or_else(|| EngineError::new("DockerFailed", "The image has no id."))?;
    let digests = found.repo_digests.unwrap_or_default();
    let of_name = digests
        .iter()
        .filter_map(|digest| digest.split_once('@'))
        .find(|(name, _)| *name == familiar(reference.name()));
    let labels = found.config.and_then(|config| config.labels);
    Ok(Image {
        reference: reference.as_str().to_owned(),
        digest: of_name.map(|(_, digest)| digest.to_owned()),
        environment: labels.and_then(|mut labels| labels.remove(ENVIRONMENT)),
        id,
    })
}

/// What images run on where the kernel calls the architecture so.
pub(super) fn platform_of(machine: &str) -> Platform {
    let (architecture, variant) = match machine {
        "x86_64" => ("amd64", None),
        "aarch64" => ("arm64", None),
        "armv7l" => ("arm", Some("v7")),
        "armv6l" => ("arm", Some("v6")),
        "i386" | "i686" => ("386", None),
        other => (other, None),
    };
    Platform {
        variant: variant.map(str::to_owned),
        ..Platform::linux(architecture)
    }
}

/// Docker's own name for a repository of Docker Hub leaves out what all of them share.
fn familiar(name: &str) -> &str {
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    name.strip_prefix("library/").unwrap_or(name)
}

/// With the tag that no tag means.
fn whole(reference: &ImageReference) -> String {
    match (reference.tag(), reference.digest()) {
        (_, Some(digest)) => format!("{}@{digest}", reference.name()),
        (Some(tag), None) => format!("{}:{tag}", reference.name()),
        (None, None) => format!("{}:latest", reference.name()),
    }
}

async fn pull(
    docker: &Docker,
    reference: &ImageReference,
    wanted: &WantedBase<'_>,
    log: &LogFile,
) -> Result<(), EngineError> {
    let options = CreateImageOptionsBuilder::new()
        .from_image(&whole(reference))
        .build();
    let credential = match wanted.shown {
        RegistryAccess::Nothing => None,
        RegistryAccess::Credential(credential) => taken(credential, reference),
        RegistryAccess::Unavailable(why) => return Err(why.clone()),
    };
    log.line(format!(
        "Pulling {reference} …",
        reference = reference.as_str()
    ));
    let mut steps = docker.create_image(Some(options), None, credential);
    let mut layers = Layers::new(reference.as_str());
    let mut ticks = tokio::time::interval(PAUSE);
    let tell = |layers: &mut Layers| {
        if let Some(told) = wanted.told {
            told(layers.view());
        }
    };
    let pulled = loop {
        let step = tokio::select! {
            step = steps.next() => step,
            // Also while nothing comes: that is to be seen.
            _ = ticks.tick() => {
                tell(&mut layers);
                continue;
            }
        };
        match step.map(succeeded) {
            None => break Ok(()),
            Some(Err(error)) => break Err(not_pulled(reference, &error)),
            Some(Ok(step)) => {
                for line in layers.apply(&progress_of(step)) {
                    log.line(line);
                }
            }
        }
    };
    // Also when it failed: how far it came stays to be seen.
    tell(&mut layers);
    pulled
}

/// The daemon tells a failure as a step as well.
fn succeeded(step: Result<CreateImageInfo, Error>) -> Result<CreateImageInfo, Error> {
    let step = step?;
    match step
        .error_detail
        .as_ref()
        .and_then(|detail| detail.message.clone())
    {
        Some(error) => Err(Error::DockerStreamError { error }),
        None => Ok(step),
    }
}

/// As the daemon takes it; it shows it to the registry and keeps it nowhere.
fn taken(credential: &Credential, reference: &ImageReference) -> Option<DockerCredentials> {
    let registry = Some(host_of(reference).to_owned());
    match &credential.proof {
        Proof::Nothing => None,
        Proof::Password { user, password } => Some(DockerCredentials {
            username: Some(user.clone()),
            password: Some(password.reveal().to_owned()),
            serveraddress: registry,
            ..DockerCredentials::default()
        }),
        Proof::IdentityToken(token) => Some(DockerCredentials {
            identitytoken: Some(token.reveal().to_owned()),
            serveraddress: registry,
            ..DockerCredentials::default()
        }),
    }
}

fn progress_of(step: CreateImageInfo) -> super::pull::LayerProgress {
    let progress = step.progress_detail.unwrap_or_default();
    let bytes = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok());
    super::pull::LayerProgress {
        layer: step.id,
        status: step.status.unwrap_or_default(),
        current: bytes(progress.current),
        total: bytes(progress.total),
    }
}

fn not_pulled(reference: &ImageReference, error: &Error) -> EngineError {
    if daemon::is_lost(error) {
        return daemon::failed("Pulling the base image", error);
    }
    let said = match error {
        Error::DockerResponseServerError { message, .. } => message.clone(),
        Error::DockerStreamError { error } => error.clone(),
        other => other.to_string(),
    };
    let said = said.trim_end_matches('.');
    let lower = said.to_lowercase();
    if lower.contains("no space left on device") {
        return EngineError::disk_full("Pulling the base image");
    }
    let is = |texts: &[&str]| texts.iter().any(|text| lower.contains(text));
    let (code, remedy) = if is(&[
        "unauthorized",
        "denied",
        "authentication required",
        "no basic auth credentials",
    ]) {
        (
            IMAGE_REFUSED,
            "Choose an identity that can pull it, or sign in to the registry with docker login.",
        )
    } else if is(&["manifest unknown", "not found"]) {
        ("ImageNotFound", "Check the image’s URL and tag.")
    } else if is(&[
        "no such host",
        "connection refused",
        "timeout",
        "eof",
        "reset by peer",
    ]) {
        (
            "RegistryUnreachable",
            "Check the registry’s name and the network, then start the session again. The layers that were pulled are kept.",
        )
    } else if is(&["no matching manifest"]) {
        (
            "ImageArchitecture",
            "Choose an image for this machine’s architecture.",
        )
    } else {
        ("ImageNotPulled", "The log shows how far it got.")
    };
    let message = format!("Couldn’t pull ‘{}’: {said}.", reference.as_str());
    EngineError::new(code, message).with_remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> ImageReference {
        ImageReference::try_from(text).unwrap()
    }

    #[test]
    fn what_is_asked_of_the_daemon_is_one_image() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (asked, whole_one) in [
            ("a/b", "a/b:latest".to_owned()),
            ("a/b:1", "a/b:1".to_owned()),
            (&*format!("a/b:1@{digest}"), format!("a/b@{digest}")),
        ] {
            assert_eq!(whole(&reference(asked)), whole_one);
        }
        assert_eq!(familiar("docker.io/library/python"), "python");
        assert_eq!(familiar("localhost:5000/python"), "localhost:5000/python");
    }

    #[test]
    fn the_kernel_s_word_for_an_architecture_is_not_the_images_own() {
        for (machine, platform) in [
            ("x86_64", "linux/amd64"),
            ("aarch64", "linux/arm64"),
            ("armv7l", "linux/arm/v7"),
            ("s390x", "linux/s390x"),
        ] {
            assert_eq!(platform_of(machine).to_string(), platform);
        }
    }

    #[test]
    fn why_an_image_could_not_be_pulled_is_told_apart() {
        let code = |said: &str| {
            let error = Error::DockerStreamError {
                error: said.to_owned(),
            };
            not_pulled(&reference("r.example.com/a"), &error)
                .failure
                .code
        };
        assert_eq!(
            code("manifest for r.example.com/a:latest not found: manifest unknown"),
            "ImageNotFound"
        );
        assert_eq!(code("unauthorized: authentication required"), IMAGE_REFUSED);
        assert_eq!(
            code("Head \"http://r.example.com/v2/a/manifests/1\": no basic auth credentials"),
            IMAGE_REFUSED
        );
        assert_eq!(
            code("dial tcp: lookup r.example.com: no such host"),
            "RegistryUnreachable"
        );
        assert_eq!(code("unexpected EOF"), "RegistryUnreachable");
        assert_eq!(
            code("no matching manifest for linux/arm64"),
            "ImageArchitecture"
        );
        assert_eq!(code("write /x: no space left on device"), "DiskFull");
    }
}
