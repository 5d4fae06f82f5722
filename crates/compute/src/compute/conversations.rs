//! What of this crate is about conversations with chat flows.

use flowdeck_contract::{
    Exact,
    conversations::{Asked, Conversation, ConversationSummary, Question},
    ids::{ConversationId, ConversationName, FlowId},
};

use crate::{compute::Compute, error::ComputeError};

impl Compute {
    /// The conversations with a flow; the one that changed last comes first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn conversations(&self, flow: &FlowId) -> Result<Vec<ConversationSummary>, ComputeError> {
        self.core.conversations.list(flow)
    }

    /// A conversation, whole.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<Conversation, ComputeError> {
        self.core.conversations.whole(flow, id)
    }

    /// Asks a question, in a new conversation where none is given: begins the run that answers it, with what was said
    /// before.
    ///
    /// # Errors
    /// When one can't chat with the flow, an answer is still coming, the history is too long, or as for a run.
    pub fn ask(
        &self,
        flow: &FlowId,
        conversation: Option<&ConversationId>,
        question: Question,
    ) -> Result<Asked, ComputeError> {
        self.core.conversations.ask(flow, conversation, question)
    }

    /// The history that goes with the next question, as the flow's input takes it.
    ///
    /// # Errors
    /// When there is no such conversation, one can't chat with the flow, or the history is too long.
    pub fn chat_history(&self, flow: &FlowId, id: &ConversationId) -> Result<Exact, ComputeError> {
        self.core.conversations.history(flow, id)
    }

    /// Gives a conversation another name, and gives it as it then stands.
    ///
    /// # Errors
    /// When there is no such conversation.
    pub fn rename_conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
        name: &ConversationName,
    ) -> Result<ConversationSummary, ComputeError> {
        self.core.conversations.rename(flow, id, name)
    }

    /// Undoes the deletion of a conversation, within a day; gives it as it then stands.
    ///
    /// # Errors
    /// When there is no such conversation any more.
    pub fn restore_conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<ConversationSummary, ComputeError> {
        self.core.conversations.restore(flow, id)
    }

    /// Deletes a conversation, which can be undone for a day; its runs stay in the history of runs as long as any.
    ///
    /// # Errors
    /// When there is no such conversation, or an answer is still coming.
    pub fn delete_conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<(), ComputeError> {
        self.core.conversations.delete(flow, id)
    }
}
