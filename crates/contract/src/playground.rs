//! One call of a model that a person tries: a recorded one, or a change of it.

use std::collections::BTreeMap;

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
    /// Environment variables by name, in the place of the flow's or in addition to them, as for a run.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
}

/// A wait before a model is asked again, because it was busy or out of reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallWait {
    /// What the last try ended with, by the name that the model's client gives it, such as `RateLimitError`.
    pub error: String,
    /// Which try comes next, from 2.
    pub next_try: u32,
    /// How long the wait is.
    pub milliseconds: u64,
}

/// What comes of it: waits and pieces of text, then one of the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", tag = "kind", content = "value")]
pub enum ModelCallEvent {
    /// More text of the answer.
    Text(String),
    /// It's asked again after this wait.
    Waiting(CallWait),
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
