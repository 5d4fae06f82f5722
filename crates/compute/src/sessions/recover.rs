//! What an earlier server left, however it ended: sessions that run are taken over, what was in progress is finished or
//! begun again, and what belongs to nobody is removed.

use std::{collections::HashSet, sync::Arc};

use flowdeck_access::id;
use flowdeck_contract::{
    codes,
    ids::SessionId,
    session::{PhaseState, SessionFailure},
};
use flowdeck_engines::engine::{EngineError, MEMORY_EXCEEDED};

use super::{
    Core,
    install::{end_install, interrupted},
    live::SessionLog,
    may_live,
};
use crate::{error::ComputeError, owner::Owner, state::State};

/// Says what could not be taken over of what belongs to no single session.
fn note(what: &str, taken_over: Result<(), ComputeError>) {
    if let Err(error) = taken_over {
        tracing::error!(what, %error, "not all of what an earlier server left could be taken over");
    }
}

impl Core {
    /// Takes over what is remembered. Called once, before anything else happens. What goes wrong with one session is
    /// its own failure, and keeps neither another nor the server from going on.
    pub(crate) async fn recover(self: &Arc<Self>) {
        self.open_logs();
        note("Standby runtimes", self.standbys.recover_standbys().await);
        let owners: Vec<Owner> = self.book.sessions().keys().cloned().collect();
        for owner in &owners {
            if let Err(error) = self.recover_one(owner).await {
                tracing::error!(%owner, %error, "a session could not be taken over");
                let message =
                    format!("The session couldn’t be taken over after a restart: {error}");
                let failed = EngineError::new("SessionNotRecovered", message);
                self.spawn_fail(owner, failed.with_remedy("Start the session again."));
            }
        }
        self.standbys.recall_starts();
        note("Folders of sessions", self.forget_what_is_nobodys());
        self.end_sessions_on_stopped_instances("Its compute instance is stopped.");
        note("Runs", self.runs.interrupt_runs());
        note("Operations", self.end_lost_operations());
        self.remove_leftovers().await;
    }

    async fn recover_one(self: &Arc<Self>, owner: &Owner) -> Result<(), ComputeError> {
        match self.book.record(owner).state {
            State::NotExist | State::Failed => Ok(()),
            State::Available => self.recover_available(owner).await,
            State::Starting(_) => self.recover_starting(owner),
            State::Stopping => {
                self.book
                    .log(owner)
                    .line("The server was restarted. Ending the session.");
                self.spawn_stop(owner);
                Ok(())
            }
        }
    }

    /// A log that can't be read is followed from where it can be; its session goes on.
    fn open_logs(&self) {
        let sessions: Vec<(Owner, SessionId)> = self
            .book
            .sessions()
            .iter()
            .filter_map(|(owner, live)| Some((owner.clone(), live.record.view.session_id.clone()?)))
            .collect();
        for (owner, session) in &sessions {
            let path = self.paths.session_log(session);
            let log = SessionLog::caught_up(path.clone()).unwrap_or_else(|error| {
                tracing::error!(%owner, %error, "a session's log could not be read");
                SessionLog::at(path)
            });
            self.book.open_log(owner, log);
        }
    }

    async fn recover_available(self: &Arc<Self>, owner: &Owner) -> Result<(), ComputeError> {
        self.interrupt_install(owner)?;
        let record = self.book.record(owner);
        let Some(runtime) = record.runtime.clone() else {
            self.spawn_fail(
                owner,
                EngineError::new("RuntimeDied", "The session has no runtime."),
            );
            return Ok(());
        };
        if let Some(share) = record.share()
            && let Err(error) = self.engine.limit(&runtime.session, &share).await
        {
            self.spawn_fail(owner, error);
            return Ok(());
        }
        if !may_live(&*self.engine, &runtime, true).await {
            let death = self.engine.died(&runtime).await;
            if death.code == MEMORY_EXCEEDED {
                self.spawn_fail(owner, death);
                return Ok(());
            }
            let died = EngineError::new(
                "RuntimeDied",
                "The runtime ended while the server was down.",
            );
            self.spawn_fail(owner, died.with_remedy("Start the session again."));
            return Ok(());
        }
        self.tidy_up(owner).await;
        self.watch(owner);
        self.flow_changed(owner);
        Ok(())
    }

    fn interrupt_install(&self, owner: &Owner) -> Result<(), ComputeError> {
        if !self
            .book
            .sessions()
            .get(owner)
            .is_some_and(super::live::Live::installs)
        {
            return Ok(());
        }
        let failure = SessionFailure {
            code: codes::INTERRUPTED.to_owned(),
            phase: None,
            message: "The install was interrupted by a restart of the server.".to_owned(),
            remedy: Some("Install the packages again.".to_owned()),
            fault: None,
            correlation: id::token(),
        };
        tracing::warn!(%owner, correlation = %failure.correlation, "an install was interrupted");
        let now = self.now();
        let operation = self.book.change(owner, |live| {
            end_install(&mut live.record, PhaseState::Failed, now);
            if let Some(install) = &mut live.record.view.install {
                install.failure = Some(failure.clone());
                install.fault = Some(interrupted());
            }
            Ok(live.record.install_operation.take())
        })?;
        self.book
            .log(owner)
            .line(format!("{} The session didn’t change.", failure.message));
        self.operations.fail(operation, &failure);
        Ok(())
    }

    fn recover_starting(self: &Arc<Self>, owner: &Owner) -> Result<(), ComputeError> {
        let now = self.now();
        self.book.change(owner, |live| {
            let session = live
                .record
                .view
                .session_id
                .clone()
                .unwrap_or_else(id::random);
            Ok(live.record.restart(session, now)?)
        })?;
        self.book
            .log(owner)
            .line("The server was restarted. Starting the session again.");
        self.spawn_restart(owner);
        Ok(())
    }

    fn spawn_fail(self: &Arc<Self>, owner: &Owner, error: EngineError) {
        let (core, owner_id) = (Arc::clone(self), owner.clone());
        self.work(owner, async move { core.fail(&owner_id, &error).await });
    }

    /// Operations that nobody carries on, such as one that was begun but whose session was not changed yet.
    fn end_lost_operations(&self) -> Result<(), ComputeError> {
        let carried_on: HashSet<_> = self
            .book
            .sessions()
            .values()
            .filter_map(|live| live.record.operation.clone())
            .collect();
        self.operations.cancel_lost(&carried_on)
    }

    /// What belongs to nobody is known at once, and removed while the server is at work already.
    async fn remove_leftovers(self: &Arc<Self>) {
        self.remove_old_logs();
        self.remove_logs_of_ended();
        let found = match self.engine.sessions().await {
            Ok(found) => found,
            Err(error) => return tracing::error!(%error, "leftovers could not be looked for"),
        };
        let owned = self.standbys.owned_sessions();
        let core = Arc::clone(self);
        self.tasks.background(async move {
            for session in found.iter().filter(|session| !owned.contains(session)) {
                tracing::info!(%session, "removing what belongs to no session");
                if let Err(error) = core.engine.remove(session).await {
                    tracing::error!(%session, %error, "a leftover could not be removed");
                }
            }
        });
    }

    fn remove_old_logs(&self) {
        let known = self.known_sessions();
        for (session, path) in self.paths.session_logs().unwrap_or_default() {
            if !known.contains(&session)
                && let Err(error) = flowdeck_access::disk::remove(&path)
            {
                tracing::warn!(%error, "an old session log could not be removed");
            }
        }
    }

    /// Sessions whose log is kept.
    pub(crate) fn known_sessions(&self) -> HashSet<SessionId> {
        let flows = self.book.sessions();
        let ids = flows
            .values()
            .filter_map(|live| live.record.view.session_id.clone());
        ids.chain(self.standbys.sessions()).collect()
    }
}
