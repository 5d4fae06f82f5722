//! Conversations with a chat flow: questions, and the runs that answer them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Exact, Millis, Values,
    ids::{ConversationId, ConversationName, RunId},
    runs::{NodeState, RunDetail, RunError, RunState, RunSummary, TokenUse},
};

/// Asks a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Question {
    /// The value of the flow's chat input.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub question: Exact,
    /// Values of the flow's other inputs, without its history, by name; one left out takes its default.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub inputs: Values,
    /// Asks it after so many turns, and drops those that follow; left out, after all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u32>,
    /// Asks also when pictures of what was said before can't be read any more: a text stands for each.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_lost_pictures: bool,
    /// Environment variables by name, as those of a run.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
}

/// A question that was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// Where it was asked.
    pub conversation: ConversationSummary,
    /// The run that answers it.
    pub run: RunDetail,
}

/// Gives a conversation another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConversationRename {
    /// The name.
    pub name: ConversationName,
}

/// The conversations with a flow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConversationList {
    /// The one that changed last comes first.
    pub conversations: Vec<ConversationSummary>,
}

/// A row of the list of conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConversationSummary {
    /// The conversation.
    pub id: ConversationId,
    /// Its name: at first the beginning of its first question.
    pub name: ConversationName,
    /// When its first question was asked.
    pub created: Millis,
    /// When its last turn began or ended, or it got its name.
    pub changed: Millis,
    /// How many turns it has.
    pub turns: u32,
}

/// A conversation, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// What the list shows of it.
    pub summary: ConversationSummary,
    /// Its turns, the first one first.
    pub turns: Vec<Turn>,
}

/// A question and what came of it. It's kept when its run is no longer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Turn {
    /// The run that answers it.
    pub run: RunId,
    /// The number of that run.
    pub number: u64,
    /// The value of the flow's chat input.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub question: Exact,
    /// The values of other inputs that were given.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub inputs: Values,
    /// The output that is the answer; `None` when the whole result is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Where its run stands. Only a turn that completed is part of the history.
    pub state: RunState,
    /// When it began.
    pub started: Millis,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
    /// The flow's outputs by name; `None` until it completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub outputs: Option<Values>,
    /// The text of the answer that came before its run ended without completing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<String>,
    /// Whether an output was too large to be kept: no history has such a turn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// Tokens that its calls of models took; `None` when it called none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokenUse>,
    /// The nodes of its run, in execution order; none until it ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<TurnNode>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RunError>,
}

/// A node in the run of a turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TurnNode {
    /// The node's name.
    pub name: String,
    /// Where it stands.
    pub state: NodeState,
    /// How long it took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
}

/// The name that a result without names has among outputs.
const ONLY_OUTPUT: &str = "output";

impl Turn {
    /// A turn whose run has begun. `answer` names the output that is the answer.
    #[must_use]
    pub fn begun(
        run: &RunSummary,
        question: Exact,
        inputs: Values,
        answer: Option<String>,
    ) -> Self {
        Self {
            run: run.id.clone(),
            number: run.number,
            question,
            inputs,
            answer,
            state: run.state,
            started: run.started,
            ended: None,
            outputs: None,
            partial: None,
            cut: false,
            tokens: None,
            nodes: Vec::new(),
            error: None,
        }
    }

    /// The answer, once it is whole.
    #[must_use]
    pub fn whole_answer(&self) -> Option<Exact> {
        let outputs = self.outputs.as_ref()?;
        if let Some(name) = &self.answer {
            return outputs.get(name).cloned();
        }
        let mut all = outputs.iter();
        match (all.next(), all.next()) {
            (Some((ONLY_OUTPUT, only)), None) => Some(only.clone()),
            _ => serde_json::to_string(outputs)
                .ok()
                .and_then(|json| Exact::parse(json).ok()),
        }
    }

    /// Takes in how its run stands.
    pub fn take(&mut self, run: &RunDetail) {
        let name = self.answer.as_deref().unwrap_or(ONLY_OUTPUT);
        self.partial = match run.summary.state {
            RunState::Completed => None,
            _ => run.streamed.get(name).cloned(),
        };
        self.state = run.summary.state;
        self.ended = run.summary.ended;
        self.outputs.clone_from(&run.outputs);
        self.cut = run.whole.is_some();
        self.tokens.clone_from(&run.tokens);
        self.error.clone_from(&run.error);
        let nodes = run.nodes.iter().map(|node| TurnNode {
            name: node.name.clone(),
            state: node.state,
            duration_ms: node.duration_ms,
        });
        self.nodes = nodes.collect();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn turn(answer: Option<&str>, outputs: serde_json::Value) -> Turn {
        serde_json::from_value(json!({
            "run": "r", "number": 1, "question": "Why?", "state": "completed", "started": 0,
            "answer": answer, "outputs": outputs,
        }))
        .unwrap()
    }

    #[test]
    fn the_answer_is_the_chat_output_else_the_whole_result() {
        let answer = |name, outputs| turn(name, outputs).whole_answer();
        assert_eq!(
            answer(Some("a"), json!({"a": "So.", "b": 1})),
            Some(json!("So.").into())
        );
        assert_eq!(answer(Some("a"), json!({"b": 1})), None);
        assert_eq!(
            answer(None, json!({"output": "So."})),
            Some(json!("So.").into())
        );
        assert_eq!(answer(None, json!({"b": 1})).unwrap(), json!({"b": 1}));
        assert_eq!(answer(Some("a"), json!(null)), None);
    }
}
