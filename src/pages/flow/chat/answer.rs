//! A turn as it's shown: what the conversation keeps of it, and before its end what its run tells.

use flowdeck_contract::{
    Exact,
    conversations::Turn,
    runs::{NodeState, RunDetail, RunError, RunState, TokenUse},
    shown::Name,
};
use flowdeck_flow::{Flow, Streaming};

/// What is said in answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// Nothing yet; these nodes are at work.
    Nothing(Vec<String>),
    /// A text, which may go on.
    Text(String),
    /// Another value.
    Value(Exact),
}

/// Where a turn stands: its run tells until the conversation has it.
pub(super) fn state_of(turn: &Turn, run: Option<&RunDetail>) -> RunState {
    match run {
        Some(run) if !turn.state.is_over() => run.summary.state,
        _ => turn.state,
    }
}

/// A turn with what its run tells.
pub(super) fn with_run(turn: &Turn, run: Option<&RunDetail>) -> Turn {
    let mut turn = turn.clone();
    if let Some(run) = run.filter(|_| !turn.state.is_over()) {
        turn.take(run);
    }
    turn
}

/// What was said so far.
pub(super) fn said(turn: &Turn) -> Said {
    if let Some(answer) = turn.whole_answer() {
        return match answer.as_text() {
            Some(text) => Said::Text(text),
            None => Said::Value(answer),
        };
    }
    match &turn.partial {
        Some(text) if !text.is_empty() => Said::Text(text.clone()),
        _ => {
            let nodes = turn.nodes.iter();
            let at_work = nodes.filter(|node| node.state == NodeState::Running);
            Said::Nothing(at_work.map(|node| node.name.clone()).collect())
        }
    }
}

/// Why there is no answer, or not all of it, for a turn that is over.
pub(super) fn why_not(turn: &Turn) -> Option<Why> {
    match turn.state {
        RunState::Running | RunState::Canceling | RunState::Completed => None,
        RunState::Canceled => Some(Why::Stopped),
        RunState::Failed | RunState::Interrupted => Some(match &turn.error {
            Some(error) => Why::Error(error.clone()),
            None => Why::Unknown,
        }),
    }
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Somebody stopped it.
    Stopped,
    /// This went wrong.
    Error(RunError),
    /// Nobody knows.
    Unknown,
}

/// The tokens of a turn, in words.
pub(super) fn tokens(tokens: TokenUse) -> String {
    match tokens {
        TokenUse::Counted(count) if count.total == 1 => "1 token".to_owned(),
        TokenUse::Counted(count) => format!("{} tokens", count.total),
        TokenUse::Unknown => "tokens unknown".to_owned(),
    }
}

/// Why answers come whole, as far as the flow's definition tells.
pub(super) fn why_whole(flow: &Flow) -> Option<String> {
    let name = |name: &str| Name::from(name).to_string();
    let why = match flow.streaming(flow.chat().ok()?.answer?) {
        Streaming::UsedBy(node, user) => format!(
            "‘{}’ streams only when no other node uses its output, and ‘{}’ does.",
            name(&node.name),
            name(&user.name)
        ),
        Streaming::AtTheEnd(node) => {
            format!(
                "‘{}’ is a prompt node, which doesn’t stream.",
                name(&node.name)
            )
        }
        Streaming::PartOf(node) => format!(
            "The chat output is a part of what ‘{}’ gives, which doesn’t stream.",
            name(&node.name)
        ),
        Streaming::PieceByPiece(_) | Streaming::IfItYields(_) | Streaming::Unknown => return None,
    };
    Some(format!("Answers appear when they’re complete. {why}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn turn(more: Value) -> Turn {
        let mut turn = json!({
            "run": "r", "number": 1, "question": "Why?", "state": "running", "started": 0, "answer": "a",
        });
        for (key, value) in more.as_object().unwrap() {
            turn[key] = value.clone();
        }
        serde_json::from_value(turn).unwrap()
    }

    fn run(state: &str, more: Value) -> RunDetail {
        let mut run = json!({
            "summary": {"id": "r", "number": 1, "state": state, "started": 0},
            "sessionId": "s", "inputs": {}, "nodes": [],
        });
        for (key, value) in more.as_object().unwrap() {
            run[key] = value.clone();
        }
        serde_json::from_value(run).unwrap()
    }

    #[test]
    fn an_answer_grows_as_its_run_tells_and_is_kept_as_it_ended() {
        let began = turn(json!({}));
        assert_eq!(said(&began), Said::Nothing(Vec::new()));
        let works = run(
            "running",
            json!({"nodes": [{"name": "n", "state": "running"}]}),
        );
        assert_eq!(
            said(&with_run(&began, Some(&works))),
            Said::Nothing(vec!["n".to_owned()])
        );
        let comes = run("running", json!({"streamed": {"a": "So", "b": "x"}}));
        assert_eq!(
            said(&with_run(&began, Some(&comes))),
            Said::Text("So".to_owned())
        );
        let done = run("completed", json!({"outputs": {"a": "So."}}));
        let ended = with_run(&began, Some(&done));
        assert_eq!(said(&ended), Said::Text("So.".to_owned()));
        assert_eq!(state_of(&ended, Some(&comes)), RunState::Completed);
        assert_eq!(with_run(&ended, Some(&comes)), ended);
        let value = turn(json!({"state": "completed", "outputs": {"a": [1]}}));
        assert_eq!(said(&value), Said::Value(json!([1]).into()));
    }

    #[test]
    fn what_came_of_an_answer_that_was_stopped_stays() {
        let stopped = turn(json!({"state": "canceled", "partial": "So"}));
        assert_eq!(said(&stopped), Said::Text("So".to_owned()));
        assert_eq!(why_not(&stopped), Some(Why::Stopped));
        assert_eq!(
            why_not(&turn(json!({"state": "failed"}))),
            Some(Why::Unknown)
        );
        assert_eq!(why_not(&turn(json!({"state": "completed"}))), None);
    }

    #[test]
    fn a_flow_says_which_node_keeps_answers_from_streaming() {
        let flow = |more: &str| {
            let text = format!(
                "inputs:\n  question: {{type: string, is_chat_input: true}}\n  chat_history: {{type: list}}\noutputs:\n  a: {{type: string, reference: '${{ask.output}}', is_chat_output: true}}\nnodes:\n- {{name: ask, type: llm, source: {{type: code, path: a.jinja2}}, inputs: {{}}, connection: c, api: chat}}\n{more}"
            );
            flowdeck_flow::check(&text).flow.unwrap()
        };
        assert_eq!(why_whole(&flow("")), None);
        let tidy = "- {name: tidy, type: python, source: {type: code, path: t.py}, inputs: {x: '${ask.output}'}}\n";
        let why = why_whole(&flow(tidy)).unwrap();
        assert!(why.contains("‘ask’") && why.contains("‘tidy’"), "{why}");
    }
}
