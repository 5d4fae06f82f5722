//! One call of a model that a person tries: a recorded one, or a change of it.

use serde::{Deserialize, Serialize};

use crate::{
    Exact,
    connections::ConnectionName,
    runs::{RunError, TraceCall},
};

/// Asks for one call of a model, by a connection of the project that the flow may use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModelCallRequest {
    /// The connection.
    pub connection: ConnectionName,
    /// What the model's client is given, by name: `messages` for a chat or `prompt` for a completion, `model`, and the
    /// parameters that it's to have. Whether the answer is streamed isn't theirs to say.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub inputs: Exact,
}

/// What comes of it: pieces of text, then one of the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", tag = "kind", content = "value")]
pub enum ModelCallEvent {
    /// More text of the answer.
    Text(String),
    /// The call as it's recorded, with the answer, or with what the service said in its place.
    Ended(Box<TraceCall>),
    /// The session couldn't make the call.
    Failed(RunError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_comes_back_as_it_was_sent() {
        let text = r#"{"kind":"ended","value":{"name":"c","kind":"LLM","inputs":{"a":1.10},"output":{"b":[2e3]}}}"#;
        let event: ModelCallEvent = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), text);
        let ModelCallEvent::Ended(call) = event else {
            panic!("{event:?}");
        };
        assert_eq!(call.inputs.unwrap().json(), r#"{"a":1.10}"#);
    }
}
