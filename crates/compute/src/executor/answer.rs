//! What came of an execution, out of the executor's answer.

use flowdeck_contract::runs::{NodeRun, NodeState, RunError, RunState};
use serde_json::{Map, Value};

use super::{error, json, traceback::Code};
use crate::engine::ExecutorReply;

/// A larger value is shown by its size alone.
const LARGEST_VALUE: usize = 1024 * 1024;
/// promptflow's own, which no node was given by the user.
const INTERNAL_INPUTS: [&str; 1] = ["_inputs_to_escape"];

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) state: RunState,
    pub(crate) outputs: Option<Map<String, Value>>,
    pub(crate) metrics: Map<String, Value>,
    pub(crate) nodes: Vec<NodeRun>,
    pub(crate) error: Option<RunError>,
}

/// Reads the answer to an execution of a flow, or of a node.
pub(crate) fn read_answer(
    reply: &ExecutorReply,
    folder: &std::path::Path,
    copy: Option<&std::path::Path>,
) -> Outcome {
    let code = Code::new(folder, copy);
    let answer = match json::read(&reply.body) {
        Ok(answer) => answer,
        Err(error) => return unreadable(&format!("The runtime’s answer cannot be read: {error}.")),
    };
    if let Some(run) = answer.get("run_info").filter(|run| run.is_object()) {
        return flow(&answer, run, &code);
    }
    if answer.get("status").is_some() && answer.get("node").is_some() {
        return node(&answer, &code);
    }
    match answer.get("error") {
        Some(error) => refusal(error, &code),
        None => without_result(),
    }
}

/// promptflow did not run the flow, or not to its end.
fn refusal(error: &Value, code: &Code) -> Outcome {
    let node = error
        .pointer("/messageParameters/node_name")
        .and_then(Value::as_str);
    let error = error::read(error, code);
    if error.code == "ExecutionCanceledError" {
        return Outcome {
            state: RunState::Canceled,
            ..nothing()
        };
    }
    let nodes = node
        .map(|name| failed_node(name, error.clone()))
        .into_iter()
        .collect();
    Outcome {
        nodes,
        error: Some(error),
        ..nothing()
    }
}

/// The run's process ended well but early.
fn without_result() -> Outcome {
    let error = RunError {
        code: "NoResult".to_owned(),
        message: "The run’s process ended before it gave a result.".to_owned(),
        traceback: None,
        place: None,
        remedy: Some(
            "Look in the flow’s code for something that ends Python, such as sys.exit()."
                .to_owned(),
        ),
    };
    Outcome {
        error: Some(error),
        ..nothing()
    }
}

fn failed_node(name: &str, error: RunError) -> NodeRun {
    NodeRun {
        name: name.to_owned(),
        state: NodeState::Failed,
        duration_ms: None,
        inputs: None,
        output: None,
        log: None,
        error: Some(error),
    }
}

fn nothing() -> Outcome {
    Outcome {
        state: RunState::Failed,
        outputs: None,
        metrics: Map::new(),
        nodes: Vec::new(),
        error: None,
    }
}

fn unreadable(message: &str) -> Outcome {
    let error = RunError {
        code: "AnswerUnreadable".into(),
        message: message.into(),
        traceback: None,
        place: None,
        remedy: None,
    };
    Outcome {
        error: Some(error),
        ..nothing()
    }
}

fn flow(answer: &Value, run: &Value, code: &Code) -> Outcome {
    let nodes = answer.get("node_run_infos").and_then(Value::as_object);
    let nodes: Vec<NodeRun> = nodes
        .into_iter()
        .flatten()
        .map(|(_, info)| node_run(info, code))
        .collect();
    // An aggregation node that fails does not fail the flow's run in promptflow; its result is missing all the same.
    let failed = nodes
        .iter()
        .find(|node| node.state == NodeState::Failed)
        .and_then(|node| node.error.clone());
    let state = match (status(run), &failed) {
        (RunState::Completed, Some(_)) => RunState::Failed,
        (state, _) => state,
    };
    let error = run
        .get("error")
        .filter(|error| error.is_object())
        .map(|error| error::read(error, code))
        .or(failed);
    let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
    Outcome {
        outputs: (state == RunState::Completed)
            .then(|| object(answer.get("output")).map(bounded_map))
            .flatten(),
        metrics: object(run.get("metrics"))
            .map(bounded_map)
            .unwrap_or_default(),
        error: (state == RunState::Failed).then_some(error).flatten(),
        state,
        nodes,
    }
}

fn node(info: &Value, code: &Code) -> Outcome {
    let node = node_run(info, code);
    Outcome {
        state: status(info),
        error: node.error.clone(),
        nodes: vec![node],
        ..nothing()
    }
}

fn status(info: &Value) -> RunState {
    match info.get("status").and_then(Value::as_str) {
        Some("Completed" | "Bypassed") => RunState::Completed,
        Some("Canceled" | "CancelRequested") => RunState::Canceled,
        _ => RunState::Failed,
    }
}

fn node_run(info: &Value, code: &Code) -> NodeRun {
    let state = match info.get("status").and_then(Value::as_str) {
        Some("Completed") => NodeState::Completed,
        Some("Bypassed") => NodeState::Bypassed,
        Some("Failed") => NodeState::Failed,
        _ => NodeState::Canceled,
    };
    let seconds = info
        .pointer("/system_metrics/duration")
        .and_then(Value::as_f64);
    let present = |key: &str| info.get(key).filter(|value| !value.is_null()).cloned();
    NodeRun {
        name: info
            .get("node")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        state,
        duration_ms: seconds
            .map(|seconds| {
                std::time::Duration::try_from_secs_f64(seconds)
                    .unwrap_or_default()
                    .as_millis()
            })
            .and_then(|ms| u64::try_from(ms).ok()),
        inputs: present("inputs").map(without_internal).map(bounded),
        output: (state == NodeState::Completed)
            .then(|| info.get("output").cloned().unwrap_or(Value::Null))
            .map(bounded),
        log: log(info),
        error: present("error")
            .filter(|_| state == NodeState::Failed)
            .map(|error| error::read(&error, code)),
    }
}

/// What a node printed, what it printed as errors last.
fn log(info: &Value) -> Option<String> {
    let streams = ["/logs/stdout", "/logs/stderr"].map(|path| {
        info.pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    });
    let text: String = streams
        .iter()
        .flat_map(|stream| stream.chars())
        .take(LARGEST_VALUE)
        .collect();
    (!text.is_empty()).then_some(text)
}

fn without_internal(mut inputs: Value) -> Value {
    if let Some(inputs) = inputs.as_object_mut() {
        inputs.retain(|name, _| !INTERNAL_INPUTS.contains(&name.as_str()));
    }
    inputs
}

fn bounded_map(map: Map<String, Value>) -> Map<String, Value> {
    map.into_iter()
        .map(|(name, value)| (name, bounded(value)))
        .collect()
}

/// A value that is too large to keep gives way to a text that says so.
fn bounded(value: Value) -> Value {
    let size = value.to_string().len();
    if size <= LARGEST_VALUE {
        value
    } else {
        Value::String(format!("(not kept: {size} bytes of JSON)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn outcome(status: u16, body: &str) -> Outcome {
        read_answer(
            &ExecutorReply {
                status,
                body: body.as_bytes().to_vec(),
            },
            Path::new("/f"),
            None,
        )
    }

    #[test]
    fn a_flow_s_answer_has_outputs_metrics_and_nodes() {
        let outcome = outcome(
            200,
            r#"{"output":{"o":NaN},"run_info":{"status":"Completed","metrics":{"m":1}},"node_run_infos":{
            "a":{"node":"a","status":"Completed","inputs":{"x":1,"_inputs_to_escape":[]},"output":null,"logs":{"stdout":"hi\n","stderr":"oh\n"},"system_metrics":{"duration":0.25}},
            "b":{"node":"b","status":"Bypassed","output":null}}}"#,
        );
        assert_eq!(outcome.state, RunState::Completed);
        assert_eq!(outcome.outputs.unwrap()["o"], "NaN");
        assert_eq!(outcome.metrics["m"], 1);
        let a = &outcome.nodes[0];
        assert_eq!(
            (a.duration_ms, a.output.as_ref(), a.log.as_deref()),
            (Some(250), Some(&Value::Null), Some("hi\noh\n"))
        );
        assert_eq!(a.inputs.as_ref().unwrap().to_string(), r#"{"x":1}"#);
        assert_eq!(
            (outcome.nodes[1].state, &outcome.nodes[1].output),
            (NodeState::Bypassed, &None)
        );
    }

    #[test]
    fn an_aggregation_node_that_fails_fails_the_run() {
        let outcome = outcome(
            200,
            r#"{"output":{},"run_info":{"status":"Completed"},"node_run_infos":{
            "a":{"node":"a","status":"Failed","error":{"message":"no","code":"UserError","innerError":{"code":"ToolExecutionError"}}}}}"#,
        );
        assert_eq!((outcome.state, outcome.outputs), (RunState::Failed, None));
        assert_eq!(outcome.error.unwrap().code, "ToolExecutionError");
    }

    #[test]
    fn refusals_and_nonsense_are_failures_with_a_reason() {
        let refused = outcome(
            500,
            r#"{"error":{"message":"gone","code":"SystemError","innerError":{"code":"FileNotFoundError"}}}"#,
        );
        assert_eq!(refused.error.unwrap().code, "FileNotFoundError");
        let canceled = outcome(
            400,
            r#"{"error":{"message":"x","code":"UserError","innerError":{"code":"ExecutionCanceledError"}}}"#,
        );
        assert_eq!(canceled.state, RunState::Canceled);
        for nonsense in ["", "<html>", "[]", "{}"] {
            assert!(outcome(200, nonsense).error.is_some(), "{nonsense}");
        }
        assert_eq!(
            outcome(200, "{}").error.unwrap().code,
            "NoResult",
            "a node called sys.exit()"
        );
    }

    #[test]
    fn a_node_that_cannot_be_loaded_is_the_one_that_failed() {
        let outcome = outcome(
            400,
            r#"{"error":{"message":"Tool load failed in 'a'","messageParameters":{"node_name":"a"},"code":"UserError","innerError":{"code":"PythonLoadError"}}}"#,
        );
        assert_eq!(
            (outcome.nodes[0].name.as_str(), outcome.nodes[0].state),
            ("a", NodeState::Failed)
        );
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let large = bounded(Value::String("x".repeat(LARGEST_VALUE + 1)));
        assert!(large.to_string().len() < 100);
    }
}
