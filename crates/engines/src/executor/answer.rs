//! What came of an execution, out of the executor's answer.

use std::path::Path;

use flowdeck_contract::{
    Exact, Values,
    runs::{NodeRun, NodeState, RunError, RunState, TokenUse, Trace},
};

use super::{
    bounds::Bounds,
    calls, error, json,
    template::{self, Templates},
    traceback::Code,
};
use crate::engine::ExecutorReply;

/// promptflow's own, which no node was given by the user.
const INTERNAL_INPUTS: [&str; 1] = ["_inputs_to_escape"];
/// What a result is called that has no names: promptflow calls it so, too.
const ONLY_OUTPUT: &str = "output";

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// How the run ended.
    pub state: RunState,
    /// The outputs of the flow, by name; `None` where it gave none.
    pub outputs: Option<Values>,
    /// What the nodes measured, by name.
    pub metrics: Values,
    /// What each node did.
    pub nodes: Vec<NodeRun>,
    /// Why it failed, where it did.
    pub error: Option<RunError>,
    /// Tokens of all calls of models.
    pub tokens: Option<TokenUse>,
    /// The calls of a flow without nodes.
    pub calls: Trace,
    /// Whether parts were too large to keep here.
    pub cut: bool,
}

impl Outcome {
    /// A run without a result.
    pub fn without_result(state: RunState, error: Option<RunError>) -> Self {
        Self {
            state,
            outputs: None,
            metrics: Values::default(),
            nodes: Vec::new(),
            error,
            tokens: None,
            calls: Trace::default(),
            cut: false,
        }
    }
}

/// Reads the answer to an execution of a flow, or of a node.
pub fn read_answer(
    reply: &ExecutorReply,
    folder: &Path,
    copy: Option<&Path>,
    templates: &Templates,
) -> Outcome {
    let code = Code::new(folder, copy);
    let answer = match json::read(&reply.body) {
        Ok(answer) => answer.members().unwrap_or_default(),
        Err(error) => return unreadable(&format!("Can’t read the runtime’s answer: {error}.")),
    };
    let mut reader = Reader {
        code,
        templates,
        bounds: Bounds::default(),
    };
    let mut outcome = reader.answer(&answer);
    outcome.cut = reader.bounds.cut;
    outcome
}

/// The whole output of a node in an executor's answer.
pub fn whole_output(body: &[u8], node: &str) -> Option<Exact> {
    let answer = json::read(body).ok()?;
    let info = match answer.member("node_run_infos") {
        Some(infos) => infos.member(node)?,
        None => answer,
    };
    info.member("output")
}

struct Reader<'a> {
    code: Code,
    templates: &'a Templates,
    bounds: Bounds,
}

impl Reader<'_> {
    fn answer(&mut self, answer: &Values) -> Outcome {
        if let Some(run) = object(answer, "run_info") {
            return self.flow(answer, &run);
        }
        if answer.get("status").is_some() && answer.get("node").is_some() {
            return self.node(answer);
        }
        match answer.get("error") {
            Some(error) => self.refusal(error),
            None => unreadable("The runtime’s answer holds no result."),
        }
    }

    /// promptflow did not run the flow, or not to its end.
    fn refusal(&mut self, error: &Exact) -> Outcome {
        let node = error
            .member("messageParameters")
            .and_then(|parameters| parameters.member("node_name")?.as_text());
        let error = self.error(error, node.as_deref());
        if error.code == "ExecutionCanceledError" {
            return Outcome::without_result(RunState::Canceled, None);
        }
        let nodes = node.map(|name| failed_node(name, error.clone()));
        Outcome {
            nodes: nodes.into_iter().collect(),
            ..Outcome::without_result(RunState::Failed, Some(error))
        }
    }

    fn flow(&mut self, answer: &Values, run: &Values) -> Outcome {
        let infos = object(answer, "node_run_infos").unwrap_or_default();
        let nodes: Vec<NodeRun> = infos
            .iter()
            .filter_map(|(_, info)| Some(self.node_run(&info.members()?)))
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
            .map(|error| self.error(error, None))
            .map(|error| with_place_of(error, failed.as_ref()))
            .or(failed);
        let outputs = (state == RunState::Completed)
            .then(|| answer.get("output").map(outputs))
            .flatten();
        let (calls, of_calls) = match nodes.is_empty() {
            true => calls::read(run.get("api_calls")),
            false => (Vec::new(), None),
        };
        let tokens = calls::total(nodes.iter().map(|node| node.tokens)).or(of_calls);
        Outcome {
            tokens,
            calls: calls.as_slice().into(),
            outputs: outputs.map(|outputs| self.bounds.values(outputs)),
            metrics: self
                .bounds
                .values(object(run, "metrics").unwrap_or_default()),
            nodes,
            ..Outcome::without_result(
                state,
                (state == RunState::Failed).then_some(error).flatten(),
            )
        }
    }

    fn node(&mut self, info: &Values) -> Outcome {
        let node = self.node_run(info);
        Outcome {
            tokens: node.tokens,
            nodes: vec![node.clone()],
            ..Outcome::without_result(status(info), node.error)
        }
    }

    fn node_run(&mut self, info: &Values) -> NodeRun {
        let state = match text(info, "status").as_deref() {
            Some("Completed") => NodeState::Completed,
            Some("Bypassed") => NodeState::Bypassed,
            Some("Failed") => NodeState::Failed,
            _ => NodeState::Canceled,
        };
        let seconds: Option<f64> = object(info, "system_metrics")
            .and_then(|metrics| metrics.get("duration")?.json().parse().ok());
        let duration = seconds.and_then(|seconds| {
            let duration = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
            u64::try_from(duration.as_millis()).ok()
        });
        let present = |key: &str| info.get(key).filter(|value| !value.is_null()).cloned();
        let name = text(info, "node").unwrap_or_default();
        let (calls, tokens) = calls::read(info.get("api_calls"));
        NodeRun {
            state,
            started: calls.iter().find_map(|call| call.started),
            tokens,
            calls: calls.as_slice().into(),
            duration_ms: duration,
            inputs: present("inputs").map(|inputs| self.bounds.value(without_internal(inputs))),
            output: (state == NodeState::Completed)
                .then(|| info.get("output").cloned().unwrap_or_else(Exact::null))
                .map(|output| self.bounds.value(output)),
            log: log(info).map(|log| self.bounds.text(log)),
            error: present("error")
                .filter(|_| state == NodeState::Failed)
                .map(|error| self.error(&error, Some(&name))),
            name,
        }
    }

    fn error(&mut self, error: &Exact, node: Option<&str>) -> RunError {
        let in_template = template::place(error, node, self.templates);
        let error = error::read(error, &self.code);
        RunError {
            place: error.place.or(in_template),
            message: self.bounds.text(error.message),
            traceback: error.traceback.map(|text| self.bounds.text(text)),
            ..error
        }
    }
}

/// The failure of a run that is a node's is where the node's is.
fn with_place_of(error: RunError, node: Option<&RunError>) -> RunError {
    let place = node.filter(|node| node.message == error.message);
    let place = place.and_then(|node| node.place.clone());
    RunError {
        place: error.place.or(place),
        ..error
    }
}

fn failed_node(name: String, error: RunError) -> NodeRun {
    NodeRun {
        name,
        state: NodeState::Failed,
        started: None,
        duration_ms: None,
        inputs: None,
        output: None,
        log: None,
        tokens: None,
        calls: Trace::default(),
        error: Some(error),
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
    Outcome::without_result(RunState::Failed, Some(error))
}

/// A result by names; one that has none is [`ONLY_OUTPUT`].
fn outputs(result: &Exact) -> Values {
    // A key of a mapping is never `$number` alone: that is a number which JSON does not know.
    let mapping = result.members();
    match mapping.filter(|values| values.get("$number").is_none()) {
        Some(values) => values,
        None => Values::from_iter([(ONLY_OUTPUT.to_owned(), result.clone())]),
    }
}

fn status(info: &Values) -> RunState {
    match text(info, "status").as_deref() {
        Some("Completed" | "Bypassed") => RunState::Completed,
        Some("Canceled" | "CancelRequested") => RunState::Canceled,
        _ => RunState::Failed,
    }
}

/// What a node printed, what it printed as errors last.
fn log(info: &Values) -> Option<String> {
    let logs = object(info, "logs")?;
    let streams = ["stdout", "stderr"].map(|stream| text(&logs, stream).unwrap_or_default());
    Some(streams.concat()).filter(|text| !text.is_empty())
}

fn without_internal(inputs: Exact) -> Exact {
    let Some(values) = inputs.members() else {
        return inputs;
    };
    let kept = values.into_iter();
    let kept: Values = kept
        .filter(|(name, _)| !INTERNAL_INPUTS.contains(&name.as_str()))
        .collect();
    serde_json::to_string(&kept)
        .and_then(Exact::parse)
        .unwrap_or(inputs)
}

fn object(values: &Values, key: &str) -> Option<Values> {
    values.get(key)?.members()
}

fn text(values: &Values, key: &str) -> Option<String> {
    values.get(key)?.as_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(status: u16, body: &str) -> Outcome {
        read_answer(
            &ExecutorReply {
                status,
                body: body.as_bytes().to_vec(),
            },
            Path::new("/f"),
            None,
            &Templates::default(),
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
        let outputs = outcome.outputs.unwrap();
        assert_eq!(outputs.get("o").unwrap().json(), r#"{"$number":"NaN"}"#);
        assert_eq!(outcome.metrics.get("m").unwrap().json(), "1");
        let a = &outcome.nodes[0];
        assert_eq!(
            (a.duration_ms, a.output.as_ref(), a.log.as_deref()),
            (Some(250), Some(&Exact::null()), Some("hi\noh\n"))
        );
        assert_eq!(a.inputs.as_ref().unwrap().json(), r#"{"x":1}"#);
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
        let ended = outcome(
            500,
            r#"{"error":{"message":"The run’s process ended with exit code 7.","code":"SystemError","innerError":{"code":"RunProcessEnded","innerError":null}}}"#,
        );
        let error = ended.error.unwrap();
        assert_eq!(error.code, "RunProcessEnded");
        assert!(error.message.ends_with("exit code 7."));
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
    fn a_result_without_names_is_an_output() {
        for (result, shown) in [
            (r#""hi""#, r#""hi""#),
            ("[1,NaN]", r#"[1,{"$number":"NaN"}]"#),
            ("null", "null"),
            ("NaN", r#"{"$number":"NaN"}"#),
            ("123456789012345678901234", "123456789012345678901234"),
        ] {
            let body = format!(
                r#"{{"output":{result},"run_info":{{"status":"Completed"}},"node_run_infos":{{}}}}"#
            );
            let outputs = outcome(200, &body).outputs.unwrap();
            assert_eq!(outputs.get("output").unwrap().json(), shown);
        }
    }

    #[test]
    fn errors_logs_and_values_are_bounded_and_the_outcome_says_so() {
        let long = "x".repeat(3_000_000);
        let body = format!(
            r#"{{"node":"a","status":"Failed","logs":{{"stdout":"{long}"}},"error":{{"message":"{long}","code":"E"}}}}"#
        );
        let failed = outcome(200, &body);
        assert!(failed.cut);
        let error = failed.error.unwrap();
        assert!(error.message.len() < 200_000 && error.message.ends_with("3000000 bytes"));
        assert!(failed.nodes[0].log.as_ref().unwrap().len() < 200_000);
        let body = format!(r#"{{"node":"a","status":"Completed","output":["{long}"]}}"#);
        let completed = outcome(200, &body);
        assert!(completed.cut && completed.nodes[0].output.as_ref().unwrap().json().len() < 100);
        let whole = whole_output(body.as_bytes(), "a").unwrap();
        assert_eq!(whole.json().len(), long.len() + 4);
    }
}
