//! Environments over an engine's commands: the same on every engine that has their folders on this machine.

use std::{io, time::Duration};

use async_trait::async_trait;
use flowdeck_access::disk::{blocking, remove};
use flowdeck_contract::{session::InstalledPackage, settings::EnvironmentCache};

use super::{
    clone,
    installer::Installer,
    inventory,
    packages::packages,
    reuse::{How, Reuse},
};
use crate::{
    engine::{
        Commands, DryRunStart, EngineError, EnvironmentId, Environments, Inventory,
        KeptEnvironment, OutputSink, PhaseNote, Requirements, Workspace,
    },
    log::LogFile,
    user::User,
};

#[async_trait]
impl<E: Commands> Environments for E {
    async fn create_environment(
        &self,
        environment: &EnvironmentId,
    ) -> Result<PhaseNote, EngineError> {
        let Workspace {
            base, user, python, ..
        } = self.workspace(&environment.session, None).await?;
        let folders = &self.shelf().folders;
        let to = folders.environment(environment);
        let made = folders.work(&environment.session, move || {
            remove(&to)?;
            clone::clone_environment(&base, &to)?;
            // Its files are links to the base's, which stay the keeper's.
            user.map_or(Ok(()), |user| user.own_folders(&to))
        });
        made.await
            .map_err(|error| EngineError::io("Making the session's environment", &error))?;
        Ok(Some(python))
    }

    async fn install_command(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<String, EngineError> {
        let installer = installer(self, environment, requirements, None).await?;
        Ok(installer.shown())
    }

    async fn install(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        log: &LogFile,
        sink: OutputSink<'_>,
    ) -> Result<PhaseNote, EngineError> {
        let installer = installer(self, environment, requirements, Some(log)).await?;
        installer.install(log, sink).await
    }

    async fn dry_run(
        &self,
        environment: &EnvironmentId,
        start: DryRunStart,
        requirements: &Requirements,
    ) -> Result<Vec<String>, EngineError> {
        let installer = installer(self, environment, requirements, None).await?;
        installer.dry_run(start).await
    }

    async fn satisfies(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<bool, EngineError> {
        let installer = installer(self, environment, requirements, None).await?;
        let workspace = &installer.workspace;
        if workspace.is_slow && reuse(self, workspace, requirements).exists().await? {
            return Ok(false);
        }
        installer.satisfies().await
    }

    async fn reuse_environment(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        log: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        use_kept(self, environment, requirements, How::Make, log).await
    }

    async fn can_add_kept(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<bool, EngineError> {
        let workspace = self.workspace(&environment.session, None).await?;
        reuse(self, &workspace, requirements).can_add().await
    }

    async fn add_kept(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        log: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        use_kept(self, environment, requirements, How::Add, log).await
    }

    async fn keep_environment(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        took: Duration,
    ) -> Result<PhaseNote, EngineError> {
        let workspace = self.workspace(&environment.session, None).await?;
        let reuse = reuse(self, &workspace, requirements);
        reuse.keep(environment, took).await
    }

    fn kept_environments(&self) -> Option<EnvironmentCache> {
        self.shelf().kept.counted()
    }

    async fn remove_environment(&self, environment: &EnvironmentId) -> Result<(), EngineError> {
        self.shelf().folders.remove_environment(environment).await
    }

    async fn packages(
        &self,
        environment: &EnvironmentId,
    ) -> Result<Vec<InstalledPackage>, EngineError> {
        let workspace = self.workspace(&environment.session, None).await?;
        let through = match workspace.shows_through {
            true => self.about_base(&environment.session).await?.packages,
            false => Vec::new(),
        };
        let folder = self.shelf().folders.environment(environment);
        let mut all = packages(&folder).map_err(|error| not_read(&error))?;
        let through: Vec<InstalledPackage> = through
            .into_iter()
            .filter(|package| !all.iter().any(|other| other.name == package.name))
            .collect();
        all.extend(through);
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    async fn inventory(&self, environment: &EnvironmentId) -> Result<Inventory, EngineError> {
        let base = self.about_base(&environment.session).await?;
        let folder = self.shelf().folders.environment(environment);
        let of_base = base.packages.clone();
        let read = blocking(move || inventory::of(&folder, &of_base)).await;
        let packages = read.map_err(|error| not_read(&error))?;
        Ok(Inventory {
            base_name: base.name,
            base: base.packages,
            packages,
            markers: base.markers,
        })
    }
}

fn not_read(error: &io::Error) -> EngineError {
    EngineError::io("Reading the session's packages", error)
}

async fn installer<'a, E: Commands>(
    engine: &'a E,
    environment: &'a EnvironmentId,
    requirements: &'a Requirements,
    log: Option<&LogFile>,
) -> Result<Installer<'a, E>, EngineError> {
    Ok(Installer {
        engine,
        environment,
        requirements,
        workspace: engine.workspace(&environment.session, log).await?,
    })
}

fn reuse<'a, E: Commands>(
    engine: &'a E,
    workspace: &'a Workspace,
    requirements: &'a Requirements,
) -> Reuse<'a> {
    Reuse {
        kept: &engine.shelf().kept,
        folders: &engine.shelf().folders,
        base: workspace.base.clone(),
        variables: &workspace.settings,
        // What one user's installs left another's sessions do not trust.
        user: workspace.user.map(User::uid),
        requirements,
    }
}

async fn use_kept<E: Commands>(
    engine: &E,
    environment: &EnvironmentId,
    requirements: &Requirements,
    how: How,
    log: &LogFile,
) -> Result<Option<KeptEnvironment>, EngineError> {
    let workspace = engine.workspace(&environment.session, Some(log)).await?;
    let reuse = reuse(engine, &workspace, requirements);
    let Some(kept) = reuse.reuse(environment, how, log).await? else {
        return Ok(None);
    };
    if let Some(user) = workspace.user {
        let folders = &engine.shelf().folders;
        let to = folders.environment(environment);
        let owned = folders.work(&environment.session, move || user.own_folders(&to));
        owned
            .await
            .map_err(|error| EngineError::io("Making the session's environment", &error))?;
    }
    Ok(Some(kept))
}
