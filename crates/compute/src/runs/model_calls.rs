//! One call of a model in a flow's session, by a connection of the project. It's no run: nothing of it is kept. It lives as long
//! as whoever asked listens.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use flowdeck_access::{disk, folder::FileBeneath, id};
use flowdeck_connections::{Masks, RunConnections, RunVariable, need_of_variable};
use flowdeck_contract::{
    capability::Action,
    connections::{ConnectionNeed, ConnectionType, Secret},
    ids::{FlowId, RunId},
    playground::{ModelCallEvent, ModelCallRequest},
    runs::RunError,
};
use flowdeck_engines::{
    engine::{EngineError, ExecutorReply, Runtime},
    executor::{
        self, CALL_DEFINITION, CALL_NODE, Execution, Templates, call_files, call_inputs,
        traced_call,
    },
};
use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    time::{MissedTickBehavior, interval},
};

use super::{
    Runs,
    begin::{readable, sound},
    call_pieces::CallPieces,
    ending::in_place_of_answer,
    live::PIECES,
    masked, variables,
};
use crate::{
    error::ComputeError,
    flow::{Definition, passing_folder},
    owner::Owner,
    paths::Paths,
};

/// How often the text of the answer is looked at.
const LOOK: Duration = Duration::from_millis(25);
/// The mode of the flow's files: the session's user reads them.
const READABLE: u32 = 0o644;
/// Events that wait for whoever asked.
const WAITING: usize = 64;

/// A call that has been let in.
struct Call {
    id: RunId,
    flow: FlowId,
    runtime: Runtime,
    request: ModelCallRequest,
    given: RunConnections,
    /// The flow of one node that makes it, and what it writes.
    folder: PathBuf,
}

impl Call {
    /// What the answer's pieces are read from: the session can write there, so nothing is followed out of it.
    fn pieces(&self, paths: &Paths) -> FileBeneath {
        let works = paths.works(&Owner::from(&self.flow));
        FileBeneath::new(works, Path::new(self.id.as_str()).join(PIECES))
    }
}

impl Runs {
    /// Begins a call, and tells what comes of it. It's ended when nobody listens any more.
    pub(crate) fn call_model(
        self: &Arc<Self>,
        flow: &FlowId,
        request: ModelCallRequest,
    ) -> Result<Receiver<ModelCallEvent>, ComputeError> {
        let folder = self.parts.folders.of(&flow.into())?;
        self.session_for_run(flow)?;
        if !request.inputs.is_object() {
            return Err(ComputeError::invalid(
                "ModelCallInvalid",
                "What the model is given has to be an object of names and values.",
            )
            .at("inputs"));
        }
        let set = variables::checked(&request.variables)?;
        let definition = readable(Definition::read(&folder, &flow.into()))?;
        // A call can be tried while the flow has faults, as long as its variables are known.
        let parsed = match &definition.report.flow {
            Some(parsed) => parsed,
            None => sound(&definition)?,
        };
        let variables = variables::merged(&definition.text, parsed, &set);
        let need = ConnectionNeed {
            node: None,
            input: None,
            line: 1,
            name: request.connection.to_string(),
            accepts: ConnectionType::OF_LLM_NODES.to_vec(),
            problem: None,
        };
        let of_variable = |variable: &RunVariable<'_>| {
            need_of_variable(variable.name, variable.value, &definition.text)
        };
        let needs = std::iter::once(need).chain(variables.iter().filter_map(of_variable));
        let given = self.parts.connections.for_run(
            flow,
            needs.collect(),
            &variables,
            &self.parts.variables,
            self.now(),
        )?;
        let id: RunId = id::random();
        let runtime = self.enter_call(flow, &id)?;
        let call = Call {
            folder: self.parts.paths.work(&Owner::from(flow), id.as_str()),
            flow: flow.clone(),
            id,
            runtime,
            request,
            given,
        };
        let (tell, told) = mpsc::channel(WAITING);
        let runs = Arc::clone(self);
        self.parts.tasks.background(async move {
            let made = runs.make_call(&call, &tell).await;
            let event = made.unwrap_or_else(|error| failed(&error));
            // Whoever asked may have left.
            let _ = tell.send(event).await;
            runs.leave_call(&call);
        });
        Ok(told)
    }

    /// Counts it among what the session does, so that no install restarts the runtime under it.
    fn enter_call(&self, flow: &FlowId, id: &RunId) -> Result<Runtime, ComputeError> {
        let now = self.now();
        self.parts.book.change(&flow.into(), |live| {
            let refusal = Action::Run.refusal(live.record.state.public());
            let runtime = live.record.runtime.clone().filter(|_| !live.installs());
            let (None, Some(runtime)) = (refusal, runtime) else {
                let changed = "The compute session has just changed. Try again.";
                return Err(ComputeError::Refused(refusal.unwrap_or(changed).to_owned()));
            };
            live.record.last_activity = now;
            live.runs.insert(id.clone());
            Ok(runtime)
        })
    }

    fn leave_call(&self, call: &Call) {
        if let Err(error) = disk::remove(&call.folder) {
            tracing::warn!(%error, "what a call of a model has left could not be removed");
        }
        let now = self.now();
        let counted = self.parts.book.change(&Owner::from(&call.flow), |live| {
            live.runs.remove(&call.id);
            live.record.last_activity = now;
            Ok(())
        });
        if let Err(error) = counted {
            tracing::error!(flow = %call.flow, %error, "activity could not be written down");
        }
    }

    async fn make_call(
        &self,
        call: &Call,
        tell: &Sender<ModelCallEvent>,
    ) -> Result<ModelCallEvent, EngineError> {
        write_flow(call).await?;
        let (connections, tokens) = self.with_tokens(&call.given.connections).await?;
        let masks = match tokens.is_empty() {
            true => Arc::clone(&call.given.masks),
            false => {
                let all = &self.parts.connections;
                all.masks_of_run(&tokens, &self.parts.variables)
            }
        };
        let given = Masks::new(call.given.given.iter().chain(&tokens).map(Secret::reveal));
        let pieces = call.folder.join(PIECES);
        let inputs = call_inputs(&call.request.inputs, &pieces);
        let execution = Execution {
            run: &call.id,
            folder: &call.folder,
            file: CALL_DEFINITION,
            output: &call.folder,
            log: &call.folder.join("log"),
            stream: (&pieces, false),
            inputs: &inputs,
            has_init: false,
            variant: None,
            environment_variables: call.given.variables.clone(),
            connections,
            masks: given.forms(),
            node: None,
        };
        let engine = &self.parts.engine;
        let mut answer = std::pin::pin!(engine.request(&call.runtime, execution.request()));
        let mut pieces = CallPieces::new(call.pieces(&self.parts.paths));
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_listening = true;
        let reply = loop {
            tokio::select! {
                reply = &mut answer => break reply?,
                _ = looks.tick() => follow(&mut pieces, &masks, tell),
                () = tell.closed(), if is_listening => {
                    is_listening = false;
                    // The answer comes however this ends.
                    if let Err(error) = engine.request(&call.runtime, executor::cancel(&call.id)).await {
                        tracing::warn!(call = %call.id, %error, "a call of a model could not be ended");
                    }
                }
            }
        };
        Ok(read(reply, &masks, call))
    }
}

/// Tells what is new; where whoever asked is slow, the answer comes with the whole.
fn follow(pieces: &mut CallPieces, masks: &Masks, tell: &Sender<ModelCallEvent>) {
    match pieces.read(masks) {
        Ok(events) => {
            for event in events {
                let _ = tell.try_send(event);
            }
        }
        Err(error) => tracing::warn!(%error, "a model's answer could not be followed"),
    }
}

async fn write_flow(call: &Call) -> Result<(), EngineError> {
    let path = call.folder.clone();
    let files = call_files(&call.request.connection);
    let written = tokio::task::spawn_blocking(move || -> io::Result<()> {
        let folder = passing_folder(&path)?;
        for (name, text) in files {
            folder.put(name, text.as_bytes(), READABLE)?;
        }
        Ok(())
    });
    match written.await {
        Ok(written) => {
            written.map_err(|error| EngineError::io("Preparing the call of the model", &error))
        }
        Err(error) => Err(EngineError::new("Internal", error.to_string())),
    }
}

fn read(mut reply: ExecutorReply, masks: &Masks, call: &Call) -> ModelCallEvent {
    masked::reply(masks, &mut reply);
    let output = executor::whole_output(&reply.body, CALL_NODE);
    if let Some(call) = output.as_ref().and_then(traced_call) {
        return ModelCallEvent::Ended(Box::new(call));
    }
    let outcome = executor::read_answer(&reply, &call.folder, None, &Templates::default());
    let of_node = outcome.nodes.into_iter().find_map(|node| node.error);
    let error = of_node.or(outcome.error).map(|error| RunError {
        // It's ours, not the flow's.
        traceback: None,
        place: None,
        ..error
    });
    match error {
        Some(error) => ModelCallEvent::Failed(error),
        None => failed(&EngineError::new(
            "Canceled",
            "The call was ended before an answer came.",
        )),
    }
}

fn failed(error: &EngineError) -> ModelCallEvent {
    ModelCallEvent::Failed(in_place_of_answer(error))
}
