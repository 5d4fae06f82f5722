//! Uses an environment that is kept, and keeps one.

use std::{io, time::Duration};

use super::{base, install::Place};
use crate::{
    engine::{EngineError, EnvironmentId, KeptEnvironment, PhaseNote, Requirements},
    environment::kept::{Found, Ingredients, Kept, Key},
    feeds,
    log::LogFile,
};

/// What a kept environment is used for.
#[derive(Clone, Copy, Debug)]
pub(super) enum How {
    /// To make an environment.
    Make,
    /// To add to one that was made from the base alone.
    Add,
}

/// Whether there is a kept one that is the base and more.
pub(super) async fn can_add(
    kept: &Kept,
    place: &Place<'_>,
    requirements: &Requirements,
) -> Result<bool, EngineError> {
    let Ok(key) = key(place, requirements).await? else {
        return Ok(false);
    };
    let (kept, base) = (kept.clone(), base::folder(place.layout, place.tools));
    let adds = blocking(move || kept.adds_to(&key, &base)).await;
    adds.map_err(|error| EngineError::io("Looking at a kept environment", &error))
}

/// Makes an environment of a kept one. Whatever stands in the way of that is told in the log, and is no failure: the
/// environment is then built.
pub(super) async fn reuse(
    kept: &Kept,
    place: &Place<'_>,
    environment: &EnvironmentId,
    requirements: &Requirements,
    how: How,
    log: &LogFile,
) -> Result<Option<KeptEnvironment>, EngineError> {
    let Ok(key) = key(place, requirements).await? else {
        return Ok(None);
    };
    if !kept.has(&key) {
        return Ok(None);
    }
    // What came from a private feed is for those alone who can read it.
    if let Err(error) = feeds::require_readable(requirements).await {
        log.line(format!("A kept environment is not used: {}", error.message));
        return Ok(None);
    }
    let (kept, to) = (kept.clone(), place.layout.environment(environment));
    let base = base::folder(place.layout, place.tools);
    let found = blocking(move || match how {
        How::Make => kept.reuse(&key, &to),
        How::Add => kept.add(&key, &base, &to),
    });
    let found = found.await;
    Ok(match found {
        Ok(Found::Reused(kept)) => Some(KeptEnvironment {
            built: kept.built,
            took: kept.took,
        }),
        Ok(Found::None) => None,
        Ok(Found::Damaged(why)) => {
            log.line(format!(
                "The kept environment is damaged ({why}); it is dropped and built anew."
            ));
            None
        }
        Err(error) => {
            log.line(format!("The kept environment cannot be used: {error}."));
            None
        }
    })
}

/// Keeps a copy of an environment.
pub(super) async fn keep(
    kept: &Kept,
    place: &Place<'_>,
    environment: &EnvironmentId,
    requirements: &Requirements,
    took: Duration,
) -> Result<PhaseNote, EngineError> {
    let key = match key(place, requirements).await? {
        Ok(key) => key,
        Err(why) => return Ok(Some(format!("not kept for later starts: {why}"))),
    };
    let (from, base) = (
        place.layout.environment(environment),
        base::folder(place.layout, place.tools),
    );
    let kept = kept.clone();
    let bytes = blocking(move || kept.keep(&key, &from, &base, took)).await;
    let bytes = bytes.map_err(|error| EngineError::io("Keeping the environment", &error))?;
    Ok(bytes.map(|bytes| {
        format!(
            "kept for later starts ({:.1} MB)",
            bytes as f64 / 1_000_000.0
        )
    }))
}

async fn key(
    place: &Place<'_>,
    requirements: &Requirements,
) -> Result<Result<Key, String>, EngineError> {
    let base = base::folder(place.layout, place.tools);
    let (variables, requirements) = (place.tools.variables.clone(), requirements.clone());
    let key = blocking(move || {
        Ok(Key::of(&Ingredients {
            base: &base,
            variables: &variables,
            requirements: &requirements,
        }))
    });
    key.await
        .map_err(|error| EngineError::io("Reading the requirements", &error))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(io::Error::other).and_then(|result| result)
}
