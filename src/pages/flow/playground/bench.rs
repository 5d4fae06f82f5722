//! What is tried: the draft, and what came of each try.

use std::{collections::BTreeMap, rc::Rc, sync::Arc};

use flowdeck_contract::{
    connections::ConnectionName,
    ids::RunId,
    playground::{CallWait, ModelCallEvent, ModelCallRequest},
    prices::Prices,
    runs::{RunError, TraceCall},
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{call::Recorded, draft::Draft};
use crate::{
    api::{AbortOnDrop, ApiError, Remote},
    pages::flow::{Actions, FlowContext, inputs::InputForm, needs::FlowConnections, trace::waits},
    routes::CallPath,
    ui::{Status, time},
};

/// A try of a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Try {
    /// From 1.
    pub(super) number: usize,
    pub(super) draft: Draft,
    pub(super) connection: ConnectionName,
    /// The text so far.
    pub(super) text: String,
    /// The wait before the service is asked again, until it answers.
    pub(super) wait: Option<CallWait>,
    pub(super) state: TryState,
}

/// Where a try stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TryState {
    Running,
    /// It came to an end, good or bad.
    Ended(Arc<TraceCall>),
    /// The session couldn't make the call.
    Failed(RunError),
    /// A person ended it.
    Stopped,
    /// The connection to the server broke before the end.
    Lost,
}

impl Try {
    /// The wait before the service is asked again, in words.
    pub(super) fn waits(&self) -> Option<String> {
        self.wait.as_ref().map(words)
    }
}

fn words(wait: &CallWait) -> String {
    let after = time::duration(wait.milliseconds);
    waits::words(&wait.error, wait.next_try, &after)
}

/// Those of a flow's page, each by its run and its place there.
pub(in crate::pages::flow) type Playgrounds = Vec<((RunId, CallPath), Bench)>;

/// The recorded call, its draft and its tries. Cheap to copy.
#[derive(Clone, Copy)]
pub(in crate::pages::flow) struct Bench {
    pub(super) context: FlowContext,
    pub(super) actions: Actions,
    pub(super) connections: FlowConnections,
    pub(super) prices: Remote<Prices>,
    pub(super) recorded: StoredValue<Recorded>,
    pub(super) draft: RwSignal<Draft>,
    /// The connection that the person chose, else the node's.
    pub(super) connection: Memo<String>,
    pub(super) chosen: RwSignal<Option<String>>,
    pub(super) tries: RwSignal<Vec<Try>>,
    /// The number of the try that is beside the recorded answer.
    pub(super) shown: RwSignal<usize>,
    pub(super) is_running: RwSignal<bool>,
    /// The environment variables that are set on the page.
    variables: RwSignal<BTreeMap<String, String>>,
    /// What in the draft can't be sent.
    pub(super) fault: RwSignal<Option<String>>,
    /// Why the last try didn't begin.
    pub(super) refused: RwSignal<Option<ApiError>>,
    /// Ends the request that runs.
    abort: StoredValue<Option<Rc<AbortOnDrop>>, LocalStorage>,
    status: Status,
}

impl Bench {
    /// Makes the one of the call at that place available below: what was typed and tried is still there.
    pub(super) fn provide(at: (RunId, CallPath), recorded: Recorded, draft: Draft) {
        let context = FlowContext::from_context();
        let known = context.playgrounds.with_value(|all| {
            all.iter()
                .find(|(known, _)| *known == at)
                .map(|(_, bench)| *bench)
        });
        // They're found from here.
        let actions = Actions::from_context();
        let variables = InputForm::from_context().variables;
        let bench = known.unwrap_or_else(|| {
            let owner = context.owner.get_value();
            let bench = owner.with(|| Self::new(context, actions, variables, (recorded, draft)));
            context
                .playgrounds
                .update_value(|all| all.push((at, bench)));
            bench
        });
        provide_context(bench);
    }

    fn new(
        context: FlowContext,
        actions: Actions,
        variables: RwSignal<BTreeMap<String, String>>,
        (recorded, draft): (Recorded, Draft),
    ) -> Self {
        let connections = FlowConnections::of(context);
        connections.choosing();
        let chosen = RwSignal::new(None);
        let recorded = StoredValue::new(recorded);
        let connection = Memo::new(move |_| {
            let of_node = || {
                let needs = connections.needs.get().unwrap_or_default();
                recorded.with_value(|recorded| recorded.connection(&needs))
            };
            chosen.get().or_else(of_node).unwrap_or_default()
        });
        Self {
            context,
            actions,
            connections,
            prices: Remote::new(move || async move { context.api.prices().await }),
            recorded,
            draft: RwSignal::new(draft),
            connection,
            chosen,
            tries: RwSignal::default(),
            shown: RwSignal::new(0),
            is_running: RwSignal::new(false),
            variables,
            fault: RwSignal::new(None),
            refused: RwSignal::new(None),
            abort: StoredValue::new_local(None),
            status: Status::from_context(),
        }
    }

    pub(super) fn from_context() -> Self {
        expect_context()
    }

    /// The try that is beside the recorded answer.
    pub(super) fn shown_try(self) -> Option<Try> {
        let number = self.shown.get();
        self.tries
            .with(|tries| tries.iter().find(|one| one.number == number).cloned())
    }

    /// Makes the call as the draft has it.
    pub(super) fn run(self) {
        if self.is_running.get_untracked() {
            return;
        }
        let draft = self.draft.get_untracked();
        let asked = self.asked(&draft);
        self.fault.set(asked.as_ref().err().cloned());
        let Ok(asked) = asked else { return };
        self.refused.set(None);
        self.is_running.set(true);
        let abort = Rc::new(AbortOnDrop::new());
        self.abort.set_value(Some(Rc::clone(&abort)));
        // It goes on while another part of the page is shown.
        let owner = self.context.owner.get_value();
        owner.with(|| {
            spawn_local_scoped_with_cancellation(async move {
                let answer = self.carry_out(draft, &asked, &abort).await;
                let is_stopped = self.is_stopped();
                self.abort.set_value(None);
                self.is_running.set(false);
                if let Some(error) = answer.err().filter(|_| !is_stopped) {
                    // What the list of connections says may be old.
                    self.connections.refresh();
                    self.refused.set(Some(error));
                }
            });
        });
    }

    fn asked(self, draft: &Draft) -> Result<ModelCallRequest, String> {
        let connection = ConnectionName::try_from(self.connection.get_untracked());
        Ok(ModelCallRequest {
            connection: connection.map_err(|_| "Select a connection.".to_owned())?,
            inputs: draft.request()?,
            variables: self.variables.get_untracked(),
        })
    }

    async fn carry_out(
        self,
        draft: Draft,
        asked: &ModelCallRequest,
        abort: &AbortOnDrop,
    ) -> Result<(), ApiError> {
        let flow = self.context.flow();
        let mut lines = self.context.api.call_model(&flow, asked, abort).await?;
        let number = self.tries.with_untracked(Vec::len) + 1;
        self.tries.update(|tries| {
            tries.push(Try {
                number,
                draft,
                connection: asked.connection.clone(),
                text: String::new(),
                wait: None,
                state: TryState::Running,
            });
        });
        self.shown.set(number);
        while let Some(event) = lines.next().await {
            match event {
                ModelCallEvent::Text(text) => {
                    self.change(number, |one| {
                        one.wait = None;
                        one.text.push_str(&text);
                    });
                }
                ModelCallEvent::Waiting(wait) => {
                    self.status
                        .announce(format!("Try {number}: {}", words(&wait)));
                    self.change(number, |one| one.wait = Some(wait));
                }
                ModelCallEvent::Ended(call) => {
                    self.end(number, TryState::Ended(Arc::new(*call)));
                }
                ModelCallEvent::Failed(error) => self.end(number, TryState::Failed(error)),
            }
        }
        if !self.is_stopped() {
            self.end(number, TryState::Lost);
        }
        Ok(())
    }

    fn is_stopped(self) -> bool {
        self.abort.with_value(Option::is_none)
    }

    fn change(self, number: usize, change: impl FnOnce(&mut Try)) {
        self.tries.update(|tries| {
            if let Some(one) = tries.iter_mut().find(|one| one.number == number) {
                change(one);
            }
        });
    }

    /// Ends a try that hasn't ended yet.
    fn end(self, number: usize, state: TryState) {
        let words = match &state {
            TryState::Ended(call) if call.error.is_none() => "answered",
            TryState::Stopped => "stopped",
            _ => "failed",
        };
        let mut is_new = false;
        self.change(number, |one| {
            is_new = one.state == TryState::Running;
            if is_new {
                one.state = state;
            }
        });
        if is_new {
            self.status.announce(format!("Try {number} {words}"));
        }
    }

    /// Ends the call that is made.
    pub(super) fn stop(self) {
        let abort = self.abort.try_update_value(Option::take).flatten();
        if let Some(abort) = abort {
            abort.abort();
        }
        let last = self.tries.with_untracked(Vec::len);
        self.end(last, TryState::Stopped);
    }

    /// Puts what a try was given into the fields.
    pub(super) fn take_up(self, number: usize) {
        let taken = self.tries.with_untracked(|tries| {
            let one = tries.iter().find(|one| one.number == number)?;
            Some((one.draft.clone(), one.connection.to_string()))
        });
        if let Some((draft, connection)) = taken {
            self.draft.set(draft);
            self.chosen.set(Some(connection));
        }
    }
}
