//! Base images in their registries, asked as the identity that a session's settings name.

use std::time::Duration;

use flowdeck_access::{
    identity::{Credential, Identities, Identity},
    registry::{Platform, Registry, RegistryError, Resolved, host_of},
};
use flowdeck_contract::{
    image::ImageReference,
    settings::{CheckOutcome, ComputeChoice, SessionSettings},
};
use flowdeck_engines::engine::EngineError;

use crate::catalog::Catalog;

/// For the credential and the image together: a person waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Asks registries of base images.
pub(crate) struct Images {
    registry: Registry,
    identities: Identities,
    catalog: Catalog,
}

impl Images {
    /// For images that run on `platform`.
    pub(crate) fn new(platform: Platform, identities: Identities, catalog: Catalog) -> Self {
        Self {
            registry: Registry::new(platform),
            identities,
            catalog,
        }
    }

    /// What the registry of a session's image is shown.
    pub(crate) async fn credential(
        &self,
        settings: &SessionSettings,
        image: &str,
    ) -> Result<Option<Credential>, EngineError> {
        let (Ok(image), Ok(identity)) =
            (ImageReference::try_from(image), self.identity_for(settings))
        else {
            return Ok(None);
        };
        let credential = self
            .identities
            .for_registry(identity, host_of(&image))
            .await;
        Ok(Some(credential?))
    }

    /// Why a registry does not give an image to a credential, in its words; `None` when it does, or says nothing.
    pub(crate) async fn refusal(
        &self,
        image: &str,
        credential: &Credential,
    ) -> Option<EngineError> {
        let image = ImageReference::try_from(image).ok()?;
        let asked = tokio::time::timeout(PATIENCE, self.registry.resolve(&image, credential));
        let refusal = asked.await.ok()?.err()?;
        (outcome(&refusal) == CheckOutcome::Failure).then(|| refusal.into())
    }

    /// Resolves an image as an identity would; a failure says as well how much it is in the way of a start.
    pub(crate) async fn resolve(
        &self,
        image: &ImageReference,
        identity: Option<&Identity>,
    ) -> Result<Resolved, (CheckOutcome, EngineError)> {
        let credential = self.identities.for_registry(identity, host_of(image));
        let credential = credential
            .await
            .map_err(|error| (CheckOutcome::Failure, error.into()))?;
        let found = self.registry.resolve(image, &credential).await;
        found.map_err(|error| (outcome(&error), error.into()))
    }

    /// The identity of the settings; `None` within for the user's own. Fails when there is none of that name.
    pub(crate) fn identity_for(&self, settings: &SessionSettings) -> Result<Option<&Identity>, ()> {
        let catalog = &self.catalog;
        let name = match &settings.compute {
            ComputeChoice::Serverless { identity, .. } => identity.as_deref(),
            ComputeChoice::Instance { name } => {
                let instance = catalog.instance(name).ok_or(())?;
                instance.identity.as_deref()
            }
        };
        name.map(|name| catalog.identity(name).ok_or(()))
            .transpose()
    }

    /// What a tag stands for now.
    pub(crate) async fn digest(
        &self,
        image: &ImageReference,
        credential: &Credential,
    ) -> Result<String, RegistryError> {
        self.registry.digest(image, credential).await
    }
}

/// What passes by itself does not stand in the way of a start.
fn outcome(error: &RegistryError) -> CheckOutcome {
    match error {
        RegistryError::RateLimited { .. } | RegistryError::Unreachable { .. } => {
            CheckOutcome::Warning
        }
        _ => CheckOutcome::Failure,
    }
}
