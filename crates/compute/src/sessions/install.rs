//! Installing into a session that runs: a new environment is made beside the old and takes its place only when it is
//! whole and its runtime is healthy.

use std::sync::Arc;

use flowdeck_contract::{
    capability::Action,
    ids::OperationId,
    packages::InstallKind,
    session::{InstallView, PhaseState},
};

use super::{Core, Record, live::Live};
use crate::{
    engine::{EngineError, EnvironmentId, Requirements, Runtime},
    error::ComputeError,
    flow::{self, Fingerprint},
    owner::Owner,
    paths,
};

impl Core {
    /// Begins an install of the flow's requirements file.
    pub(crate) async fn begin_install(
        self: &Arc<Self>,
        flow: &Owner,
    ) -> Result<OperationId, ComputeError> {
        self.change(flow, |live| refuse(live))?;
        let plan = self.plan(flow).await.map_err(invalid)?;
        let operation = self.begin_operation()?;
        let now = self.now();
        let begun = self.change(flow, |live| {
            refuse(live)?;
            live.record.install_operation = Some(operation.clone());
            live.record.last_activity = now;
            live.record.view.install = Some(InstallView {
                requirements: plan.requirements.file.clone(),
                command: plan.command.clone(),
                state: PhaseState::Running,
                started: now,
                ended: None,
                failure: None,
                fault: None,
                kind: InstallKind::Requirements,
                lines: Vec::new(),
            });
            Ok(())
        });
        begun.inspect_err(|error| self.cancel(Some(operation.clone()), &error.to_string()))?;
        self.log(flow).line(format!("$ {}", plan.command));
        let (core, flow_id) = (Arc::clone(self), flow.clone());
        self.work(
            flow,
            async move { core.carry_out_install(&flow_id, plan).await },
        );
        Ok(operation)
    }

    async fn plan(&self, flow: &Owner) -> Result<Plan, EngineError> {
        let (folder, definition) = self.definition(flow)?;
        let parsed = definition.report.flow.as_ref();
        let old = self
            .record(flow)
            .environment()
            .ok_or_else(|| EngineError::new("NoSession", "There is no compute session."))?;
        let new = EnvironmentId {
            session: old.session.clone(),
            generation: old.generation + 1,
        };
        let (work, flows) = (self.paths.work(new.session.as_str()), self.folders(flow));
        let requirements =
            flow::for_install(&flows, &folder, parsed, &work)?.ok_or_else(no_requirements)?;
        let made_of = Fingerprint::of(&flows, &folder, parsed)?;
        let command = self.engine.install_command(&new, &requirements).await?;
        Ok(Plan {
            old,
            new,
            requirements,
            made_of,
            command,
        })
    }

    async fn carry_out_install(self: &Arc<Self>, flow: &Owner, plan: Plan) {
        let log = self.log(flow);
        let result = match self.make_beside(flow, &plan).await {
            Ok(made) => self.swap(flow, &plan, made).await,
            Err(error) => Err(error),
        };
        if let Err(error) = paths::remove(&self.paths.work(plan.new.session.as_str())) {
            tracing::warn!(%error, "a copy of a flow could not be removed");
        }
        match result {
            Ok(()) => log.line("The packages are installed and the runtime was restarted."),
            Err(error) => self.install_failed(flow, &plan, &error).await,
        }
        self.tell_log(flow);
    }

    async fn make_beside(&self, flow: &Owner, plan: &Plan) -> Result<Made, EngineError> {
        let log = self.log(flow);
        self.engine.prepare_base(&log).await?;
        self.engine.create_environment(&plan.new).await?;
        self.engine
            .install(&plan.new, &plan.requirements, &log)
            .await?;
        log.line("Starting a runtime with the new packages …");
        let runtime = self.engine.start_runtime(&plan.new, &log).await?;
        match self.engine.check(&runtime, &log).await {
            Ok(info) => Ok(Made {
                runtime,
                version: info.version,
            }),
            Err(error) => {
                self.engine.end_runtime(&runtime).await?;
                Err(error)
            }
        }
    }

    async fn swap(
        self: &Arc<Self>,
        flow: &Owner,
        plan: &Plan,
        made: Made,
    ) -> Result<(), EngineError> {
        let now = self.now();
        let swapped = self.change(flow, |live| {
            let record = &mut live.record;
            record.generation = plan.new.generation;
            record.made_of = Some(plan.made_of.clone());
            record.view.runtime_version = Some(made.version);
            record.last_activity = now;
            end_install(record, PhaseState::Done, now);
            Ok((
                record.runtime.replace(made.runtime),
                record.install_operation.take(),
            ))
        });
        let (old, operation) =
            swapped.map_err(|error| EngineError::new("StoreFailed", error.to_string()))?;
        self.watch(flow);
        // The new one is in use already: what is left of the old is no failure of the install.
        if let Some(old) = old
            && let Err(error) = self.engine.end_runtime(&old).await
        {
            self.log(flow).line(&error.message);
        }
        if let Err(error) = self.engine.remove_environment(&plan.old).await {
            self.log(flow).line(&error.message);
        }
        self.succeed(operation);
        self.flow_changed(flow);
        Ok(())
    }

    async fn install_failed(&self, flow: &Owner, plan: &Plan, error: &EngineError) {
        let failure = self.failure(flow, error);
        self.log(flow).line(format!(
            "The install failed: {} The session is as it was before.",
            failure.message
        ));
        if let Err(error) = self.engine.remove_environment(&plan.new).await {
            self.log(flow).line(&error.message);
        }
        let now = self.now();
        let changed = self.change(flow, |live| {
            let record = &mut live.record;
            record.last_activity = now;
            end_install(record, PhaseState::Failed, now);
            if let Some(install) = &mut record.view.install {
                install.failure = Some(failure.clone());
            }
            Ok(record.install_operation.take())
        });
        match changed {
            Ok(operation) => self.fail_operation(operation, &failure),
            Err(error) => {
                tracing::error!(%flow, %error, "a failed install could not be written down");
            }
        }
    }
}

/// What an install is to do.
struct Plan {
    old: EnvironmentId,
    new: EnvironmentId,
    requirements: Requirements,
    made_of: Fingerprint,
    command: String,
}

/// A runtime in the new environment.
struct Made {
    runtime: Runtime,
    version: String,
}

/// Marks the install as ended.
pub(super) fn end_install(record: &mut Record, state: PhaseState, now: flowdeck_contract::Millis) {
    if let Some(install) = &mut record.view.install {
        (install.state, install.ended) = (state, Some(now));
    }
}

pub(super) fn refuse(live: &Live) -> Result<(), ComputeError> {
    let refusal = Action::Install.refusal(live.record.state.public());
    let refusal = refusal.or_else(|| {
        live.installs()
            .then_some("An install is under way already.")
    });
    let refusal = refusal.or_else(|| {
        (!live.runs.is_empty()).then_some(
            "A run is under way; an install restarts the runtime. Wait for the run, or cancel it.",
        )
    });
    refusal.map_or(Ok(()), |refusal| {
        Err(ComputeError::Refused(refusal.to_owned()))
    })
}

fn no_requirements() -> EngineError {
    EngineError::new(
        "RequirementFileMissing",
        "The flow has no requirements file.",
    )
    .with_remedy("Add a requirements.txt to the flow folder.")
}

fn invalid(error: EngineError) -> ComputeError {
    ComputeError::Unavailable {
        code: error.code,
        message: error.message,
        remedy: error.remedy,
    }
}
