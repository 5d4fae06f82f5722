//! Images in real registries, by every kind of identity. The registry is Debian's docker-registry; Azure's endpoints, of
//! which there are none to install, are played here, and look closely at what they are asked.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "for tests alone"
)]

mod azure;
mod canaries;
mod helper;
mod images;
mod moved_tag;
mod ports;
mod preflight;
mod real;
mod resolving;
mod strangers;
mod tokens;

#[path = "../support/mod.rs"]
mod support;

use flowdeck_compute::{
    Secret,
    identity::{Credential, Proof, Who},
    registry::{Platform, Registry, RegistryError, Resolved},
};
use flowdeck_contract::image::ImageReference;

/// What the registry says to a credential.
async fn resolve(image: &str, credential: &Credential) -> Result<Resolved, RegistryError> {
    let image = ImageReference::try_from(image).unwrap();
    Registry::new(Platform::linux("amd64"))
        .resolve(&image, credential)
        .await
}

/// A user name and password of the user's own.
fn password(user: &str, password: &str) -> Credential {
    let proof = Proof::Password {
        user: user.to_owned(),
        password: Secret::new(password.to_owned()),
    };
    let who = Who::User;
    Credential { who, proof }
}
