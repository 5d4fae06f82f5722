//! What the parts of the page that speak of connections share: each is asked for once, however many show it.

use std::collections::{BTreeMap, VecDeque};

use flowdeck_contract::{
    connections::{ConnectionList, ConnectionNeed},
    runs::VariableName,
    session::SessionState,
};
use leptos::prelude::*;

use crate::{
    api::Remote,
    pages::flow::{FlowContext, inputs::InputForm},
};

/// The connections of the project, and what the flow asks for. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct FlowConnections {
    /// What the flow asks for, and what is wrong with it.
    pub(crate) needs: Remote<Vec<ConnectionNeed>>,
    /// The project's connections, once somebody [wants to choose](FlowConnections::choosing) among them.
    pub(crate) list: Remote<ConnectionList>,
    /// Changes of the flow's file, one after the other: each begins with what the one before it has left.
    pub(crate) changes: Turns,
    is_choosing: RwSignal<bool>,
}

/// Work of a card that may be gone when its turn comes: it owns what it needs, which a `Callback` doesn't.
type Work = Box<dyn FnOnce() + Send + Sync>;

/// Work that must not overlap. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Turns {
    is_taken: StoredValue<bool>,
    waiting: StoredValue<VecDeque<Work>>,
}

impl Turns {
    fn new() -> Self {
        Self {
            is_taken: StoredValue::new(false),
            waiting: StoredValue::new(VecDeque::new()),
        }
    }

    /// Begins `work` when it's its turn; it says when it [ends](Self::end).
    pub(crate) fn begin(self, work: impl FnOnce() + Send + Sync + 'static) {
        if self.is_taken.get_value() {
            self.waiting
                .update_value(|waiting| waiting.push_back(Box::new(work)));
        } else {
            self.is_taken.set_value(true);
            work();
        }
    }

    /// Lets the next one begin.
    pub(crate) fn end(self) {
        let next = self.waiting.try_update_value(VecDeque::pop_front);
        match next.flatten() {
            Some(next) => next(),
            None => {
                self.is_taken.try_set_value(false);
            }
        }
    }
}

/// The variables that are set for runs, with the values that refer to something: no other matters here, and it may be a
/// secret.
fn references(set: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let refers = |value: &str| value.trim_start().starts_with("${");
    let value = |value: &String| match refers(value) {
        true => value.clone(),
        false => String::new(),
    };
    let named = set
        .iter()
        .filter(|(name, _)| VariableName::try_from(name.as_str()).is_ok());
    let references = named.map(|(name, text)| (name.clone(), value(text)));
    references.collect()
}

impl FlowConnections {
    /// Those of the page; requested by the first who asks.
    pub(crate) fn of(context: FlowContext) -> Self {
        if let Some(known) = context.connections.get_value() {
            return known;
        }
        let set = InputForm::from_context().variables;
        let made = context.owner.get_value().with(|| Self::new(context, set));
        context.connections.set_value(Some(made));
        made
    }

    fn new(context: FlowContext, set: RwSignal<BTreeMap<String, String>>) -> Self {
        let set = Memo::new(move |_| set.with(references));
        let needs = Remote::new(move || {
            let (flow, set) = (context.flow(), set.get_untracked());
            async move { context.api.connection_needs(&flow, set).await }
        });
        Effect::new(move |before: Option<()>| {
            set.track();
            if before.is_some() {
                needs.try_refresh();
            }
        });
        // A tool's source says, too, what it takes.
        context.live.on_files(move |_| needs.try_refresh());
        let is_choosing = RwSignal::new(false);
        let list = Remote::when(
            move || is_choosing.get(),
            move || async move { context.api.connections().await },
        );
        let shared = Self {
            needs,
            list,
            changes: Turns::new(),
            is_choosing,
        };
        // A session that becomes available is asked what the tools take.
        let is_available = Memo::new(move |_| {
            let state = context
                .live
                .session
                .with(|session| session.as_ref().map(|it| it.state));
            state == Some(SessionState::Available)
        });
        Effect::new(move |before: Option<()>| {
            context.live.connections.track();
            is_available.track();
            if before.is_some() {
                shared.refresh();
            }
        });
        shared
    }

    /// Requests the list, unless it's here.
    pub(crate) fn choosing(&self) {
        self.is_choosing.set(true);
    }

    /// Asks again after something was stored.
    pub(crate) fn refresh(&self) {
        self.needs.try_refresh();
        if self.is_choosing.try_get_untracked() == Some(true) {
            self.list.try_refresh();
        }
    }
}
