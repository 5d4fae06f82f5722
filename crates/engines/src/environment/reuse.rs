//! Uses an environment that is kept, and keeps one.

use std::{path::PathBuf, time::Duration};

use flowdeck_access::{disk::blocking, feeds};

use super::{
    folders::Folders,
    kept::{Found, Ingredients, Kept, Key},
};
use crate::{
    engine::{EngineError, EnvironmentId, KeptEnvironment, PhaseNote, Requirements, Variables},
    log::LogFile,
};

/// The environments that are kept for what is asked for.
pub(crate) struct Reuse<'a> {
    pub(crate) kept: &'a Kept,
    /// Where sessions have their environments.
    pub(crate) folders: &'a Folders,
    /// The base environment's folder.
    pub(crate) base: PathBuf,
    /// The settings of uv that come from the machine.
    pub(crate) variables: &'a Variables,
    /// The user whose sessions alone share them, where sessions have users of their own.
    pub(crate) user: Option<u32>,
    pub(crate) requirements: &'a Requirements,
}

/// What a kept environment is used for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    /// To make an environment.
    Make,
    /// To add to one that was made from the base alone.
    Add,
}

impl Reuse<'_> {
    /// Whether there is a kept one.
    pub(crate) async fn exists(&self) -> Result<bool, EngineError> {
        Ok(self.key().await?.is_ok_and(|key| self.kept.has(&key)))
    }

    /// Whether there is a kept one that is the base and more.
    pub(crate) async fn can_add(&self) -> Result<bool, EngineError> {
        let Ok(key) = self.key().await? else {
            return Ok(false);
        };
        let (kept, base) = (self.kept.clone(), self.base.clone());
        let adds = blocking(move || kept.adds_to(&key, &base)).await;
        adds.map_err(|error| EngineError::io("Looking at a kept environment", &error))
    }

    /// Makes `environment` of a kept one. What prevents that is logged, and isn't a failure:
    /// the environment is then built.
    pub(crate) async fn reuse(
        &self,
        environment: &EnvironmentId,
        how: How,
        log: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        let Ok(key) = self.key().await? else {
            return Ok(None);
        };
        if !self.kept.has(&key) {
            return Ok(None);
        }
        // What came from a private feed is for those alone who can read it.
        if let Err(error) =
            feeds::require_readable(&self.requirements.set, &self.requirements.feeds).await
        {
            log.line(format!(
                "A kept environment isn’t used: {}",
                error.failure.message
            ));
            return Ok(None);
        }
        let (kept, base) = (self.kept.clone(), self.base.clone());
        let to = self.folders.environment(environment);
        let found = self.folders.work(&environment.session, move || match how {
            How::Make => kept.reuse(&key, &to),
            How::Add => kept.add(&key, &base, &to),
        });
        Ok(match found.await {
            Ok(Found::Reused(kept)) => Some(KeptEnvironment {
                built: kept.built,
                took: kept.took,
            }),
            Ok(Found::None) => None,
            Ok(Found::Damaged(why)) => {
                log.line(format!(
                    "The kept environment is damaged ({why}). Building a new one."
                ));
                None
            }
            Err(error) => {
                log.line(format!("Can’t use the kept environment: {error}."));
                None
            }
        })
    }

    /// Keeps a copy of `environment`, with how long its install took.
    pub(crate) async fn keep(
        &self,
        environment: &EnvironmentId,
        took: Duration,
    ) -> Result<PhaseNote, EngineError> {
        let Requirements {
            folder, file, set, ..
        } = self.requirements;
        if Requirements::read(folder, file).is_ok_and(|now| now.set != *set) {
            return Ok(Some(
                "not kept for later starts: the requirements changed during the install".to_owned(),
            ));
        }
        let key = match self.key().await? {
            Ok(key) => key,
            Err(why) => return Ok(Some(format!("not kept for later starts: {why}"))),
        };
        let (kept, base) = (self.kept.clone(), self.base.clone());
        let from = self.folders.environment(environment);
        let bytes = self.folders.work(&environment.session, move || {
            kept.keep(&key, &from, &base, took)
        });
        let bytes = bytes
            .await
            .map_err(|error| EngineError::io("Keeping the environment", &error))?;
        Ok(bytes.map(|bytes| {
            format!(
                "kept for later starts ({:.1} MB)",
                bytes as f64 / 1_000_000.0
            )
        }))
    }

    async fn key(&self) -> Result<Result<Key, String>, EngineError> {
        let (base, user) = (self.base.clone(), self.user);
        let (variables, requirements) = (self.variables.clone(), self.requirements.clone());
        let key = blocking(move || {
            Ok(Key::of(&Ingredients {
                base: &base,
                user,
                variables: &variables,
                requirements: &requirements,
            }))
        });
        key.await
            .map_err(|error| EngineError::io("Reading the requirements", &error))
    }
}
