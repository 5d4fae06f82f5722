//! Where a reference points.

use flowdeck_contract::image::ImageReference;

use super::{DOCKER_HUB, RegistryError, host_of};

/// Where an image is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The reference as it was given.
    pub(super) image: String,
    /// The registry's host, with the port when it has one.
    pub(super) host: String,
    /// The name within the registry.
    pub(super) repository: String,
    /// A digest, else a tag.
    pub(super) reference: String,
}

impl Address {
    pub(super) fn of(image: &ImageReference) -> Self {
        let host = host_of(image);
        let name = image.repository();
        // Docker Hub's own images are in a folder that references leave out.
        let repository = if host == DOCKER_HUB && !name.contains('/') {
            format!("library/{name}")
        } else {
            name.to_owned()
        };
        let reference = image.digest().or(image.tag()).unwrap_or("latest");
        Self {
            image: image.as_str().to_owned(),
            host: host.to_owned(),
            repository,
            reference: reference.to_owned(),
        }
    }

    /// The answer was none of a registry's.
    pub(super) fn strange(&self, why: impl Into<String>) -> RegistryError {
        RegistryError::Strange {
            host: self.host.clone(),
            why: why.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_without_saying_is_said() {
        for (image, expected) in [
            ("ubuntu", ("docker.io", "library/ubuntu", "latest")),
            (
                "docker.io/ubuntu:22.04",
                ("docker.io", "library/ubuntu", "22.04"),
            ),
            ("team/app:1", ("docker.io", "team/app", "1")),
            ("localhost:5000/app", ("localhost:5000", "app", "latest")),
            ("a.example/b/c:1", ("a.example", "b/c", "1")),
        ] {
            let address = Address::of(&ImageReference::try_from(image).unwrap());
            let found = (&*address.host, &*address.repository, &*address.reference);
            assert_eq!(found, expected, "{image}");
        }
    }
}
