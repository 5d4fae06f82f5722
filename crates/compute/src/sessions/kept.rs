//! Environments that are kept from earlier installs.

use std::{sync::Arc, time::Duration};

use flowdeck_engines::{
    engine::{EngineError, EnvironmentId, KeptEnvironment, Requirements, SharedEngine},
    packages::{self, Lines, RuntimePackages},
};

use super::{Book, SessionLogs, Shared};
use crate::{
    owner::Owner,
    standby::{Standby, Standbys},
    store::Store,
};

/// Uses environments that are kept, and keeps them.
pub(crate) struct KeptEnvironments {
    book: Arc<Book>,
    store: Arc<Store>,
    engine: SharedEngine,
    standbys: Arc<Standbys>,
    logs: Arc<SessionLogs>,
}

impl KeptEnvironments {
    pub(crate) fn new(shared: &Shared, logs: &Arc<SessionLogs>) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            store: Arc::clone(&shared.store),
            engine: Arc::clone(&shared.engine),
            standbys: Arc::clone(&shared.standbys),
            logs: Arc::clone(logs),
        }
    }

    /// Makes an environment of a kept one, if there is one that holds what is asked for.
    pub(super) async fn reuse(
        &self,
        owner: &Owner,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        let log = self.book.log(owner);
        let found = self
            .engine
            .reuse_environment(environment, requirements, &log);
        let Some(kept) = found.await? else {
            return Ok(None);
        };
        let Some(error) = self.holds(environment, requirements).await? else {
            return Ok(Some(kept));
        };
        log.line(format!(
            "The kept environment doesn’t match the requirements ({}). Building a new one.",
            error.failure.message
        ));
        self.engine.remove_environment(environment).await?;
        Ok(None)
    }

    /// Takes a standby runtime and adds to its environment what a kept one has beside the base, where that is all
    /// they differ in.
    pub(super) async fn adopt(
        &self,
        owner: &Owner,
        image: Option<&str>,
        requirements: &Requirements,
    ) -> Result<Option<(Standby, KeptEnvironment)>, EngineError> {
        // Nothing is asked of the base packages.
        let Some(standby) = self.standbys.find_standby(owner, image, None).await? else {
            return Ok(None);
        };
        let environment = standby.environment();
        let can_add = self.engine.can_add_kept(&environment, requirements);
        if !can_add.await? || !self.standbys.take(&standby) {
            return Ok(None);
        }
        // It is the session's before it changes: were the server to end now, it must not be taken for the base alone.
        let session = standby.runtime.session.clone();
        let taken = self.book.change_and_save(
            owner,
            |live| {
                live.record.session.session_id = Some(session.clone());
                Ok(())
            },
            |record, followed| self.store.take_standby(&standby, record, followed),
        );
        if let Err(error) = taken {
            self.standbys.put_back(standby);
            return Err(EngineError::new("StoreFailed", error.to_string()));
        }
        self.logs.switch(owner, &session);
        let log = self.book.log(owner);
        if let Some(kept) = self
            .engine
            .add_kept(&environment, requirements, &log)
            .await?
            && self.holds(&environment, requirements).await?.is_none()
        {
            return Ok(Some((standby, kept)));
        }
        self.engine.remove(&session).await?;
        Ok(None)
    }

    /// What an environment lacks of what is asked for.
    async fn holds(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<Option<EngineError>, EngineError> {
        let lines = Lines::of_set(&requirements.set);
        let inventory = self.engine.inventory(environment).await?;
        let wrong = packages::unsatisfied(&inventory, &lines.asked);
        let runtime = RuntimePackages::of(&inventory.base);
        Ok(wrong.or_else(|| runtime.changed_in(&inventory, &lines)))
    }

    /// Keeps an environment that was just installed, and with which a runtime has started; says so in the log. Nothing
    /// of the flow has run in it yet. A failure to keep it fails nothing else.
    pub(super) async fn keep(
        &self,
        owner: &Owner,
        environment: &EnvironmentId,
        requirements: &Requirements,
        took: Duration,
    ) {
        let kept = self
            .engine
            .keep_environment(environment, requirements, took);
        match kept.await {
            Ok(Some(note)) => self
                .book
                .log(owner)
                .line(format!("The environment is {note}.")),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "an environment could not be kept"),
        }
    }
}
