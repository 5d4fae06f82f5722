//! Conversations with chat flows: each question is answered by a run like any other, which is given what was said before.

mod history;
mod pictures;

use std::sync::Arc;

use flowdeck_access::id;
use flowdeck_connections::Connections;
use flowdeck_contract::{
    Exact, Millis, Values,
    conversations::{Asked, Conversation, ConversationSummary, Question},
    events::FlowEvent,
    ids::{ConversationId, ConversationName, FlowId},
    pictures::{Content, said as content_of},
    runs::RunRequest,
};
use flowdeck_flow::Flow;
use parking_lot::Mutex;

use self::pictures::HistoryPictures;
use crate::{error::ComputeError, owner::Owner, runs::Runs, store::NewTurn};

/// More conversations with one flow aren't begun…
const MOST_OF_A_FLOW: usize = 200;
/// …nor with all flows together, also those that are gone.
const MOST_IN_ALL: u64 = 5_000;
/// For so long a deletion can be undone, in milliseconds: a day.
const UNDONE_FOR: i64 = 24 * 60 * 60 * 1000;
/// A conversation has no more turns.
const MOST_TURNS: usize = 500;

/// What a conversation is called whose first question isn't a text.
const UNNAMED: &str = "New conversation";

/// The conversations with all flows.
pub(crate) struct Conversations {
    runs: Arc<Runs>,
    connections: Arc<Connections>,
    /// Held from looking at a conversation until it has changed: no two questions follow the same turn.
    changing: Mutex<()>,
}

impl Conversations {
    pub(crate) fn new(runs: &Arc<Runs>, connections: &Arc<Connections>) -> Self {
        Self {
            runs: Arc::clone(runs),
            connections: Arc::clone(connections),
            changing: Mutex::new(()),
        }
    }

    pub(crate) fn list(&self, flow: &FlowId) -> Result<Vec<ConversationSummary>, ComputeError> {
        self.runs.store().conversations(flow)
    }

    pub(crate) fn whole(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<Conversation, ComputeError> {
        self.runs
            .store()
            .conversation(flow, id)?
            .ok_or_else(|| ComputeError::ConversationNotFound(id.to_string()))
    }

    pub(crate) fn ask(
        &self,
        flow: &FlowId,
        id: Option<&ConversationId>,
        asked: Question,
    ) -> Result<Asked, ComputeError> {
        let _changing = self.changing.lock();
        let parsed = self.runs.flow(flow)?;
        let chat = parsed.chat().map_err(no_chat)?;
        let mut conversation = match id {
            Some(id) => self.whole(flow, id)?,
            None => self.begun(flow, &asked.question)?,
        };
        let after = self.turns_before(&conversation, asked.after)?;
        conversation.turns.truncate(after);
        let mut inputs = asked.inputs.clone();
        for own in [chat.question, chat.history] {
            if inputs.get(&own.name).is_some() {
                return Err(ComputeError::invalid(
                    "InputOfChat",
                    format!("The conversation gives the input ‘{}’.", own.name),
                )
                .at(own.name.clone()));
            }
        }
        let pictures = HistoryPictures::new(self.runs.paths(), flow, parsed.message_format);
        let history = history::of(&chat, &conversation.turns, &|at, part, turn, value| {
            pictures.found(at, part, turn, value)
        })?;
        if !asked.without_lost_pictures {
            pictures.require_all()?;
        }
        inputs.insert(&chat.history.name, history);
        inputs.insert(&chat.question.name, asked.question.clone());
        let turn = NewTurn {
            conversation: conversation.summary,
            after: u32::try_from(after).unwrap_or(u32::MAX),
            question: self.masked(asked.question),
            inputs: self.all_masked(asked.inputs),
            answer: chat.answer.map(|output| output.name.clone()),
        };
        let id = turn.conversation.id.clone();
        let request = RunRequest {
            inputs,
            stream: true,
            variables: asked.variables,
            ..RunRequest::default()
        };
        let run = self.runs.begin(flow, &request, Some(turn))?;
        Ok(Asked {
            conversation: self.whole(flow, &id)?.summary,
            run,
        })
    }

    pub(crate) fn history(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<Exact, ComputeError> {
        let conversation = self.whole(flow, id)?;
        let parsed: Flow = self.runs.flow(flow)?;
        let chat = parsed.chat().map_err(no_chat)?;
        history::of(&chat, &conversation.turns, &|_, _, _, value| value.clone())
    }

    pub(crate) fn rename(
        &self,
        flow: &FlowId,
        id: &ConversationId,
        name: &ConversationName,
    ) -> Result<ConversationSummary, ComputeError> {
        let now = self.runs.now();
        if !self.runs.store().rename_conversation(flow, id, name, now)? {
            return Err(ComputeError::ConversationNotFound(id.to_string()));
        }
        self.tell(flow, id);
        Ok(self.whole(flow, id)?.summary)
    }

    pub(crate) fn delete(&self, flow: &FlowId, id: &ConversationId) -> Result<(), ComputeError> {
        let _changing = self.changing.lock();
        require_rest(&self.whole(flow, id)?)?;
        let store = self.runs.store();
        store.delete_conversation(flow, id, self.runs.now())?;
        self.forget_deleted()?;
        self.tell(flow, id);
        Ok(())
    }

    /// Undoes a deletion.
    pub(crate) fn restore(
        &self,
        flow: &FlowId,
        id: &ConversationId,
    ) -> Result<ConversationSummary, ComputeError> {
        let _changing = self.changing.lock();
        self.forget_deleted()?;
        if !self.runs.store().restore_conversation(flow, id)? {
            return Err(ComputeError::ConversationNotFound(id.to_string()));
        }
        self.tell(flow, id);
        Ok(self.whole(flow, id)?.summary)
    }

    fn forget_deleted(&self) -> Result<(), ComputeError> {
        let before = Millis(self.runs.now().0 - UNDONE_FOR);
        self.runs.store().forget_deleted_conversations(before)
    }

    /// A conversation that nothing was said in, if there is room for another.
    fn begun(&self, flow: &FlowId, question: &Exact) -> Result<Conversation, ComputeError> {
        let full = |count: u64, what: &str| {
            ComputeError::not_now(
                "TooManyConversations",
                format!("There are already {count} conversations with {what}."),
                "Delete conversations that you no longer need.",
            )
        };
        self.forget_deleted()?;
        let store = self.runs.store();
        if store.conversations(flow)?.len() >= MOST_OF_A_FLOW {
            return Err(full(MOST_OF_A_FLOW as u64, "this flow"));
        }
        let all = store.conversation_count()?;
        if all >= MOST_IN_ALL {
            return Err(full(all, "all flows"));
        }
        let now = self.runs.now();
        let text = said(&self.masked(question.clone()));
        let name = ConversationName::beginning(&text).map_or_else(unnamed, Ok)?;
        let summary = ConversationSummary {
            id: id::random(),
            name,
            created: now,
            changed: now,
            turns: 0,
        };
        Ok(Conversation {
            summary,
            turns: Vec::new(),
        })
    }

    /// How many turns stay before the next question.
    fn turns_before(
        &self,
        conversation: &Conversation,
        after: Option<u32>,
    ) -> Result<usize, ComputeError> {
        require_rest(conversation)?;
        let count = conversation.turns.len();
        let after = after.map_or(count, |after| after as usize);
        if after > count {
            return Err(ComputeError::invalid(
                "TurnNotFound",
                format!("The conversation has {count} turns."),
            )
            .at("after"));
        }
        if after >= MOST_TURNS {
            return Err(history::full(format!(
                "This conversation has {MOST_TURNS} questions, the most there can be."
            )));
        }
        Ok(after)
    }

    fn masked(&self, value: Exact) -> Exact {
        let masked = self.connections.masks().json(value.json()).into_owned();
        Exact::parse(masked).unwrap_or_else(|_| Exact::null())
    }

    fn all_masked(&self, values: Values) -> Values {
        let masked = values
            .into_iter()
            .map(|(name, value)| (name, self.masked(value)));
        masked.collect()
    }

    fn tell(&self, flow: &FlowId, id: &ConversationId) {
        let event = FlowEvent::Conversation(id.clone());
        self.runs.events().send(&Owner::from(flow), event);
    }
}

/// The texts of a question.
fn said(question: &Exact) -> String {
    let contents = content_of(question).unwrap_or_default();
    let texts = contents.into_iter().filter_map(|content| match content {
        Content::Text(text) => Some(text),
        Content::Picture(_) => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}

fn unnamed() -> Result<ConversationName, ComputeError> {
    ConversationName::try_from(UNNAMED)
        .map_err(|error| ComputeError::Record(serde::de::Error::custom(error)))
}

/// Refuses where an answer is still coming.
fn require_rest(conversation: &Conversation) -> Result<(), ComputeError> {
    let is_coming = conversation.turns.iter().any(|turn| !turn.state.is_over());
    if is_coming {
        return Err(ComputeError::not_now(
            "AnswerComing",
            "This conversation’s last question isn’t answered yet.",
            "Wait for the answer, or stop it.",
        ));
    }
    Ok(())
}

fn no_chat(error: flowdeck_flow::NoChat) -> ComputeError {
    ComputeError::invalid("NoChat", format!("You can’t chat with this flow. {error}"))
}
