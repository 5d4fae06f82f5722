//! The history of a chat: what was said before, in the shape that the flow takes.

use flowdeck_contract::{Exact, Values, codes, conversations::Turn, runs::RunState};
use flowdeck_flow::{Chat, HistoryShape};

use super::pictures::Part;
use crate::error::ComputeError;

/// A longer history isn't sent, in bytes of JSON.
const LONGEST: usize = 4 * 1024 * 1024;

/// Gives a value of the turn of this number, from 1, as the history has it.
pub(super) type AsTold<'a> = dyn Fn(usize, Part, &Turn, &Exact) -> Exact + 'a;

/// The history of these turns: what the flow's input has by default, then each turn that completed.
pub(super) fn of(
    chat: &Chat<'_>,
    turns: &[Turn],
    told: &AsTold<'_>,
) -> Result<Exact, ComputeError> {
    let mut entries = match &chat.history.default {
        Some(serde_json::Value::Array(given)) => given.iter().map(Exact::from).collect(),
        _ => Vec::new(),
    };
    let completed = |(_, turn): &(usize, &Turn)| turn.state == RunState::Completed;
    for (at, turn) in (1..).zip(turns).filter(completed) {
        if turn.cut {
            return Err(full(format!(
                "Run {}’s outputs are too large to be part of a history.",
                turn.number
            )));
        }
        match chat.shape {
            HistoryShape::Turns => entries.push(entry(chat, at, turn, told)),
            HistoryShape::Messages => entries.extend(messages(at, turn, told)),
        }
    }
    let entries: Vec<&str> = entries.iter().map(Exact::json).collect();
    let history = format!("[{}]", entries.join(","));
    if history.len() > LONGEST {
        let (size, most) = (megabytes(history.len()), megabytes(LONGEST));
        return Err(full(format!(
            "This conversation’s history has {size} MB. The most that can be sent is {most} MB."
        )));
    }
    Exact::parse(history).map_err(ComputeError::Record)
}

/// A conversation that has no room for another question.
pub(super) fn full(message: String) -> ComputeError {
    ComputeError::not_now(
        codes::CONVERSATION_FULL,
        message,
        "Start a new conversation, or edit an earlier question to drop what follows it.",
    )
}

fn entry(chat: &Chat<'_>, at: usize, turn: &Turn, told: &AsTold<'_>) -> Exact {
    let question = told(at, Part::Question, turn, &turn.question);
    let inputs = object([(chat.question.name.as_str(), question.json())]);
    let outputs = turn.outputs.iter().flat_map(Values::iter);
    let outputs = outputs.map(|(name, value)| (name, told(at, Part::Answer, turn, value)));
    let outputs: Vec<(&str, Exact)> = outputs.collect();
    let outputs = object(outputs.iter().map(|(name, value)| (*name, value.json())));
    value(object([("inputs", &*inputs), ("outputs", &*outputs)]))
}

fn messages(at: usize, turn: &Turn, told: &AsTold<'_>) -> [Exact; 2] {
    let question = told(at, Part::Question, turn, &turn.question);
    let answer = turn.whole_answer().unwrap_or_else(Exact::null);
    let answer = told(at, Part::Answer, turn, &answer);
    let said = [("user", question.json()), ("assistant", answer.json())];
    said.map(|(role, content)| {
        let role = Exact::text(role);
        value(object([("role", role.json()), ("content", content)]))
    })
}

fn object<'t>(members: impl IntoIterator<Item = (&'t str, &'t str)>) -> String {
    let members = members
        .into_iter()
        .map(|(name, json)| format!("{}:{json}", Exact::text(name).json()));
    let members: Vec<String> = members.collect();
    format!("{{{}}}", members.join(","))
}

fn value(json: String) -> Exact {
    Exact::parse(json).unwrap_or_else(|_| Exact::null())
}

fn megabytes(bytes: usize) -> String {
    let tenths = (bytes * 10).div_ceil(1024 * 1024);
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use flowdeck_flow::Flow;
    use serde_json::{Value, json};

    use super::*;

    const DAG: &str = "inputs:\n  question: {type: string, is_chat_input: true}\n  chat_history: {type: list, default: DEFAULT}\noutputs:\n  answer: {type: string, reference: '${a.output}', is_chat_output: true}\n  sources: {type: list, reference: '${a.output}'}\nnodes:\n- {name: a, type: python, source: {type: code, path: a.py}, inputs: {q: '${inputs.question}'}}\n";
    const FLEX: &str = "entry: a:b\ninputs:\n  question: {type: string, is_chat_input: true}\n  chat_history: {type: list}\n";

    fn flow(text: &str) -> Flow {
        flowdeck_flow::check(text).flow.unwrap()
    }

    fn turn(question: Value, state: &str, outputs: Value) -> Turn {
        serde_json::from_value(json!({
            "run": "r", "number": 7, "question": question, "state": state, "started": 0, "outputs": outputs,
            "answer": outputs.get("answer").map(|_| "answer"),
        }))
        .unwrap()
    }

    fn history(flow: &Flow, turns: &[Turn]) -> Value {
        let history = of(&flow.chat().unwrap(), turns, &|_, _, _, value| {
            value.clone()
        })
        .unwrap();
        serde_json::from_str(history.json()).unwrap()
    }

    #[test]
    fn a_dag_s_history_has_the_question_and_every_output_of_turns_that_completed() {
        let flow = flow(&DAG.replace("DEFAULT", "[]"));
        let turns = [
            turn(
                json!("Why?"),
                "completed",
                json!({"answer": "So.", "sources": [1.50]}),
            ),
            turn(json!("Lost?"), "failed", json!(null)),
            turn(json!("Stopped?"), "canceled", json!(null)),
            turn(
                json!(["a", {"data:image/png;base64": "x"}]),
                "completed",
                json!({"answer": "\"", "sources": []}),
            ),
        ];
        assert_eq!(
            history(&flow, &turns),
            json!([
                {"inputs": {"question": "Why?"}, "outputs": {"answer": "So.", "sources": [1.5]}},
                {"inputs": {"question": ["a", {"data:image/png;base64": "x"}]}, "outputs": {"answer": "\"", "sources": []}},
            ])
        );
    }

    #[test]
    fn a_flex_flow_s_history_has_messages() {
        let turns = [turn(json!("Why?"), "completed", json!({"output": "So."}))];
        assert_eq!(
            history(&flow(FLEX), &turns),
            json!([{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}])
        );
    }

    #[test]
    fn a_history_begins_with_what_its_input_has_by_default() {
        let flow = flow(&DAG.replace(
            "DEFAULT",
            "[{inputs: {question: Hi}, outputs: {answer: Ho}}]",
        ));
        let turns = [turn(json!("Why?"), "completed", json!({"answer": "So."}))];
        let all = history(&flow, &turns);
        assert_eq!(all[0]["outputs"]["answer"], "Ho");
        assert_eq!(all[1]["inputs"]["question"], "Why?");
    }

    #[test]
    fn a_history_that_is_too_long_says_what_to_do() {
        let flow = flow(&DAG.replace("DEFAULT", "[]"));
        let long = "x".repeat(LONGEST);
        let turns = [turn(json!("Why?"), "completed", json!({"answer": long}))];
        let error = of(&flow.chat().unwrap(), &turns, &|_, _, _, value| {
            value.clone()
        })
        .unwrap_err()
        .to_root_error();
        assert_eq!(error.code, codes::CONVERSATION_FULL);
        assert!(
            error
                .message
                .contains("4.1 MB. The most that can be sent is 4 MB"),
            "{}",
            error.message
        );
        assert!(error.remedy().unwrap().contains("new conversation"));
        let mut cut = turn(json!("Why?"), "completed", json!({"answer": "…"}));
        cut.cut = true;
        let error = of(&flow.chat().unwrap(), &[cut], &|_, _, _, value| {
            value.clone()
        })
        .unwrap_err();
        assert!(error.to_string().starts_with("Run 7’s outputs"), "{error}");
    }
}
