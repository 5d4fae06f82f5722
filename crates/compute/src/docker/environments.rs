//! Sessions' environments: made of an image's base, or of one that was kept, and installed into.

use super::{DockerEngine, base, image::Image, install::Installer};
use crate::{
    engine::{EngineError, EnvironmentId, KeptEnvironment, Requirements},
    environment::reuse::{How, Reuse},
    log::LogFile,
};

impl DockerEngine {
    /// Makes an environment of its image's base. Gives the version of its Python.
    pub(super) async fn make_environment(
        &self,
        environment: &EnvironmentId,
    ) -> Result<String, EngineError> {
        let facts = self.places.facts(&environment.session)?;
        let image = facts.image()?;
        let said = base::said(&self.places, image)?;
        let (base, folder, user) = (
            self.places.base(&image.id),
            self.places.environment(environment),
            facts.user,
        );
        let made = self.places.folders().work(&environment.session, move || {
            base::clone_for(&base, &folder, user)
        });
        made.await
            .map_err(|error| EngineError::io("Making the session's environment", &error))?;
        Ok(said.markers.python_full_version().to_string())
    }

    pub(super) async fn installer<'a>(
        &'a self,
        environment: &'a EnvironmentId,
        log: &LogFile,
    ) -> Result<Installer<'a>, EngineError> {
        Ok(Installer {
            containers: &self.containers,
            places: &self.places,
            uv: self.uv(log).await?,
            indexes: &self.indexes,
            forwarder: &self.forwarder,
            facts: self.places.facts(&environment.session)?,
            size: self.size(&environment.session),
            environment,
        })
    }

    pub(super) async fn quiet_installer<'a>(
        &'a self,
        environment: &'a EnvironmentId,
    ) -> Result<Installer<'a>, EngineError> {
        self.installer(environment, &LogFile::at("/dev/null")).await
    }

    pub(super) fn reuse<'a>(
        &'a self,
        environment: &EnvironmentId,
        requirements: &'a Requirements,
    ) -> Result<Reuse<'a>, EngineError> {
        let facts = self.places.facts(&environment.session)?;
        Ok(Reuse {
            kept: &self.kept,
            folders: self.places.folders(),
            base: self.places.base(&facts.image()?.id),
            variables: self.indexes.all(),
            // What one user's installs left another's sessions do not trust.
            user: Some(facts.user.uid()),
            requirements,
        })
    }

    pub(super) async fn use_kept(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        how: How,
        log: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        let reuse = self.reuse(environment, requirements)?;
        let Some(kept) = reuse.reuse(environment, how, log).await? else {
            return Ok(None);
        };
        let user = self.places.facts(&environment.session)?.user;
        let to = self.places.environment(environment);
        let owned = self
            .places
            .folders()
            .work(&environment.session, move || user.own_folders(&to));
        owned
            .await
            .map_err(|error| EngineError::io("Making the session's environment", &error))?;
        Ok(Some(kept))
    }

    pub(super) fn said(
        &self,
        environment: &EnvironmentId,
    ) -> Result<(Image, base::Said), EngineError> {
        let facts = self.places.facts(&environment.session)?;
        let image = facts.image()?.clone();
        let said = base::said(&self.places, &image)?;
        Ok((image, said))
    }
}
