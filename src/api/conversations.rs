//! The operations on conversations with chat flows.

use flowdeck_contract::{
    Exact,
    conversations::{
        Asked, Conversation, ConversationList, ConversationRename, ConversationSummary, Question,
    },
    ids::{ConversationId, ConversationName, FlowId},
    paths,
};

use super::{Api, ApiError};

impl Api {
    /// The conversations with a flow.
    pub async fn conversations(&self, flow: &FlowId) -> Result<ConversationList, ApiError> {
        self.get(&paths::conversations(&self.project(), flow)).await
    }

    /// A conversation, whole.
    pub async fn conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<Conversation, ApiError> {
        self.get(&paths::conversation(&self.project(), flow, id))
            .await
    }

    /// Asks a question, in a new conversation where none is given.
    pub async fn ask(
        &self,
        flow: &FlowId,
        conversation: Option<&ConversationId>,
        question: &Question,
    ) -> Result<Asked, ApiError> {
        let project = self.project();
        let path = match conversation {
            Some(id) => paths::conversation_turns(&project, flow, id),
            None => paths::conversations(&project, flow),
        };
        self.post(&path, question).await
    }

    /// The history that goes with the next question.
    pub async fn chat_history(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<Exact, ApiError> {
        self.get(&paths::conversation_history(&self.project(), flow, id))
            .await
    }

    /// Gives a conversation another name.
    pub async fn rename_conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
        name: ConversationName,
    ) -> Result<ConversationSummary, ApiError> {
        let path = paths::conversation_rename(&self.project(), flow, id);
        self.post(&path, &ConversationRename { name }).await
    }

    /// Undoes the deletion of a conversation, within a day.
    pub async fn restore_conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<ConversationSummary, ApiError> {
        let path = paths::conversation_restore(&self.project(), flow, id);
        self.post(&path, &serde_json::json!({})).await
    }

    /// Deletes a conversation.
    pub async fn delete_conversation(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<(), ApiError> {
        self.delete(&paths::conversation(&self.project(), flow, id))
            .await
    }
}
