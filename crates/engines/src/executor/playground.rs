//! One call of a model in a session, as a flow of one node of ours: promptflow finds the connection, and its own client calls.

use std::path::Path;

use flowdeck_contract::{
    Exact, Values, connections::ConnectionName, playground::CallWait, runs::TraceCall,
};

use super::{Piece, calls};

/// The definition's file.
pub const CALL_DEFINITION: &str = "playground.dag.yaml";
/// The node, which has the call as its output.
pub const CALL_NODE: &str = "call";
/// The inputs: what the model's client is given, and the file that the answer's pieces go to.
pub(crate) const REQUEST: &str = "request";
const PIECES: &str = "pieces";

/// What a piece that has waits is called; each is a line of JSON.
pub(crate) const WAIT: &str = "wait";

/// The files of the flow, each with its text.
#[must_use]
pub fn call_files(connection: &ConnectionName) -> [(&'static str, String); 2] {
    // Text in JSON is text in YAML.
    let name = Exact::text(connection.as_str());
    let definition = format!(
        "inputs:
  {REQUEST}: {{type: object}}
  {PIECES}: {{type: string}}
outputs:
  answer: {{type: object, reference: '${{{CALL_NODE}.output}}'}}
nodes:
- name: {CALL_NODE}
  type: python
  source: {{type: code, path: playground.py}}
  inputs:
    connection: {}
    {REQUEST}: ${{inputs.{REQUEST}}}
    {PIECES}: ${{inputs.{PIECES}}}
",
        name.json()
    );
    let tool = include_str!("playground.py").to_owned();
    [(CALL_DEFINITION, definition), ("playground.py", tool)]
}

/// What the flow is run with.
#[must_use]
pub fn call_inputs(request: &Exact, pieces: &Path) -> Values {
    let pieces = Exact::text(&pieces.to_string_lossy());
    [
        (REQUEST.to_owned(), request.clone()),
        (PIECES.to_owned(), pieces),
    ]
    .into_iter()
    .collect()
}

/// The call that the node gave; nothing where it gave another thing.
#[must_use]
pub fn traced_call(output: &Exact) -> Option<TraceCall> {
    let list = Exact::parse(format!("[{}]", output.json())).ok()?;
    let (calls, _) = calls::read(Some(&list));
    calls.into_iter().next().filter(|call| call.kind == "LLM")
}

/// What a piece of a call's text is.
#[derive(Debug, PartialEq, Eq)]
pub enum CallPiece {
    /// Text of the answer.
    Text(String),
    /// Waits that are whole now.
    Waits(Vec<CallWait>),
}

/// Reads a piece. `begun` keeps a wait whose line isn't whole yet.
pub fn call_piece(begun: &mut String, piece: Piece) -> CallPiece {
    if piece.output != WAIT {
        return CallPiece::Text(piece.text);
    }
    begun.push_str(&piece.text);
    let whole = begun.rfind('\n').map_or(0, |end| end + 1);
    let rest = begun.split_off(whole);
    let lines = std::mem::replace(begun, rest);
    CallPiece::Waits(
        lines
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use flowdeck_contract::runs::TokenUse;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_definition_is_one_that_promptflow_takes() {
        let name = ConnectionName::try_from("a b-c").unwrap();
        let [(file, text), _] = call_files(&name);
        let report = flowdeck_flow::check_definition(file, &text);
        assert_eq!(report.errors().next(), None);
        let flow = report.flow.unwrap();
        assert_eq!(flow.nodes[0].name, CALL_NODE);
        assert_eq!(report.order.unwrap(), [CALL_NODE]);
    }

    #[test]
    fn a_call_has_its_tokens_and_what_else_a_node_gives_is_none() {
        let usage = json!({"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7});
        let output = json!({"name": "c", "type": "LLM", "start_time": 1.0, "end_time": 2.5, "output": {"usage": usage}});
        let call = traced_call(&Exact::from(output)).unwrap();
        assert!(matches!(call.tokens, Some(TokenUse::Counted(tokens)) if tokens.total == 7));
        assert_eq!(call.ended.unwrap().since(call.started.unwrap()), 1500);
        for other in [
            json!("call"),
            json!(null),
            json!({}),
            json!({"type": "Tool"}),
        ] {
            assert_eq!(traced_call(&Exact::from(other)), None);
        }
    }

    #[test]
    fn a_wait_is_read_once_its_line_is_whole_and_text_is_text() {
        let mut begun = String::new();
        let mut read = |output: &str, text: &str| {
            let (output, text) = (output.to_owned(), text.to_owned());
            call_piece(&mut begun, Piece { output, text })
        };
        let none = CallPiece::Waits(Vec::new());
        assert_eq!(
            read(WAIT, "{\"error\": \"RateLimitError\", \"nextTry\": 2,"),
            none
        );
        assert_eq!(read("answer", "{}\n"), CallPiece::Text("{}\n".to_owned()));
        let wait = CallWait {
            error: "RateLimitError".to_owned(),
            next_try: 2,
            milliseconds: 1500,
        };
        assert_eq!(
            read(WAIT, " \"milliseconds\": 1500}\nno wait\n"),
            CallPiece::Waits(vec![wait])
        );
        assert_eq!(read(WAIT, "\n"), none);
    }
}
