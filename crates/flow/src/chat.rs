//! What of a flow is a chat: the input that takes the question, the history, the output that answers, and whether the
//! answer can come piece by piece. The rules are promptflow's (`is_executable_chat_flow` and `enable_streaming_for_llm_flow`).

use std::fmt;

use crate::model::{Assignment, Flow, FlowInput, FlowKind, FlowOutput, Node, NodeType, ValueType};

/// The parts of a flow that one can chat with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chat<'f> {
    /// Takes the question.
    pub question: &'f FlowInput,
    /// Takes what was said before.
    pub history: &'f FlowInput,
    /// The answer; `None` when the flow declares no outputs, and its whole result is the answer.
    pub answer: Option<&'f FlowOutput>,
    /// What the history is made of.
    pub shape: HistoryShape,
}

/// What a history is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryShape {
    /// `{"inputs": {QUESTION: …}, "outputs": {…}}` for each turn, with every output: that of a DAG.
    Turns,
    /// `{"role": "user", "content": …}` and `{"role": "assistant", "content": …}` for each turn: that of a flex flow or prompty.
    Messages,
}

/// Why one can't chat with a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoChat {
    /// No input takes the question.
    NoQuestion,
    /// More than one input would take the question.
    SeveralQuestions,
    /// There are outputs, and none is the answer.
    NoAnswer,
    /// More than one output would be the answer.
    SeveralAnswers,
    /// No input takes what was said before.
    NoHistory,
}

impl fmt::Display for NoChat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoQuestion => "No input is the chat input. Add is_chat_input: true to one.",
            Self::SeveralQuestions => {
                "More than one input is a chat input. Keep is_chat_input: true on one of them."
            }
            Self::NoAnswer => "No output is the chat output. Add is_chat_output: true to one.",
            Self::SeveralAnswers => {
                "More than one output is a chat output. Keep is_chat_output: true on one of them."
            }
            Self::NoHistory => {
                "No input takes the chat history. Add an input chat_history of type list."
            }
        })
    }
}

impl std::error::Error for NoChat {}

/// How an answer comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Streaming<'f> {
    /// Piece by piece, from this LLM node.
    PieceByPiece(&'f Node),
    /// Piece by piece if the function of this Python node yields, which only a run shows.
    IfItYields(&'f Node),
    /// Whole: this LLM node streams to outputs alone, and the other node takes its output, too.
    UsedBy(&'f Node, &'f Node),
    /// Whole: a node of this kind gives its output at its end.
    AtTheEnd(&'f Node),
    /// Whole: the answer is a part of this node's output.
    PartOf(&'f Node),
    /// The answer comes from no node that is known.
    Unknown,
}

impl Flow {
    /// Its parts as a chat.
    ///
    /// # Errors
    /// When promptflow wouldn't chat with it.
    pub fn chat(&self) -> Result<Chat<'_>, NoChat> {
        let mut questions = self.inputs.iter().filter(|input| input.is_chat_input);
        let question = questions.next().ok_or(NoChat::NoQuestion)?;
        if questions.next().is_some() {
            return Err(NoChat::SeveralQuestions);
        }
        let mut answers = self.outputs.iter().filter(|output| output.is_chat_output);
        let answer = answers.next();
        if answers.next().is_some() {
            return Err(NoChat::SeveralAnswers);
        }
        // What a function or a model gives has no output that could be marked.
        let declares = self.kind == FlowKind::Dag && !self.outputs.is_empty();
        if answer.is_none() && declares {
            return Err(NoChat::NoAnswer);
        }
        let history = self.inputs.iter().find(|input| input.is_chat_history);
        Ok(Chat {
            question,
            history: history.ok_or(NoChat::NoHistory)?,
            answer,
            shape: match self.kind {
                FlowKind::Dag => HistoryShape::Turns,
                FlowKind::Flex | FlowKind::Prompty => HistoryShape::Messages,
            },
        })
    }

    /// Marks what a flex flow or prompty takes a question and a history by, where it says so by their names alone: what it
    /// takes has no marks where a signature says it. A history need not be given.
    pub(crate) fn find_chat(&mut self) {
        let at = |name: &str| self.inputs.iter().position(|input| input.name == name);
        let (Some(history), question) = (at("chat_history"), at("question")) else {
            return;
        };
        let is_marked = self.inputs.iter().any(|input| input.is_chat_input);
        let question = question.filter(|_| !is_marked);
        if !is_marked && question.is_none() {
            return;
        }
        if let Some(input) = question.and_then(|at| self.inputs.get_mut(at)) {
            input.is_chat_input = true;
        }
        if let Some(input) = self.inputs.get_mut(history) {
            input.is_chat_history = true;
            input.input_type = ValueType::List;
            if input.default.is_none() && input.long_default.is_none() {
                input.default = Some(serde_json::Value::Array(Vec::new()));
            }
        }
    }

    /// How this output comes, as far as the definition tells.
    #[must_use]
    pub fn streaming(&self, output: &FlowOutput) -> Streaming<'_> {
        let Assignment::Node {
            node: name,
            section,
            property,
        } = &output.reference
        else {
            return Streaming::Unknown;
        };
        let Some(node) = self.nodes.iter().find(|node| node.name == *name) else {
            return Streaming::Unknown;
        };
        if section != "output" || property.is_some() {
            return Streaming::PartOf(node);
        }
        let user = || self.nodes.iter().find(|user| takes_output_of(user, node));
        match node.node_type {
            Some(NodeType::Llm) => match user() {
                Some(user) => Streaming::UsedBy(node, user),
                None => Streaming::PieceByPiece(node),
            },
            Some(NodeType::Python) => Streaming::IfItYields(node),
            Some(NodeType::Prompt) => Streaming::AtTheEnd(node),
            Some(NodeType::Csharp | NodeType::Action | NodeType::CustomLlm) | None => {
                Streaming::Unknown
            }
        }
    }
}

/// promptflow looks at inputs alone, not at conditions.
fn takes_output_of(user: &Node, of: &Node) -> bool {
    let mut values = user.inputs.iter().map(|input| &input.value);
    values.any(|value| matches!(value, Assignment::Node { node, .. } if *node == of.name))
}
