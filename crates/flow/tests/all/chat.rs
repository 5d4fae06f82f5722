//! Which flows are chats, and whether their answers stream.

#![allow(clippy::panic, reason = "its functions are for tests alone")]

use flowdeck_flow::{Flow, HistoryShape, NoChat, Streaming, check};

const INPUTS: &str = "inputs:\n  question: {type: string, is_chat_input: true}\n  chat_history: {type: list, default: []}\n";
const OUTPUTS: &str =
    "outputs:\n  answer: {type: string, reference: '${ask.output}', is_chat_output: true}\n";
const LLM: &str = "- {name: ask, type: llm, source: {type: code, path: a.jinja2}, inputs: {q: '${inputs.question}'}, connection: c, api: chat}\n";

fn flow(text: &str) -> Flow {
    let report = check(text);
    report
        .flow
        .unwrap_or_else(|| panic!("{text}: {:?}", report.findings))
}

fn of(inputs: &str, outputs: &str) -> Flow {
    flow(&format!("{inputs}{outputs}nodes:\n{LLM}"))
}

#[test]
fn a_chat_has_one_question_a_history_and_one_answer() {
    let flow = of(INPUTS, OUTPUTS);
    let chat = flow.chat().unwrap();
    assert_eq!(
        (
            &*chat.question.name,
            &*chat.history.name,
            &*chat.answer.unwrap().name
        ),
        ("question", "chat_history", "answer")
    );
    assert_eq!(chat.shape, HistoryShape::Turns);
}

#[test]
fn a_flow_without_outputs_answers_with_its_whole_result() {
    assert_eq!(of(INPUTS, "").chat().unwrap().answer, None);
}

#[test]
fn the_history_is_the_input_that_says_so_else_one_of_its_name_that_does_not_deny_it() {
    let history = |inputs: &str| {
        let text = format!("inputs:\n  question: {{type: string, is_chat_input: true}}\n{inputs}");
        let flow = of(&text, OUTPUTS);
        let name = flow.chat().map(|chat| chat.history.name.clone());
        name.map_err(|error| (error, error.to_string()))
    };
    let named = |name: &str| Ok(name.to_owned());
    assert_eq!(
        history("  chat_history: {type: list}\n"),
        named("chat_history")
    );
    assert_eq!(
        history("  chat_history: {type: list}\n  said: {type: list, is_chat_history: true}\n"),
        named("said")
    );
    for none in [
        "  chat_history: {type: list, is_chat_history: false}\n",
        "  said: {type: list}\n",
        "",
    ] {
        let (error, words) = history(none).unwrap_err();
        assert_eq!(error, NoChat::NoHistory, "{none}");
        assert!(words.contains("chat_history"), "{words}");
    }
    // A flow that isn't a chat has no history, whatever its inputs are called.
    let plain = of("inputs:\n  chat_history: {type: list}\n", "");
    assert!(!plain.inputs[0].is_chat_history);
}

#[test]
fn what_stands_in_the_way_of_a_chat_is_told() {
    let second = "  other: {type: string, is_chat_input: true}\n";
    let answers = "outputs:\n  a: {type: string, reference: '${ask.output}', is_chat_output: true}\n  b: {type: string, reference: '${ask.output}', is_chat_output: true}\n";
    let unmarked = "outputs:\n  a: {type: string, reference: '${ask.output}'}\n";
    let said = |inputs: &str, outputs: &str| of(inputs, outputs).chat().map(drop).unwrap_err();
    assert_eq!(
        said("inputs:\n  q: {type: string}\n", OUTPUTS),
        NoChat::NoQuestion
    );
    assert_eq!(
        said(&format!("{INPUTS}{second}"), OUTPUTS),
        NoChat::SeveralQuestions
    );
    assert_eq!(said(INPUTS, answers), NoChat::SeveralAnswers);
    assert_eq!(said(INPUTS, unmarked), NoChat::NoAnswer);
}

#[test]
fn a_flex_flow_s_history_is_made_of_messages() {
    let flow = flow(
        "entry: chat:talk\ninputs:\n  question: {type: string, is_chat_input: true}\n  chat_history: {type: list}\n",
    );
    assert_eq!(flow.chat().unwrap().shape, HistoryShape::Messages);
}

#[test]
fn an_llm_node_streams_to_outputs_alone() {
    let how = |nodes: &str, reference: &str| {
        let flow = flow(&format!(
            "{INPUTS}outputs:\n  answer: {{type: string, reference: '{reference}', is_chat_output: true}}\nnodes:\n{nodes}"
        ));
        let chat = flow.chat().unwrap();
        match flow.streaming(chat.answer.unwrap()) {
            Streaming::PieceByPiece(node) => format!("pieces of {}", node.name),
            Streaming::IfItYields(node) => format!("{} may yield", node.name),
            Streaming::UsedBy(node, user) => format!("{} is used by {}", node.name, user.name),
            Streaming::AtTheEnd(node) => format!("{} at its end", node.name),
            Streaming::PartOf(node) => format!("part of {}", node.name),
            Streaming::Unknown => "unknown".to_owned(),
        }
    };
    let python = "- {name: tidy, type: python, source: {type: code, path: t.py}, inputs: {text: '${ask.output}'}}\n";
    let both = format!("{LLM}{python}");
    assert_eq!(how(LLM, "${ask.output}"), "pieces of ask");
    assert_eq!(how(&both, "${ask.output}"), "ask is used by tidy");
    assert_eq!(how(&both, "${tidy.output}"), "tidy may yield");
    assert_eq!(how(&both, "${tidy.output.text}"), "part of tidy");
    assert_eq!(how(LLM, "${inputs.question}"), "unknown");
    let prompt = "- {name: say, type: prompt, source: {type: code, path: s.jinja2}, inputs: {}}\n";
    assert_eq!(how(prompt, "${say.output}"), "say at its end");
    // What promptflow doesn't look at doesn't count.
    let waits = format!(
        "{LLM}- {{name: log, type: python, source: {{type: code, path: t.py}}, inputs: {{}}, activate: {{when: '${{ask.output}}', is: x}}}}\n"
    );
    assert_eq!(how(&waits, "${ask.output}"), "pieces of ask");
}
