//! The history of a chat flow: a run's question and answer become its next entry, in promptflow's shape.

use flowdeck_contract::{Exact, Values, runs::RunDetail};
use flowdeck_flow::Flow;

/// The entry that `run` adds to the history; `None` when the flow has no chat or the run no answer.
#[must_use]
pub fn turn(flow: &Flow, run: &RunDetail) -> Option<Exact> {
    let question = flow.inputs.iter().find(|input| input.is_chat_input)?;
    let answer = flow.outputs.iter().find(|output| output.is_chat_output)?;
    let pair = |name: &str, values: &Values| object([(name.to_owned(), values.get(name)?.clone())]);
    object([
        ("inputs".to_owned(), pair(&question.name, &run.inputs)?),
        (
            "outputs".to_owned(),
            pair(&answer.name, run.outputs.as_ref()?)?,
        ),
    ])
}

/// The name of the input that takes what is said next.
#[must_use]
pub fn question(flow: &Flow) -> Option<&str> {
    let question = flow.inputs.iter().find(|input| input.is_chat_input)?;
    Some(&question.name)
}

fn object<const N: usize>(members: [(String, Exact); N]) -> Option<Exact> {
    let members: Values = members.into_iter().collect();
    Exact::parse(serde_json::to_string(&members).ok()?).ok()
}

/// The history that `run` had, and its own turn at the end.
#[must_use]
pub fn history_after(flow: &Flow, run: &RunDetail) -> Option<(String, Exact)> {
    let history = flow.inputs.iter().find(|input| input.is_chat_history)?;
    let turns = run.inputs.get(&history.name);
    let mut turns: Vec<Exact> = turns
        .and_then(|turns| serde_json::from_str(turns.json()).ok())
        .unwrap_or_default();
    turns.push(turn(flow, run)?);
    let turns = Exact::parse(serde_json::to_string(&turns).ok()?).ok()?;
    Some((history.name.clone(), turns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::{
        Millis,
        ids::{RunId, SessionId},
        runs::{RunState, RunSummary},
    };
    use serde_json::{Value, json};

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
        let map = |value: Value| serde_json::from_value(value).unwrap();
        RunDetail {
            summary: RunSummary {
                id: RunId::try_from("r").unwrap(),
                number: 1,
                node: None,
                variant: None,
                state: RunState::Completed,
                started: Millis(0),
                ended: None,
            },
            session_id: SessionId::try_from("s").unwrap(),
            image: None,
            inputs: map(inputs),
            variables: std::collections::BTreeMap::new(),
            outputs: outputs.map(map),
            streamed: std::collections::BTreeMap::new(),
            metrics: Values::default(),
            nodes: Vec::new(),
            tokens: None,
            prices: flowdeck_contract::prices::RunPrices::default(),
            calls: flowdeck_contract::runs::Trace::default(),
            error: None,
            whole: None,
            upstream: flowdeck_contract::runs::Upstream::default(),
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
            Some(("chat_history".into(), json!([1, turn]).into()))
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
