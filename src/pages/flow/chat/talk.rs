//! What is known of the conversation that's shown, and asking in it.

use std::sync::Arc;

use flowdeck_contract::{
    Exact, Values, codes,
    conversations::{Asked, Conversation, ConversationList, Question, Turn},
    ids::{ConversationId, RunId},
    pictures::Picture,
    prices::Prices,
};
use flowdeck_flow::Flow;
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{answer::state_of, question};
use crate::{
    api::{ApiError, Remote},
    nav::Step,
    pages::flow::{
        Actions, FlowContext,
        actions::{RefusedRun, focus},
        definition::{Definition, use_definition},
        inputs::{InputForm, field::Field},
    },
    routes::{ChatView, FlowView},
    storage::Store,
};

/// The id of the box for the next question.
pub(super) const MESSAGE: &str = "chat-message";

/// What follows once a question is asked.
type Taken = Box<dyn FnOnce() + Send + Sync>;

/// The chat of the flow page. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Talk {
    pub(super) context: FlowContext,
    pub(super) actions: Actions,
    pub(super) form: InputForm,
    pub(super) definition: Memo<Option<Arc<Definition>>>,
    /// The conversation that the address names; `None` is a new one.
    pub(super) id: Memo<Option<ConversationId>>,
    /// All conversations with the flow.
    pub(super) list: Remote<ConversationList>,
    /// What models cost.
    pub(super) prices: Remote<Prices>,
    /// The conversation, once it's loaded.
    pub(super) whole: RwSignal<Option<Conversation>>,
    /// Why it couldn't be loaded.
    pub(super) failure: RwSignal<Option<ApiError>>,
    /// The run of the answer that is coming.
    pub(super) coming: Memo<Option<RunId>>,
    /// What is typed into the box.
    pub(super) draft: RwSignal<String>,
    /// The pictures that go with it.
    pub(super) pictures: RwSignal<Vec<Picture>>,
    /// Why a picture wasn't attached.
    pub(super) no_pictures: RwSignal<Option<&'static str>>,
    /// Whether a question is on its way.
    pub(super) is_asking: RwSignal<bool>,
    /// Why the last question wasn't asked.
    pub(super) refused: RwSignal<Option<ApiError>>,
    /// The question that was refused, with the turns before it, to be asked in another way.
    unasked: StoredValue<Option<(Question, Taken)>>,
    /// The run of the turn whose question is edited.
    pub(super) edited: RwSignal<Option<RunId>>,
    /// The one that this page is deleting: that it's gone is no failure.
    pub(super) deleting: StoredValue<Option<ConversationId>>,
    loads: StoredValue<u32>,
    owner: StoredValue<Owner>,
}

impl Talk {
    /// Makes it available below.
    pub(super) fn provide() -> Self {
        let context = FlowContext::from_context();
        let list = Remote::new(move || {
            let flow = context.flow();
            async move { context.api.conversations(&flow).await }
        });
        let whole = RwSignal::new(None);
        let talk = Self {
            context,
            actions: Actions::from_context(),
            form: InputForm::from_context(),
            definition: use_definition(context),
            id: Memo::new(move |_| {
                context.view.with(|view| match &view.chat {
                    Some(ChatView::Of(id)) => Some(id.clone()),
                    Some(ChatView::New) | None => None,
                })
            }),
            list,
            prices: Remote::new(move || async move { context.api.prices().await }),
            whole,
            failure: RwSignal::new(None),
            coming: Memo::new(move |_| whole.with(|whole| coming(context, whole.as_ref()?))),
            draft: RwSignal::new(String::new()),
            pictures: RwSignal::new(Vec::new()),
            no_pictures: RwSignal::new(None),
            is_asking: RwSignal::new(false),
            refused: RwSignal::new(None),
            unasked: StoredValue::new(None),
            edited: RwSignal::new(None),
            deleting: StoredValue::new(None),
            loads: StoredValue::new(0),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        };
        talk.follow();
        talk.remember_drafts();
        provide_context(talk);
        talk
    }

    /// The one in the context.
    pub(super) fn from_context() -> Self {
        expect_context()
    }

    /// Loads the conversation that the address names, and again with each change.
    fn follow(self) {
        Effect::new(move |before: Option<(u32, Option<ConversationId>)>| {
            let changes = self.context.live.conversations.get();
            let id = self.id.get();
            let (changes_before, id_before) = before.unzip();
            if changes_before.is_some_and(|before| before != changes) {
                self.list.refresh();
            }
            if id_before.is_some_and(|before| before != id) {
                self.leave(id.as_ref());
            }
            self.load();
            (changes, id)
        });
    }

    /// Forgets what belongs to another conversation than `id`.
    fn leave(self, id: Option<&ConversationId>) {
        self.failure.set(None);
        // A question that began the conversation has shown it already.
        let is_shown = self
            .whole
            .with_untracked(|whole| whole.as_ref().map(|whole| &whole.summary.id) == id);
        if !is_shown {
            self.whole.set(None);
            self.refused.set(None);
            self.edited.set(None);
        }
    }

    /// Asks for the conversation; an answer that another one has overtaken isn't looked at.
    pub(super) fn load(self) {
        let Some(id) = self.id.get_untracked() else {
            return;
        };
        self.loads.update_value(|loads| *loads += 1);
        let load = self.loads.get_value();
        let flow = self.context.flow();
        self.spawn(async move {
            let answer = self.context.api.conversation(&flow, &id).await;
            let is_overtaken = self.loads.get_value() != load;
            let id = Some(id);
            if is_overtaken || self.id.get_untracked() != id || self.deleting.get_value() == id {
                return;
            }
            match answer {
                Ok(whole) => {
                    self.failure.set(None);
                    self.whole.set(Some(whole));
                }
                Err(error) => {
                    if error.is_not_found() {
                        self.whole.set(None);
                    }
                    self.failure.set(Some(error));
                }
            }
        });
    }

    /// Brings back what was typed for the conversation that's shown.
    fn remember_drafts(self) {
        Effect::new(move |_| {
            self.id.track();
            let key = untrack(|| self.draft_key());
            self.draft.set(Store::Local.read(&key).unwrap_or_default());
            let pictures = Store::Local.read(&pictures_key(&key));
            let pictures = pictures.as_deref().map(question::from_kept);
            self.pictures.set(pictures.unwrap_or_default());
            self.no_pictures.set(None);
            if let Some((run, _)) = Store::Local.read(&edit_key(&key)).and_then(read_edit) {
                self.edited.set(Some(run));
            }
        });
    }

    /// Changes the pictures of the next question, and keeps them for this conversation.
    pub(super) fn attach(self, change: impl FnOnce(&mut Vec<Picture>)) {
        if !untrack(|| self.takes_pictures()) {
            return self.no_pictures.set(Some(question::TEXT_ONLY));
        }
        self.no_pictures.set(None);
        self.pictures.update(change);
        let key = pictures_key(&untrack(|| self.draft_key()));
        self.pictures
            .with_untracked(|pictures| match pictures.as_slice() {
                [] => Store::Local.remove(&key),
                pictures => {
                    Store::Local.write(&key, &question::kept(pictures));
                }
            });
    }

    /// Whether a question to this flow can have pictures.
    pub(super) fn takes_pictures(self) -> bool {
        let takes = self.with_flow(|flow| {
            let mut inputs = flow.inputs.iter();
            let input = inputs.find(|input| input.is_chat_input);
            input.is_some_and(question::takes_pictures)
        });
        takes.unwrap_or_default()
    }

    fn draft_key(self) -> String {
        let (project, flow) = (self.context.project(), self.context.flow());
        let id = self.id.get();
        let id = id.as_ref().map_or("", ConversationId::as_str);
        format!("flowdeck.chat.{project}/{}/{id}", flow.as_str())
    }

    /// Takes what is typed, and keeps it for this conversation.
    pub(super) fn type_in(self, text: String) {
        let key = untrack(|| self.draft_key());
        match text.as_str() {
            "" => Store::Local.remove(&key),
            text => {
                Store::Local.write(&key, text);
            }
        }
        self.draft.set(text);
    }

    /// Sends what is typed into the box.
    pub(super) fn send(self) {
        let draft = self.draft.get_untracked();
        let pictures = self.pictures.get_untracked();
        if draft.trim().is_empty() && pictures.is_empty()
            || self.coming.with_untracked(Option::is_some)
        {
            return;
        }
        match self.value_of(&draft, &pictures) {
            Ok(question) => self.ask(question, None, move || {
                self.type_in(String::new());
                if !self.pictures.with_untracked(Vec::is_empty) {
                    self.attach(Vec::clear);
                }
                focus(MESSAGE);
            }),
            Err(reason) => self.refused.set(Some(unusable(reason.to_owned()))),
        }
    }

    /// Asks a question, after so many turns where that's given, and calls `taken` once it is asked.
    ///
    /// The turn that it replaces may be gone by then: `taken` must hold nothing of that turn's view.
    pub(super) fn ask(
        self,
        question: Exact,
        after: Option<usize>,
        taken: impl FnOnce() + Send + Sync + 'static,
    ) {
        if self.is_asking.get_untracked() {
            return;
        }
        self.refused.set(None);
        let inputs = match self.other_inputs() {
            Ok(inputs) => inputs,
            Err(reason) => {
                self.form.tried.set(true);
                return self.refused.set(Some(unusable(reason)));
            }
        };
        let after = after.and_then(|after| u32::try_from(after).ok());
        let asked = Question {
            question,
            inputs,
            after,
            without_lost_pictures: false,
            variables: self.form.variables.get_untracked(),
        };
        self.post(asked, Box::new(taken));
    }

    /// Asks the question that was refused once more, without the pictures of the history that are lost.
    pub(super) fn ask_without_lost_pictures(self) {
        let unasked = self.unasked.try_update_value(Option::take).flatten();
        if let Some((asked, taken)) = unasked {
            self.refused.set(None);
            let asked = Question {
                without_lost_pictures: true,
                ..asked
            };
            self.post(asked, taken);
        }
    }

    fn post(self, asked: Question, taken: Taken) {
        let (flow, id) = (self.context.flow(), self.id.get_untracked());
        self.is_asking.set(true);
        self.unasked.set_value(None);
        self.actions.needs_connections.set(None);
        self.spawn(async move {
            let answer = self.context.api.ask(&flow, id.as_ref(), &asked).await;
            self.is_asking.set(false);
            match answer {
                Ok(answer) => {
                    self.context.live.put_answer(answer.run.clone());
                    taken();
                    self.show(answer, asked);
                }
                Err(error) if error.code == codes::CONNECTIONS_NEEDED => {
                    let refused = RefusedRun {
                        node: None,
                        asked_in: Some(MESSAGE),
                    };
                    self.actions.needs_connections.set(Some(refused));
                }
                Err(error) => {
                    self.unasked.set_value(Some((asked, taken)));
                    self.refused.set(Some(error));
                }
            }
        });
    }

    /// Shows the conversation with a turn that has begun.
    fn show(self, answer: Asked, asked: Question) {
        let id = answer.conversation.id.clone();
        let known = self.whole.get_untracked();
        let known = known.filter(|known| known.summary.id == id);
        let mut turns = known.map_or_else(Vec::new, |known| known.turns);
        turns.truncate(asked.after.map_or(turns.len(), |after| after as usize));
        turns.push(Turn::begun(
            &answer.run.summary,
            asked.question,
            asked.inputs,
            self.answer_name(),
        ));
        // An answer that is on its way knows nothing of this turn.
        self.loads.update_value(|loads| *loads += 1);
        self.whole.set(Some(Conversation {
            summary: answer.conversation,
            turns,
        }));
        let view = self.context.view.get_untracked();
        let next = FlowView {
            run: None,
            timeline: None,
            chat: Some(ChatView::Of(id)),
            ..view.clone()
        };
        if next != view {
            self.context.show(next, Step::Replace);
        }
    }

    /// Keeps what is typed over the question of this run, in this conversation.
    pub(super) fn keep_edit(self, run: &RunId, text: &str) {
        let key = edit_key(&untrack(|| self.draft_key()));
        Store::Local.write(&key, &format!("{run}\n{text}"));
    }

    /// What was typed over the question of this run before, and isn't asked yet.
    pub(super) fn kept_edit(self, run: &RunId) -> Option<String> {
        let key = edit_key(&untrack(|| self.draft_key()));
        let (of, text) = Store::Local.read(&key).and_then(read_edit)?;
        (of == *run).then_some(text)
    }

    /// Closes the field of a question that's edited.
    pub(super) fn stop_editing(self) {
        Store::Local.remove(&edit_key(&untrack(|| self.draft_key())));
        self.edited.set(None);
        focus(MESSAGE);
    }

    /// How many turns come after the one that so many come before.
    pub(super) fn turns_after(self, at: usize) -> usize {
        let count = self
            .whole
            .with(|whole| whole.as_ref().map_or(0, |whole| whole.turns.len()));
        count.saturating_sub(at + 1)
    }

    /// Shows a conversation, or a new one.
    pub(super) fn open(self, chat: ChatView) {
        let view = self.context.view.get_untracked();
        let chat = Some(chat);
        self.context.show(FlowView { chat, ..view }, Step::Push);
    }

    /// The value of the chat input that a text and pictures stand for.
    pub(super) fn value_of(self, text: &str, pictures: &[Picture]) -> Result<Exact, &'static str> {
        self.definition.with_untracked(|definition| {
            let flow = definition.as_ref().and_then(|known| known.flow());
            let input = flow.and_then(|flow| {
                let input = flow.inputs.iter().find(|input| input.is_chat_input)?;
                Some((input, flow.message_format))
            });
            match input {
                Some((input, format)) => question::value_of(input, format, text, pictures),
                None => Ok(Exact::text(text)),
            }
        })
    }

    /// The fields of the flow's other inputs.
    pub(super) fn other_fields(self) -> Vec<Field> {
        let mut fields = self.form.fields.get();
        fields.retain(|field| field.chat.is_none());
        fields
    }

    fn other_inputs(self) -> Result<Values, String> {
        let mut values = Values::default();
        for field in untrack(|| self.other_fields()) {
            match untrack(|| self.form.value(&field)) {
                Ok(Some(value)) => values.insert(field.name.as_str(), value),
                Ok(None) => {}
                Err(reason) => return Err(format!("Input ‘{}’: {reason}", field.name)),
            }
        }
        Ok(values)
    }

    /// What the flow's definition says, once it's known.
    pub(super) fn with_flow<T>(self, read: impl FnOnce(&Flow) -> T) -> Option<T> {
        self.definition
            .with(|definition| definition.as_ref()?.flow().map(read))
    }

    fn answer_name(self) -> Option<String> {
        untrack(|| self.with_flow(|flow| Some(flow.chat().ok()?.answer?.name.clone()))).flatten()
    }

    /// Runs `future` as long as the chat is shown.
    pub(super) fn spawn(self, future: impl Future<Output = ()> + 'static) {
        self.owner
            .get_value()
            .with(|| spawn_local_scoped_with_cancellation(future));
    }
}

fn pictures_key(draft_key: &str) -> String {
    format!("{draft_key}.pictures")
}

fn edit_key(draft_key: &str) -> String {
    format!("{draft_key}.edit")
}

/// The run whose question was edited, and the text.
fn read_edit(kept: String) -> Option<(RunId, String)> {
    let (run, text) = kept.split_once('\n')?;
    Some((RunId::try_from(run).ok()?, text.to_owned()))
}

fn unusable(reason: String) -> ApiError {
    ApiError::local("InputUnusable", reason)
}

/// The run of a conversation's last turn, while it goes on.
fn coming(context: FlowContext, whole: &Conversation) -> Option<RunId> {
    let turn = whole.turns.last()?;
    let state = context
        .live
        .details
        .with(|details| state_of(turn, details.get(&turn.run).map(AsRef::as_ref)));
    (!state.is_over()).then(|| turn.run.clone())
}
