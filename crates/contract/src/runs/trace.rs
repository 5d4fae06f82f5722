//! What a run called, and the tokens that it took.

use serde::{Deserialize, Serialize};

use crate::{Exact, Millis};

/// Tokens, where they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum TokenUse {
    /// The services said how many.
    Counted(TokenCount),
    /// A model was called that didn't say.
    Unknown,
}

/// How many tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TokenCount {
    /// Of what was sent.
    pub prompt: u64,
    /// Of what was answered.
    pub completion: u64,
    /// Both.
    pub total: u64,
    /// Of what was sent, those that the service had kept; `None` when it doesn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<u64>,
    /// Of what was answered, those of its reasoning; `None` when it doesn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<u64>,
}

impl TokenUse {
    /// Both together: unknown when one is.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let (Self::Counted(one), Self::Counted(other)) = (self, other) else {
            return Self::Unknown;
        };
        let sum = |one: Option<u64>, other: Option<u64>| match (one, other) {
            (None, None) => None,
            (one, other) => Some(one.unwrap_or(0).saturating_add(other.unwrap_or(0))),
        };
        Self::Counted(TokenCount {
            prompt: one.prompt.saturating_add(other.prompt),
            completion: one.completion.saturating_add(other.completion),
            total: one.total.saturating_add(other.total),
            cached: sum(one.cached, other.cached),
            reasoning: sum(one.reasoning, other.reasoning),
        })
    }
}

/// What was called, as the JSON of a list of [`TraceCall`]: read when it's shown, since a page mostly doesn't.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Trace(Option<Exact>);

impl Trace {
    /// Whether nothing was called.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The calls, in order.
    ///
    /// # Errors
    /// When it isn't a list of calls: a newer server may send others.
    pub fn calls(&self) -> serde_json::Result<Vec<TraceCall>> {
        self.0
            .as_ref()
            .map_or(Ok(Vec::new()), |calls| serde_json::from_str(calls.json()))
    }
}

impl From<&[TraceCall]> for Trace {
    fn from(calls: &[TraceCall]) -> Self {
        let json = (!calls.is_empty()).then(|| serde_json::to_string(calls));
        Self(json.and_then(|json| Exact::parse(json.ok()?).ok()))
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A call that promptflow traced: of a model, a tool or a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TraceCall {
    /// The function's name.
    pub name: String,
    /// promptflow's kind, such as `LLM`, `Embedding` or `Function`.
    pub kind: String,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Millis>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
    /// What it was given: of a model, the rendered messages and the parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub inputs: Option<Exact>,
    /// What it gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub output: Option<Exact>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Its tokens, with those of the calls within it; `None` when no model was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokenUse>,
    /// The calls within it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub children: Vec<TraceCall>,
    /// How many calls within it aren't kept, since there were too many. Their tokens are counted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub left_out: u64,
}
