//! Carrying out a run: asks the executor, tells what its log says meanwhile, and writes down what came of it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use flowdeck_access::{disk, folder::Folder};
use flowdeck_connections::Masks;
use flowdeck_contract::{
    Values, capability, codes,
    connections::Secret,
    runs::{NodeRun, NodeState, RunDetail, RunState},
};
use flowdeck_engines::{
    engine::{EngineError, ExecutorReply},
    executor::{self, Execution, Outcome, Templates},
};
use flowdeck_flow::FlowKind;
use serde_json::{Map, Value};
use tokio::time::{MissedTickBehavior, interval};

use super::{
    files,
    live::{LiveRun, PIECES},
    masked,
};
use crate::{
    flow,
    owner::Owner,
    paths::{PRIVATE, RUN_RESULT},
    pictures,
    runs::Runs,
};

/// How often the text of outputs is looked at…
const LOOK: Duration = Duration::from_millis(25);
/// …and how often the log is; a burst of lines becomes one event.
const LOG_LOOK: Duration = Duration::from_millis(100);

/// How long after its end could not be written down that is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// …and how often.
const TRIES: u32 = 60;

/// What a run is made of.
pub(super) struct Plan {
    pub(super) folder: PathBuf,
    pub(super) kind: FlowKind,
    pub(super) file: String,
    pub(super) includes: Vec<String>,
    pub(super) environment_variables: Map<String, Value>,
    /// Holds secrets.
    pub(super) connections: Map<String, Value>,
    /// The secrets among all that.
    pub(super) given: Vec<Secret>,
    pub(super) templates: Templates,
    /// A node alone: the outputs of those it refers to.
    pub(super) outputs: Option<Values>,
    /// Whether LLM nodes give the text of outputs in pieces.
    pub(super) stream: bool,
}

impl Runs {
    pub(super) fn spawn_run(self: &Arc<Self>, run: Arc<LiveRun>, plan: Plan) {
        let log = self
            .parts
            .paths
            .run(&run.flow, &run.detail().summary.id)
            .join("log");
        let runs = Arc::clone(self);
        // A run that the server's end cuts off is marked as interrupted by the next one.
        self.parts.tasks.background(async move {
            let outcome = runs.carry_out_run(&run, &plan, &log).await;
            runs.end_run(&run, outcome).await;
        });
    }

    async fn carry_out_run(
        &self,
        run: &LiveRun,
        plan: &Plan,
        log: &Path,
    ) -> (Outcome, Option<u64>) {
        let id = run.detail().summary.id;
        let work = self.parts.paths.work(&Owner::from(&run.flow), id.as_str());
        let copied = (!plan.includes.is_empty()).then_some(work.as_path());
        let prepared = match self.prepare_run(run, plan, copied).await {
            Ok(()) => self.signed_in(run, &plan.connections).await,
            Err(error) => Err(error),
        };
        let result = match prepared {
            Ok(signed_in) => self.ask(run, plan, signed_in, log, copied).await,
            Err(error) => Err(error),
        };
        run.follow_outputs(self);
        run.follow(self, true);
        run.mask_log(self.parts.paths.run_opened(&run.flow, &id));
        let outcome = match result {
            Ok(reply) => {
                let (mut outcome, whole) = self.read_reply(run, plan, copied, reply).await;
                if run.is_turn() {
                    self.keep_pictures(run, &mut outcome).await;
                }
                (self.with_want_of_memory(run, outcome).await, whole)
            }
            Err(error) => (self.without_answer(run, &error).await, None),
        };
        if let Err(error) = disk::remove(&work) {
            tracing::warn!(%error, "a run's copy of its flow could not be removed");
        }
        outcome
    }

    /// What the executor answered. A result that is too large to be shown whole is kept in a file.
    async fn read_reply(
        &self,
        run: &LiveRun,
        plan: &Plan,
        copy: Option<&Path>,
        mut reply: ExecutorReply,
    ) -> (Outcome, Option<u64>) {
        let (paths, flow, id) = (
            self.parts.paths.clone(),
            run.flow.clone(),
            run.detail().summary.id,
        );
        let (folder, copy) = (plan.folder.clone(), copy.map(Path::to_owned));
        let (templates, masks) = (plan.templates.clone(), run.masks());
        let read = tokio::task::spawn_blocking(move || {
            // Before anything of it is kept or shown.
            masked::reply(&masks, &mut reply);
            let outcome = executor::read_answer(&reply, &folder, copy.as_deref(), &templates);
            let keep = || {
                let folder = paths.run_opened(&flow, &id)?;
                folder.put(RUN_RESULT, &reply.body, PRIVATE)
            };
            let whole = outcome.cut.then(keep);
            let whole = whole.and_then(|written| match written {
                Ok(()) => Some(reply.body.len() as u64),
                Err(error) => {
                    tracing::warn!(%error, "a run's whole result could not be kept");
                    None
                }
            });
            (outcome, whole)
        });
        match read.await {
            Ok(read) => read,
            Err(error) => {
                let error = EngineError::new("Internal", error.to_string());
                (self.without_answer(run, &error).await, None)
            }
        }
    }

    async fn prepare_run(
        &self,
        run: &LiveRun,
        plan: &Plan,
        copy: Option<&Path>,
    ) -> Result<(), EngineError> {
        let (flows, source, includes) = (
            self.parts.folders.root().to_owned(),
            plan.folder.clone(),
            plan.includes.clone(),
        );
        let copy = copy.map(Path::to_owned);
        let (paths, flow, id) = (
            self.parts.paths.clone(),
            run.flow.clone(),
            run.detail().summary.id,
        );
        let masks = run.masks();
        let prepared = tokio::task::spawn_blocking(move || {
            let kept = paths
                .run_made(&flow, &id)
                .map_err(|error| EngineError::io("Making the run’s folder", &error.into()))?;
            let found = match &copy {
                Some(copy) => Ok(flow::materialise(&flows, &source, &includes, copy)?),
                None => Folder::open(&source),
            };
            // A run can do without.
            if let Err(error) = files::keep(found.as_ref(), &kept, &masks) {
                tracing::warn!(%error, "what a run found in its flow’s files could not be kept");
            }
            Ok(())
        });
        prepared
            .await
            .map_err(|error| EngineError::new("Internal", error.to_string()))?
    }

    async fn ask(
        &self,
        run: &LiveRun,
        plan: &Plan,
        (connections, tokens): (Map<String, Value>, Vec<Secret>),
        log: &Path,
        copy: Option<&Path>,
    ) -> Result<ExecutorReply, EngineError> {
        let runtime = self
            .parts
            .book
            .record(&Owner::from(&run.flow))
            .runtime
            .ok_or_else(|| EngineError::new(codes::NO_SESSION, capability::NO_SESSION))?;
        let detail = run.detail();
        if detail.summary.state == RunState::Canceling {
            return Err(EngineError::new(
                "Canceled",
                "The run was canceled before it began.",
            ));
        }
        let output = self.parts.paths.run_output(&run.flow, &detail.summary.id);
        let pieces = log.with_file_name(PIECES);
        let inputs = pictures::for_the_runtime(&self.parts.paths, &run.flow, &detail.inputs);
        let masks = Masks::new(plan.given.iter().chain(&tokens).map(Secret::reveal));
        let execution = Execution {
            run: &detail.summary.id,
            folder: copy.unwrap_or(&plan.folder),
            file: &plan.file,
            has_init: plan.kind == FlowKind::Flex,
            variant: detail.summary.variant.as_ref(),
            output: &output,
            log,
            stream: (&pieces, plan.stream),
            inputs: &inputs,
            environment_variables: plan.environment_variables.clone(),
            connections,
            masks: masks.forms(),
            node: detail
                .summary
                .node
                .as_deref()
                .map(|node| (node, plan.outputs.clone().unwrap_or_default())),
        };
        let mut answer = std::pin::pin!(self.parts.engine.request(&runtime, execution.request()));
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut log_looks = interval(LOG_LOOK);
        log_looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                answer = &mut answer => return answer,
                _ = looks.tick() => run.follow_outputs(self),
                _ = log_looks.tick() => run.follow(self, false),
            }
        }
    }

    /// Ends a run. It ends only when that is written: a full disk is waited for, but not forever. Then the end
    /// is kept in memory alone, until the next server finds the run in progress and interrupts it.
    async fn end_run(&self, run: &LiveRun, (outcome, whole): (Outcome, Option<u64>)) {
        let (id, owner) = (run.detail().summary.id, Owner::from(&run.flow));
        let end = |detail: &mut RunDetail| {
            apply(detail, outcome.clone());
            detail.prices = self.parts.prices.of_run(detail);
            detail.whole = whole;
            detail.summary.ended = Some(self.now());
            Ok(())
        };
        let mut tries = 0;
        let written = loop {
            let Err(error) = run.change(self, end) else {
                break true;
            };
            tracing::error!(flow = %run.flow, run = %id, %error, "how a run ended could not be written down");
            tries += 1;
            if tries == TRIES {
                run.end_in_memory(self, |detail| drop(end(detail)));
                break false;
            }
            tokio::time::sleep(AGAIN).await;
        };
        if written {
            self.live.remove(&id);
        }
        let now = self.now();
        let counted = self.parts.book.change(&owner, |live| {
            live.runs.remove(&id);
            live.record.last_activity = now;
            Ok(())
        });
        if let Err(error) = counted {
            tracing::error!(flow = %run.flow, %error, "activity could not be written down");
        }
    }
}

/// Puts what came of a run into it. Nodes that never came to their turn are marked as cut off.
fn apply(detail: &mut RunDetail, outcome: Outcome) {
    let canceling = detail.summary.state == RunState::Canceling;
    let canceled = canceling && outcome.state != RunState::Completed;
    detail.summary.state = if canceled {
        RunState::Canceled
    } else {
        outcome.state
    };
    detail.error = outcome
        .error
        .filter(|_| detail.summary.state != RunState::Canceled);
    (detail.outputs, detail.metrics) = (outcome.outputs, outcome.metrics);
    if detail.summary.state == RunState::Completed {
        detail.streamed.clear();
    }
    (detail.tokens, detail.calls) = (outcome.tokens, outcome.calls);
    for node in outcome.nodes {
        match detail
            .nodes
            .iter_mut()
            .find(|known| known.name == node.name)
        {
            Some(known) => {
                let started = node.started.or(known.started);
                *known = NodeRun { started, ..node };
            }
            None => detail.nodes.push(node),
        }
    }
    let failed = detail.summary.state == RunState::Failed;
    for node in &mut detail.nodes {
        match node.state {
            // The run's process died in it.
            NodeState::Running if failed => {
                (node.state, node.error) = (NodeState::Failed, detail.error.clone());
            }
            NodeState::Waiting | NodeState::Running => node.state = NodeState::Canceled,
            _ => {}
        }
    }
}
