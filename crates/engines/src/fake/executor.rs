//! The fake's executor: goes through a flow's nodes in order, with the log lines and answers of promptflow's. A node
//! gives its own name, unless the flow's scenario says otherwise.

use std::{
    path::{Path, PathBuf},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use flowdeck_access::folder::Folder;
use flowdeck_contract::{Exact, Values};
use flowdeck_flow::{Assignment, Flow, FlowKind, Node, NodeKey, set_node_value};
use serde_json::{Value, json};

use super::{
    FakeEngine, Step, phase,
    scenario::{Raised, Scenario, Script},
    values::{self, Known, object},
};
use crate::{
    engine::{EngineError, ExecutorReply, ExecutorRequest, Runtime},
    executor::{CALL_DEFINITION, json as python},
    log::LogFile,
};

impl FakeEngine {
    pub(super) async fn answer(
        &self,
        runtime: &Runtime,
        request: ExecutorRequest,
    ) -> Result<ExecutorReply, EngineError> {
        if request.path.starts_with("/tool/") {
            return Ok(reply(&object([])));
        }
        let asked = Asked::read(request.body.as_deref().unwrap_or("{}"))?;
        if request.path == "/execution/cancel" {
            self.world().canceled.insert(asked.run);
            self.changed.notify_waiters();
            return Ok(reply(&object([("status", Exact::text("canceled"))])));
        }
        tokio::select! {
            reply = self.carry_out(runtime, &asked) => reply,
            () = self.canceled(&asked.run) => Ok(reply(&Exact::from(
                json!({"run_info": {"status": "Canceled"}, "node_run_infos": {}}),
            ))),
        }
    }

    async fn canceled(&self, run: &str) {
        loop {
            let changed = self.changed.notified();
            if self.world().canceled.contains(run) {
                return;
            }
            changed.await;
        }
    }

    async fn carry_out(
        &self,
        runtime: &Runtime,
        asked: &Asked,
    ) -> Result<ExecutorReply, EngineError> {
        let report = flowdeck_flow::check_definition(&asked.file, &asked.definition());
        if asked.file == CALL_DEFINITION {
            return self.call_model(asked).await;
        }
        let scenario = Scenario::read(Some(&asked.folder))?;
        let order = match &asked.node {
            Some(node) => vec![node.clone()],
            None => report.order.clone().unwrap_or_default(),
        };
        let mut run = Run {
            engine: self,
            runtime,
            asked,
            log: LogFile::at(&asked.log),
            known: Known {
                inputs: asked.inputs.clone(),
                outputs: asked.outputs.clone(),
            },
            infos: Values::default(),
            error: None,
        };
        if report.kind != FlowKind::Dag {
            let script = scenario.nodes.get(ENTRY).cloned().unwrap_or_default();
            return run.entry(&script).await;
        }
        for name in &order {
            let node = node_of(report.flow.as_ref(), name);
            let of_variant = asked.variants.get(name).and_then(Exact::as_text);
            let of_variant = of_variant.map(|id| format!("{name}.{id}"));
            let script = of_variant
                .and_then(|name| scenario.nodes.get(&name))
                .or_else(|| scenario.nodes.get(name));
            let script = script.cloned().unwrap_or_default();
            let outputs = report.flow.as_ref().map(|flow| outputs_from(flow, name));
            run.node(name, node, &script, &outputs.unwrap_or_default())
                .await?;
            if run.error.is_some() {
                break;
            }
        }
        Ok(run.reply(report.flow.as_ref(), scenario.metrics))
    }

    /// Ends a runtime, as a crash would, and is never over.
    async fn crash(&self, runtime: &Runtime) {
        self.end(runtime);
        std::future::pending::<()>().await;
    }
}

/// What a scenario calls what a flex flow or a prompty does, which have no nodes.
const ENTRY: &str = "entry";

/// What the executor is asked for.
pub(super) struct Asked {
    run: String,
    folder: PathBuf,
    file: String,
    log: PathBuf,
    /// Where the pieces of outputs go.
    pub(super) pieces: Option<PathBuf>,
    pub(super) inputs: Values,
    /// A node that is to run alone…
    node: Option<String>,
    /// …and what others have given before.
    outputs: Values,
    /// The variants that run in place of default ones, by node.
    variants: Values,
}

impl Asked {
    fn read(body: &str) -> Result<Self, EngineError> {
        let body = python::read(body.as_bytes());
        let body = body.map_err(|error| EngineError::new("Internal", error))?;
        let text = |key: &str| {
            let value = body.member(key).and_then(|value| value.as_text());
            value.unwrap_or_default()
        };
        let values = |key: &str| body.member(key).and_then(|value| value.members());
        Ok(Self {
            run: text("run_id"),
            folder: text("working_dir").into(),
            file: text("flow_file"),
            log: text("log_path").into(),
            pieces: Some(text("stream_path").into())
                .filter(|path: &PathBuf| !path.as_os_str().is_empty()),
            inputs: values("inputs")
                .or_else(|| values("flow_inputs"))
                .unwrap_or_default(),
            node: Some(text("node_name")).filter(|name| !name.is_empty()),
            outputs: values("dependency_nodes_outputs").unwrap_or_default(),
            variants: values("variants").unwrap_or_default(),
        })
    }

    /// The flow as it is on disk, with its variants; empty when it is gone.
    fn definition(&self) -> String {
        let read = Folder::open(&self.folder).and_then(|folder| folder.read_text(&self.file));
        let chosen = self.variants.iter();
        chosen.fold(read.unwrap_or_default(), |text, (node, id)| {
            let id = id.as_text().unwrap_or_default();
            let chosen = set_node_value(&text, node, NodeKey::DefaultVariant, &id);
            chosen.map_or(text, |edit| edit.text)
        })
    }
}

/// A run as far as it is.
struct Run<'a> {
    engine: &'a FakeEngine,
    runtime: &'a Runtime,
    asked: &'a Asked,
    log: LogFile,
    known: Known,
    infos: Values,
    error: Option<Exact>,
}

impl Run<'_> {
    /// What a flex flow or a prompty does: a function that has no nodes.
    async fn entry(self, script: &Script) -> Result<ExecutorReply, EngineError> {
        let at = SystemTime::now();
        self.engine.step(Step::Execute).await?;
        self.work(ENTRY, script).await;
        self.stream(script, &["output"]).await;
        if script.ends_runtime {
            self.engine.crash(self.runtime).await;
        }
        let mut info = vec![("metrics", object([]))];
        if !script.calls.is_empty() {
            info.push(("api_calls", traced(&script.calls, at)));
        }
        let output = match &script.raises {
            Some(raised) => {
                info.push(("status", Exact::text("Failed")));
                info.push(("error", raised_in(raised, &self.asked.folder)));
                Exact::null()
            }
            None => {
                info.push(("status", Exact::text("Completed")));
                script.gives(ENTRY)
            }
        };
        Ok(reply(&object([
            ("output", output),
            ("run_info", object(info)),
            ("node_run_infos", object([])),
        ])))
    }

    async fn node(
        &mut self,
        name: &str,
        node: Option<&Node>,
        script: &Script,
        outputs: &[&str],
    ) -> Result<(), EngineError> {
        let run = &self.asked.run;
        let inputs = node.map(|node| self.known.inputs_of(node));
        let inputs = inputs.unwrap_or_else(|| object([]));
        if node.is_some_and(|node| !self.known.activates(node)) {
            self.say(&format!(
                "Bypassing node {name}. node run id: {run}_{name}_0"
            ));
            self.known.outputs.insert(name, Exact::null());
            let info = json!({"node": name, "status": "Bypassed", "output": null});
            self.infos.insert(name, Exact::from(info));
            return Ok(());
        }
        self.say(&format!(
            "Executing node {name}. node run id: {run}_{name}_0"
        ));
        let (began, at) = (Instant::now(), SystemTime::now());
        self.engine.step(Step::Execute).await?;
        self.work(name, script).await;
        self.stream(script, outputs).await;
        if script.ends_runtime {
            self.engine.crash(self.runtime).await;
        }
        let stdout: String = script
            .prints
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        let mut info = vec![
            ("node", Exact::text(name)),
            ("inputs", inputs),
            ("logs", Exact::from(json!({"stdout": stdout, "stderr": ""}))),
            (
                "system_metrics",
                Exact::from(json!({"duration": began.elapsed().as_secs_f64()})),
            ),
        ];
        if !script.calls.is_empty() {
            info.push(("api_calls", traced(&script.calls, at)));
        }
        if let Some(raised) = &script.raises {
            let error = raised_in(raised, &self.asked.folder);
            info.push(("status", Exact::text("Failed")));
            info.push(("error", error.clone()));
            self.error = Some(error);
            self.log.line(promptflow(
                "execution          ERROR   ",
                &format!(
                    "Node {name} in line 0 failed. Exception: {}",
                    raised.message
                ),
            ));
        } else {
            let output = script.gives(name);
            info.push(("status", Exact::text("Completed")));
            info.push(("output", output.clone()));
            self.known.outputs.insert(name, output);
            self.say(&format!("Node {name} completes."));
        }
        self.infos.insert(name, object(info));
        Ok(())
    }

    /// Prints as promptflow tells what a node prints.
    async fn work(&self, name: &str, script: &Script) {
        let print = |line: &str| {
            self.say(&format!(
                "[{name} in line 0 (index starts from 0)] stdout> {line}"
            ));
        };
        let folder = Some(self.asked.folder.as_path());
        phase::work(&script.wait, &script.prints, folder, &print).await;
    }

    /// Gives the outputs that come from a node piece by piece.
    async fn stream(&self, script: &Script, outputs: &[&str]) {
        // A node that gives no pieces has waited already.
        let Some(file) = self
            .asked
            .pieces
            .as_ref()
            .filter(|_| !script.pieces.is_empty())
        else {
            return;
        };
        let file = LogFile::at(file);
        let write = |piece: &str| {
            for output in outputs {
                file.line(json!({"output": output, "text": piece}).to_string());
            }
        };
        let folder = Some(self.asked.folder.as_path());
        phase::work(&script.wait, &script.pieces, folder, &write).await;
    }

    fn say(&self, message: &str) {
        self.log
            .line(promptflow("execution.flow     INFO    ", message));
    }

    fn reply(self, flow: Option<&Flow>, metrics: Values) -> ExecutorReply {
        if let Some(node) = &self.asked.node {
            return reply(self.infos.get(node).unwrap_or(&Exact::null()));
        }
        let mut info = vec![("metrics", values::whole(&metrics))];
        match self.error {
            Some(error) => info.extend([("status", Exact::text("Failed")), ("error", error)]),
            None => info.push(("status", Exact::text("Completed"))),
        }
        let output = flow.map(|flow| self.known.outputs_of(flow));
        reply(&object([
            ("output", output.unwrap_or_else(|| object([]))),
            ("run_info", object(info)),
            ("node_run_infos", values::whole(&self.infos)),
        ]))
    }
}

impl Script {
    fn gives(&self, name: &str) -> Exact {
        const TEXT: &str = "All work and no play makes a long output. ";
        if !self.pieces.is_empty() {
            return Exact::text(&self.pieces.concat());
        }
        match (&self.output, self.characters) {
            (Some(output), _) => output.clone(),
            (None, Some(count)) => {
                Exact::text(&TEXT.chars().cycle().take(count).collect::<String>())
            }
            (None, None) => Exact::text(name),
        }
    }
}

/// Calls of a node that began then, with promptflow's times: seconds since 1970.
pub(super) fn traced(calls: &[Value], began: SystemTime) -> Exact {
    let began = began.duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut calls = calls.to_vec();
    calls
        .iter_mut()
        .for_each(|call| move_times(call, began.as_secs_f64()));
    Exact::from(Value::from(calls))
}

fn move_times(call: &mut Value, began: f64) {
    for key in ["start_time", "end_time"] {
        if let Some(seconds) = call.get(key).and_then(Value::as_f64) {
            call[key] = json!(began + seconds);
        }
    }
    let children = call.get_mut("children").and_then(Value::as_array_mut);
    for child in children.into_iter().flatten() {
        move_times(child, began);
    }
}

/// The flow's outputs that are a node's output, whole.
fn outputs_from<'a>(flow: &'a Flow, node: &str) -> Vec<&'a str> {
    let is_whole = |reference: &Assignment| matches!(reference, Assignment::Node { node: from, property: None, .. } if from == node);
    let outputs = flow.outputs.iter();
    let from_node = outputs.filter(|output| is_whole(&output.reference));
    from_node.map(|output| output.name.as_str()).collect()
}

fn node_of<'a>(flow: Option<&'a Flow>, name: &str) -> Option<&'a Node> {
    flow?.nodes.iter().find(|node| node.name == name)
}

fn raised_in(raised: &Raised, folder: &Path) -> Exact {
    let traceback = raised.traceback.as_deref().unwrap_or_default();
    let traceback = traceback.replace("{folder}", &folder.display().to_string());
    let mut error = json!({
        "message": raised.message,
        "code": "UserError",
        "innerError": {"code": "ToolExecutionError", "innerError": null},
    });
    if !traceback.is_empty() {
        error["additionalInfo"] = json!([
            {"type": "ToolExecutionErrorDetails", "info": {"traceback": traceback}},
        ]);
    }
    Exact::from(error)
}

fn promptflow(logger: &str, message: &str) -> String {
    format!("2026-01-01 00:00:00 +0000       1 {logger} {message}")
}

pub(super) fn reply(body: &Exact) -> ExecutorReply {
    ExecutorReply {
        status: 200,
        body: python::write(body).into_bytes(),
    }
}
