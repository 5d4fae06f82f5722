//! Beginning a run: everything that can be refused is refused here, before it is in the history.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use flowdeck_access::id;
use flowdeck_connections::Masks;
use flowdeck_contract::{
    Values,
    capability::{Action, NO_SESSION_TO_RUN, RUN_DURING_INSTALL},
    codes,
    error::Failure,
    events::FlowEvent,
    ids::{FilePath, FlowId, RunId, SessionId},
    runs::{
        NodeRun, NodeState, NodeVariant, RunDetail, RunRequest, RunState, RunSummary, Upstream,
        UpstreamOutput,
    },
};
use flowdeck_engines::executor::Templates;
use flowdeck_flow::{Flow, Node, NodeEditError};

use super::{
    carry_out::Plan,
    inputs,
    live::LiveRun,
    upstream::{self, GivenOutput},
    variables,
};
use crate::{
    error::ComputeError, flow::Definition, owner::Owner, pictures, runs::Runs, store::NewTurn,
};

/// Older runs of a flow are forgotten…
const KEPT: usize = 50;
/// …and older ones of all flows together, also of those that are gone.
const KEPT_IN_ALL: u32 = 2_000;

impl Runs {
    /// Begins a run and gives it as it stands.
    pub(crate) fn begin_run(
        self: &Arc<Self>,
        flow: &FlowId,
        request: &RunRequest,
    ) -> Result<RunDetail, ComputeError> {
        self.begin(flow, request, None)
    }

    /// Begins a run that answers a turn of a conversation, if one is given.
    pub(crate) fn begin(
        self: &Arc<Self>,
        flow: &FlowId,
        request: &RunRequest,
        turn: Option<NewTurn>,
    ) -> Result<RunDetail, ComputeError> {
        let folder = self.parts.folders.of(&flow.into())?;
        let session = self.session_for_run(flow)?;
        let mut definition = readable(Definition::read(&folder, &flow.into()))?;
        if let Some(variant) = &request.variant {
            sound(&definition)?;
            definition = definition
                .with_variant(variant)
                .map_err(|error| no_variant(variant, &error))?;
        }
        let parsed = sound(&definition)?;
        let node = request
            .node
            .as_deref()
            .map(|name| find(parsed, name))
            .transpose()?;
        let set = variables::checked(&request.variables)?;
        let given = inputs::flow_inputs(parsed, node, &request.inputs)?;
        if let Some(name) = pictures::missing(&self.parts.paths, flow, &given)? {
            return Err(inputs::invalid(
                "PictureNotKept",
                format!("A picture of the input ‘{name}’ is no longer kept. Choose it again."),
                name,
            ));
        }
        let upstream = self.upstream_of(flow, node, &request.outputs)?;
        let nodes = match node {
            Some(node) => vec![node.name.clone()],
            None => definition.report.order.clone().unwrap_or_default(),
        };
        let connected = self.connected(flow, &folder, &definition, parsed, node, (&given, &set))?;
        let shown: Vec<UpstreamOutput> =
            upstream.iter().flatten().map(GivenOutput::shown).collect();
        let mut detail = RunDetail {
            variables: variables::recorded(&set, &connected.masks),
            upstream: shown.as_slice().into(),
            ..self.new_run(flow, session, node, given, nodes)
        };
        detail.summary.variant.clone_from(&request.variant);
        let plan = Plan {
            folder,
            kind: parsed.kind,
            file: definition.file.clone(),
            includes: parsed.additional_includes.clone(),
            environment_variables: connected.variables,
            connections: connected.connections,
            given: connected.given,
            templates: templates(parsed),
            outputs: upstream.map(upstream::values),
            stream: request.stream,
        };
        let run = self.enter_run(flow, detail, turn, connected.masks)?;
        self.forget_old_runs(flow);
        let detail = run.detail();
        self.spawn_run(run, plan);
        Ok(detail)
    }

    /// The flow as its definition says it now.
    pub(crate) fn flow(&self, flow: &FlowId) -> Result<Flow, ComputeError> {
        let folder = self.parts.folders.of(&flow.into())?;
        let definition = readable(Definition::read(&folder, &flow.into()))?;
        sound(&definition).cloned()
    }

    pub(super) fn session_for_run(&self, flow: &FlowId) -> Result<SessionId, ComputeError> {
        let flows = self.parts.book.sessions();
        let live = flows.get(&Owner::from(flow));
        let state = live
            .map(|live| live.record.state.public())
            .unwrap_or_default();
        if let Some(refusal) = Action::Run.refusal(state) {
            return Err(ComputeError::Refused(refusal.to_owned()));
        }
        if live.is_some_and(crate::sessions::Live::installs) {
            return Err(ComputeError::Refused(RUN_DURING_INSTALL.to_owned()));
        }
        let session = live.and_then(|live| live.record.session.session_id.clone());
        session.ok_or_else(|| ComputeError::Refused(NO_SESSION_TO_RUN.to_owned()))
    }

    fn new_run(
        &self,
        flow: &FlowId,
        session_id: SessionId,
        node: Option<&Node>,
        inputs: Values,
        nodes: Vec<String>,
    ) -> RunDetail {
        let waiting = |name| NodeRun {
            name,
            state: NodeState::Waiting,
            started: None,
            duration_ms: None,
            inputs: None,
            output: None,
            log: None,
            tokens: None,
            calls: flowdeck_contract::runs::Trace::default(),
            error: None,
        };
        let summary = RunSummary {
            id: id::random(),
            // Entering it gives it its own.
            number: 0,
            node: node.map(|node| node.name.clone()),
            variant: None,
            state: RunState::Running,
            started: self.now(),
            ended: None,
        };
        let nodes = nodes.into_iter().map(waiting).collect();
        RunDetail {
            summary,
            image: self.parts.book.record(&flow.into()).session.image,
            session_id,
            inputs,
            variables: BTreeMap::new(),
            outputs: None,
            streamed: BTreeMap::new(),
            metrics: Values::default(),
            nodes,
            tokens: None,
            prices: flowdeck_contract::prices::RunPrices::default(),
            calls: flowdeck_contract::runs::Trace::default(),
            error: None,
            whole: None,
            upstream: Upstream::default(),
        }
    }

    /// Writes the run down and counts it among those in progress, if the session still is what it was.
    fn enter_run(
        &self,
        flow: &FlowId,
        detail: RunDetail,
        turn: Option<NewTurn>,
        masks: Arc<Masks>,
    ) -> Result<Arc<LiveRun>, ComputeError> {
        let (now, id) = (self.now(), detail.summary.id.clone());
        let session = detail.session_id.clone();
        let mut entered = None;
        self.parts
            .book
            .change_and_save(
                &flow.into(),
                |live| {
                    let same = live.record.session.session_id.as_ref() == Some(&session);
                    let refusal = Action::Run
                        .refusal(live.record.state.public())
                        .or((!same || live.installs())
                            .then_some("The compute session has just changed. Run again."));
                    if let Some(refusal) = refusal {
                        return Err(ComputeError::Refused(refusal.to_owned()));
                    }
                    live.record.last_activity = now;
                    live.runs.insert(id.clone());
                    Ok(())
                },
                |record, followed| {
                    let mut detail = detail;
                    let conversation = turn.as_ref().map(|turn| turn.conversation.id.clone());
                    self.parts
                        .store
                        .enter_run(flow, &mut detail, turn, record, followed)?;
                    let log = self.log_of(flow, &id);
                    self.parts
                        .events
                        .send(&flow.into(), FlowEvent::Run(detail.clone()));
                    let run = self.live.add(flow, detail, conversation, &log, masks);
                    run.tell_conversation(self);
                    entered = Some(run);
                    Ok(())
                },
            )
            .inspect_err(|_| self.parts.book.leave_run(&flow.into(), &id))?;
        entered.ok_or_else(|| ComputeError::RunNotFound(id.to_string()))
    }

    fn forget_old_runs(&self, flow: &FlowId) {
        let forgotten = self
            .parts
            .store
            .forget_old_runs(flow, KEPT, KEPT_IN_ALL)
            .unwrap_or_else(|error| {
                tracing::warn!(%flow, %error, "old runs could not be forgotten");
                Vec::new()
            });
        let folders: Vec<PathBuf> = forgotten
            .iter()
            .map(|(flow, run): &(FlowId, RunId)| self.parts.paths.run(flow, run))
            .collect();
        if folders.is_empty() {
            return;
        }
        // A run can have left very many files.
        self.parts.tasks.blocking(move || {
            for folder in folders {
                if let Err(error) = flowdeck_access::disk::remove(&folder) {
                    tracing::warn!(%error, "an old run's files could not be removed");
                }
            }
        });
    }
}

pub(super) fn readable<T>(
    read: Result<T, crate::flow::DefinitionError>,
) -> Result<T, ComputeError> {
    read.map_err(|error| ComputeError::Invalid {
        failure: Failure::new(error.code(), error.to_string()),
        target: error.target(),
    })
}

/// The flow, when promptflow would accept it.
pub(super) fn sound(definition: &Definition) -> Result<&Flow, ComputeError> {
    let error = definition.report.errors().next();
    match (&definition.report.flow, error) {
        (Some(flow), None) => Ok(flow),
        (_, Some(error)) => Err(ComputeError::invalid(
            codes::FLOW_INVALID,
            format!("{} line {}: {}", definition.file, error.line, error.message),
        )
        .at(definition.file.as_str())),
        (None, None) => Err(ComputeError::invalid(
            codes::FLOW_INVALID,
            format!("{} doesn’t contain a flow.", definition.file),
        )
        .at(definition.file.as_str())),
    }
}

fn no_variant(variant: &NodeVariant, error: &NodeEditError) -> ComputeError {
    let message = match error {
        NodeEditError::NoNode => format!("The node ‘{}’ has no variants.", variant.node),
        NodeEditError::NoVariant => format!(
            "The node ‘{}’ has no variant ‘{}’.",
            variant.node, variant.id
        ),
        error => error.to_string(),
    };
    ComputeError::invalid("VariantNotFound", message).at(variant.node.as_str())
}

pub(super) fn find<'a>(flow: &'a Flow, name: &str) -> Result<&'a Node, ComputeError> {
    flow.nodes
        .iter()
        .find(|node| node.name == name)
        .ok_or_else(|| {
            ComputeError::invalid("NodeNotFound", format!("The flow has no node ‘{name}’."))
                .at(name)
        })
}

/// What the nodes render: every file of a node is one that isn't Python.
fn templates(flow: &Flow) -> Templates {
    let sources = flow.nodes.iter().filter_map(|node| {
        let path = node.source.as_ref()?.path.as_deref()?;
        Some((node.name.clone(), path.trim_start_matches("./")))
    });
    sources
        .filter(|(_, path)| !path.ends_with(".py"))
        .filter_map(|(node, path)| Some((node, FilePath::try_from(path).ok()?)))
        .collect()
}
