//! References of container images, by the grammar of the OCI distribution specification and Docker.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text isn't an image reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidImage {
    /// Nothing was given.
    #[error("Enter the image’s URL, such as registry.example.com/team/runtime.")]
    Empty,
    /// It starts like a web address.
    #[error("Remove https://. An image URL starts with the registry’s name.")]
    Scheme,
    /// The registry isn't a host name, or its port isn't a number.
    #[error(
        "The part before the first slash isn’t a registry. Use a host name, with a port if it needs one."
    )]
    Registry,
    /// The name within the registry breaks the rules.
    #[error(
        "In an image’s name, use lowercase letters and digits, with single . _ - between them, and slashes between its parts."
    )]
    Name,
    /// The name has more than 255 characters.
    #[error("Use at most 255 characters in an image’s name.")]
    TooLong,
    /// The tag breaks the rules.
    #[error(
        "In a tag, use at most 128 letters, digits, dots, dashes and underscores. Don’t start with a dot or dash."
    )]
    Tag,
    /// The digest is not one of SHA-256 or SHA-512.
    #[error("A digest is sha256: followed by 64 digits of 0-9 and a-f.")]
    Digest,
}

/// A reference of an image: `name`, `name:tag`, `name@digest` or `name:tag@digest`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImageReference {
    text: String,
    name: usize,
    digest: usize,
}

impl ImageReference {
    /// The whole reference.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Registry and name, without tag and digest.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text[..self.name]
    }

    /// The registry's host, with the port when it has one; `None` for the default registry.
    #[must_use]
    pub fn registry(&self) -> Option<&str> {
        registry_of(self.name()).map(|(registry, _)| registry)
    }

    /// The name within the registry.
    #[must_use]
    pub fn repository(&self) -> &str {
        registry_of(self.name()).map_or(self.name(), |(_, repository)| repository)
    }

    /// The tag, when there is one.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.text[self.name..self.digest].strip_prefix(':')
    }

    /// The digest, such as `sha256:…`, when there is one.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.text[self.digest..].strip_prefix('@')
    }

    /// Of a name and, when it is not empty, a tag or a digest.
    ///
    /// # Errors
    /// When one of them breaks the rules.
    pub fn of_parts(name: &str, tag: &str) -> Result<Self, InvalidImage> {
        let separator = match tag {
            "" => "",
            tag if tag.contains(':') => "@",
            _ => ":",
        };
        Self::try_from([name, separator, tag].concat())
    }
}

/// The reference that was probably meant by a text that is none: an address of a web page, a whole command, a name with
/// capitals. `None` when nothing right comes of it.
#[must_use]
pub fn proposal(text: &str) -> Option<ImageReference> {
    let text = text.trim().trim_matches(['"', '\'', '`']);
    let commands = ["docker image pull ", "docker pull ", "podman pull "];
    let text = without_start(text, &commands).trim();
    let schemes = ["https://", "http://", "docker://", "oci://"];
    let text = without_start(text, &schemes).trim_end_matches('/');
    let text = match without_start(text, &["hub.docker.com/r/", "hub.docker.com/_/"]) {
        page if page.len() < text.len() => page.trim_end_matches("/tags"),
        _ => text,
    };
    let (tagged, digest) = match text.split_once('@') {
        Some((tagged, digest)) if digest.contains(':') => (tagged, format!("@{digest}")),
        Some((tagged, digest)) => (tagged, format!("@sha256:{digest}")),
        None => (text, String::new()),
    };
    let slash = tagged.rfind('/').map_or(0, |slash| slash + 1);
    let colon = tagged[slash..].find(':');
    let (name, tag) = tagged.split_at(colon.map_or(tagged.len(), |colon| slash + colon));
    let name = name.to_ascii_lowercase();
    ImageReference::try_from([&name, tag.trim_end_matches(':'), &digest].concat()).ok()
}

fn without_start<'a>(text: &'a str, starts: &[&str]) -> &'a str {
    let cut = |start: &&str| text.strip_prefix(start);
    starts.iter().find_map(cut).unwrap_or(text)
}

impl TryFrom<String> for ImageReference {
    type Error = InvalidImage;

    fn try_from(text: String) -> Result<Self, InvalidImage> {
        if text.is_empty() {
            return Err(InvalidImage::Empty);
        }
        if text.contains("://") {
            return Err(InvalidImage::Scheme);
        }
        let digest = text.find('@').unwrap_or(text.len());
        let (tagged, rest) = text.split_at(digest);
        if let Some(digest) = rest.strip_prefix('@') {
            check_digest(digest)?;
        }
        let path = tagged.rfind('/').map_or(0, |slash| slash + 1);
        let name = tagged[path..]
            .find(':')
            .map_or(digest, |colon| path + colon);
        if let Some(tag) = tagged[name..].strip_prefix(':') {
            check_tag(tag)?;
        }
        check_name(&tagged[..name])?;
        Ok(Self { text, name, digest })
    }
}

impl TryFrom<&str> for ImageReference {
    type Error = InvalidImage;
    fn try_from(text: &str) -> Result<Self, InvalidImage> {
        Self::try_from(text.to_owned())
    }
}

impl From<ImageReference> for String {
    fn from(image: ImageReference) -> String {
        image.text
    }
}

impl std::fmt::Display for ImageReference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

fn check_digest(digest: &str) -> Result<(), InvalidImage> {
    let (algorithm, hex) = digest.split_once(':').ok_or(InvalidImage::Digest)?;
    let digits = match algorithm {
        "sha256" => 64,
        "sha512" => 128,
        _ => return Err(InvalidImage::Digest),
    };
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (hex.len() == digits && hex.bytes().all(is_hex))
        .then_some(())
        .ok_or(InvalidImage::Digest)
}

fn check_tag(tag: &str) -> Result<(), InvalidImage> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let valid = (1..=128).contains(&tag.len())
        && tag.bytes().next().is_some_and(is_word)
        && tag
            .bytes()
            .all(|byte| is_word(byte) || byte == b'.' || byte == b'-');
    valid.then_some(()).ok_or(InvalidImage::Tag)
}

fn check_name(name: &str) -> Result<(), InvalidImage> {
    if name.len() > 255 {
        return Err(InvalidImage::TooLong);
    }
    let path = match registry_of(name) {
        Some((registry, path)) => {
            check_registry(registry)?;
            path
        }
        None => name,
    };
    path.split('/')
        .all(is_path_part)
        .then_some(())
        .ok_or(InvalidImage::Name)
}

/// A name's registry and the rest. Docker's rule for what is a registry: nothing else has these.
fn registry_of(name: &str) -> Option<(&str, &str)> {
    name.split_once('/').filter(|(registry, _)| {
        registry.contains(['.', ':'])
            || *registry == "localhost"
            || registry.bytes().any(|byte| byte.is_ascii_uppercase())
    })
}

fn check_registry(registry: &str) -> Result<(), InvalidImage> {
    let (host, port) = registry.rsplit_once(':').unwrap_or((registry, "1"));
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit())
        && port.parse::<u16>().is_ok_and(|port| port > 0);
    (is_port && host.split('.').all(is_label))
        .then_some(())
        .ok_or(InvalidImage::Registry)
}

/// Runs of lower-case letters and digits, with `.`, `_`, `__` or dashes between two of them.
fn is_path_part(part: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators = part.split(is_letter).filter(|between| !between.is_empty());
    part.starts_with(is_letter)
        && part.ends_with(is_letter)
        && separators.into_iter().all(|between| {
            matches!(between, "." | "_" | "__") || between.bytes().all(|b| b == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn a_reference_is_taken_apart() {
        let digested = format!("localhost:5000/a/b_c@{SHA}");
        let both = format!("a.example/x:1@{SHA}");
        for (text, name, tag, digest) in [
            ("ubuntu", "ubuntu", None, None),
            ("ubuntu:22.04", "ubuntu", Some("22.04"), None),
            (
                "mcr.example.com/azureml/promptflow/promptflow-runtime:20240116.v1",
                "mcr.example.com/azureml/promptflow/promptflow-runtime",
                Some("20240116.v1"),
                None,
            ),
            (&digested, "localhost:5000/a/b_c", None, Some(SHA)),
            (&both, "a.example/x", Some("1"), Some(SHA)),
        ] {
            let image = ImageReference::try_from(text).unwrap();
            assert_eq!(
                (image.name(), image.tag(), image.digest()),
                (name, tag, digest)
            );
            assert_eq!(
                image.registry().map_or(0, |host| host.len() + 1) + image.repository().len(),
                name.len()
            );
            let last = digest.or(tag).unwrap_or_default();
            if tag.is_none() || digest.is_none() {
                assert_eq!(ImageReference::of_parts(name, last), Ok(image));
            }
        }
    }

    #[test]
    fn what_was_probably_meant_is_proposed() {
        let hash = SHA.strip_prefix("sha256:").unwrap();
        let (digest, digested) = (format!("a.example/x@{hash}"), format!("a.example/x@{SHA}"));
        for (text, meant) in [
            ("https://a.example/team/x:1", Some("a.example/team/x:1")),
            (" docker pull Team/App:V1 ", Some("team/app:V1")),
            ("https://hub.docker.com/r/team/app/tags", Some("team/app")),
            ("https://hub.docker.com/_/python", Some("python")),
            ("a.example/x:", Some("a.example/x")),
            ("a.example/x/", Some("a.example/x")),
            (&digest, Some(&digested)),
            ("a b", None),
            ("", None),
            ("ä", None),
        ] {
            let found = proposal(text);
            assert_eq!(found.as_ref().map(ImageReference::as_str), meant, "{text}");
        }
    }

    #[test]
    fn what_breaks_the_rules_is_told_by_the_rule() {
        let long = "a/".repeat(128) + "a";
        for (text, reason) in [
            ("", InvalidImage::Empty),
            ("https://a.example/x", InvalidImage::Scheme),
            ("a.example:port/x", InvalidImage::Registry),
            ("a.example:0/x", InvalidImage::Registry),
            ("-a.example/x", InvalidImage::Registry),
            ("Name", InvalidImage::Name),
            ("a//b", InvalidImage::Name),
            ("a/", InvalidImage::Name),
            ("a..b", InvalidImage::Name),
            ("a b", InvalidImage::Name),
            ("a:", InvalidImage::Tag),
            ("a:-x", InvalidImage::Tag),
            ("a:b:c", InvalidImage::Tag),
            ("a@sha256:12", InvalidImage::Digest),
            ("a@md5:0123", InvalidImage::Digest),
            (&long, InvalidImage::TooLong),
        ] {
            let found = ImageReference::try_from(text);
            assert_eq!(found, Err(reason), "{text}");
        }
    }
}
