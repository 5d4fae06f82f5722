//! The history of a chat flow: a run's question and answer become its next entry, in promptflow's shape.

use flowdeck_contract::runs::RunDetail;
use flowdeck_flow::Flow;
use serde_json::{Map, Value, json};

/// The entry that `run` adds to the history; `None` when the flow has no chat or the run no answer.
#[must_use]
pub fn turn(flow: &Flow, run: &RunDetail) -> Option<Value> {
    let question = flow.inputs.iter().find(|input| input.is_chat_input)?;
    let answer = flow.outputs.iter().find(|output| output.is_chat_output)?;
    let pair = |name: &str, values: &Map<String, Value>| Some(json!({ name: values.get(name)? }));
    Some(json!({
        "inputs": pair(&question.name, &run.inputs)?,
        "outputs": pair(&answer.name, run.outputs.as_ref()?)?,
    }))
}

/// The history that `run` had, and its own turn at the end.
#[must_use]
pub fn history_after(flow: &Flow, run: &RunDetail) -> Option<(String, Value)> {
    let history = flow.inputs.iter().find(|input| input.is_chat_history)?;
    let mut turns = run
        .inputs
        .get(&history.name)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    turns.push(turn(flow, run)?);
    Some((history.name.clone(), Value::Array(turns)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::{
        Millis,
        ids::{RunId, SessionId},
        runs::{RunState, RunSummary},
    };

    const CHAT: &str = "
inputs:
  chat_history: {type: list, is_chat_history: true, default: []}
  question: {type: string, is_chat_input: true}
outputs:
  answer: {type: string, reference: '${reply.output}', is_chat_output: true}
nodes:
- {name: reply, type: prompt, source: {type: code, path: reply.jinja2}, inputs: {q: '${inputs.question}'}}
";

    fn run(inputs: Value, outputs: Option<Value>) -> RunDetail {
        let map = |value: Value| value.as_object().cloned().unwrap();
        RunDetail {
            summary: RunSummary {
                id: RunId::try_from("r").unwrap(),
                number: 1,
                node: None,
                state: RunState::Completed,
                started: Millis(0),
                ended: None,
            },
            session_id: SessionId::try_from("s").unwrap(),
            image: None,
            inputs: map(inputs),
            outputs: outputs.map(map),
            metrics: Map::new(),
            nodes: Vec::new(),
            error: None,
        }
    }

    #[test]
    fn a_run_s_question_and_answer_follow_what_was_said_before() {
        let flow = flowdeck_flow::check(CHAT).flow.unwrap();
        let run = run(
            json!({"question": "who?", "chat_history": [1]}),
            Some(json!({"answer": "me"})),
        );
        let turn = json!({"inputs": {"question": "who?"}, "outputs": {"answer": "me"}});
        assert_eq!(
            history_after(&flow, &run),
            Some(("chat_history".into(), json!([1, turn])))
        );
    }

    #[test]
    fn a_run_without_an_answer_adds_nothing() {
        let flow = flowdeck_flow::check(CHAT).flow.unwrap();
        assert_eq!(
            history_after(&flow, &run(json!({"question": "who?"}), None)),
            None
        );
    }
}
