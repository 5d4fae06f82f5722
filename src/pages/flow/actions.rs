//! What a person can ask of the flow's session and runs, from whichever part of the page. A failure is shown as a card.

use flowdeck_contract::{
    Values,
    capability::{Action, INSTALL_UNDER_WAY, RUN_DURING_INSTALL, RUN_UNDER_WAY},
    codes,
    ids::RunId,
    packages::RuntimeVersions,
    runs::{NodeVariant, RunRequest},
    settings::{SessionSettings, SettingsIntent},
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_bindgen::JsCast;

use super::{
    FlowContext,
    inputs::{InputForm, field_id},
    losses::is_installing,
    next_steps::next_steps,
};
use crate::{
    api::{Anew, ApiError},
    nav::Step,
    pages::parts::{tell_failure, tell_failure_with},
    routes::{Advanced, ComparedRuns, FlowView},
    ui::{About, ButtonState, Lasts, Status, Trouble},
};

/// An input that a run cannot be given.
const UNUSABLE_INPUT: About = About::Named("unusable input");

/// The actions of the flow page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Actions {
    /// What was asked for and has not been answered.
    pub pending: RwSignal<Option<Action>>,
    /// A run was tried without a session: the page then offers to start one.
    pub needs_session: RwSignal<bool>,
    /// A run was refused for its connections: the page then says which, and offers to add them.
    pub needs_connections: RwSignal<Option<RefusedRun>>,
    context: FlowContext,
    form: InputForm,
    status: Status,
    owner: StoredValue<Owner>,
}

/// A run that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRun {
    /// The node, when it was one alone.
    pub node: Option<String>,
    /// The id of the box of the chat that it was asked in, if it was.
    pub asked_in: Option<&'static str>,
}

impl Actions {
    /// Makes them available below.
    pub(super) fn provide(context: FlowContext, form: InputForm) -> Self {
        let actions = Self {
            pending: RwSignal::new(None),
            needs_session: RwSignal::new(false),
            needs_connections: RwSignal::new(None),
            context,
            form,
            status: Status::from_context(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        };
        provide_context(actions);
        actions
    }

    /// The one in the context.
    #[must_use]
    pub fn from_context() -> Self {
        expect_context::<Actions>()
    }

    /// Whether `action` can be asked for now; `None` of a session means that its state is not known yet.
    #[must_use]
    pub fn state(&self, action: Action) -> ButtonState {
        let state = self
            .context
            .live
            .session
            .with(|session| session.as_ref().map(|session| session.state));
        match (state, self.pending.get()) {
            (None, _) => ButtonState::Busy,
            (_, Some(pending)) if pending == action => ButtonState::Busy,
            (Some(state), _) => {
                let refusal = action.refusal(state);
                let refusal = refusal.or_else(|| match action {
                    Action::Install => install_refusal(self.context),
                    Action::Run => run_refusal(self.context),
                    _ => None,
                });
                ButtonState::unless(refusal)
            }
        }
    }

    /// Asks for `action` on the session.
    pub fn ask(&self, action: Action) {
        let (api, flow, actions) = (self.context.api, self.context.flow(), *self);
        self.send(action, move || actions.ask(action), async move {
            match action {
                Action::Start => api.start_session(&flow).await,
                Action::Install => api.install_packages(&flow, None).await,
                Action::Reset => api.reset_session(&flow, Anew::default()).await,
                Action::Stop => api.stop_session(&flow).await,
                Action::Update | Action::Run => Ok(()),
            }
        });
    }

    /// Installs the packages, from now on with these versions of the runtime where any are given.
    pub fn install(&self, versions: Option<RuntimeVersions>) {
        let (api, flow, actions) = (self.context.api, self.context.flow(), *self);
        let again = move || actions.install(versions);
        self.send(Action::Install, again, async move {
            api.install_packages(&flow, versions).await
        });
    }

    /// Starts a session with these settings.
    pub fn start_with(&self, settings: SessionSettings) {
        let (api, flow, actions) = (self.context.api, self.context.flow(), *self);
        let same = settings.clone();
        let again = move || actions.start_with(same.clone());
        self.send(Action::Start, again, async move {
            api.put_settings(&flow, &settings, SettingsIntent::Start)
                .await
        });
    }

    /// Starts a session with the settings that the last one had.
    pub fn start_again(&self) {
        let settings = self.context.live.life.with_untracked(|life| {
            let life = life.as_ref()?;
            Some(life.settings.clone())
        });
        // The flow says which image; the last session may have had another.
        let base_image = self.context.image();
        self.start_with(SessionSettings {
            base_image,
            ..settings.unwrap_or_default()
        });
    }

    /// Resets the session, with parts of it made again.
    pub fn reset(&self, anew: Anew) {
        let (api, flow, actions) = (self.context.api, self.context.flow(), *self);
        self.send(Action::Reset, move || actions.reset(anew), async move {
            api.reset_session(&flow, anew).await
        });
    }

    /// Marks `action` as asked for until it is answered; tells a failure, and that `again` may mend it.
    fn send(
        &self,
        action: Action,
        again: impl Into<Callback<()>>,
        request: impl Future<Output = Result<(), ApiError>> + 'static,
    ) {
        let (pending, status, context) = (self.pending, self.status, self.context);
        let again = self.owner.get_value().with(|| again.into());
        self.needs_session.set(false);
        pending.set(Some(action));
        self.spawn(async move {
            let answer = request.await;
            pending.set(None);
            if let Err(error) = answer {
                let steps = next_steps(context, &error, again);
                tell_failure_with(status, failure_title(action), &error, steps);
            }
        });
    }

    /// Restores the packages from before the last install.
    pub fn restore_packages(&self) {
        let Self {
            context,
            status,
            pending,
            ..
        } = *self;
        let flow = context.flow();
        pending.set(Some(Action::Install));
        self.spawn(async move {
            let answer = context.api.restore_packages(&flow).await;
            pending.set(None);
            if let Err(error) = answer {
                tell_failure(status, "Couldn’t restore the packages", &error);
            }
        });
    }

    /// Keeps an idle session running.
    pub fn keep(&self) {
        let Self {
            context, status, ..
        } = *self;
        let flow = context.flow();
        self.spawn(async move {
            if let Err(error) = context.api.touch_session(&flow).await {
                tell_failure(status, "Couldn’t keep the compute session running", &error);
            }
        });
    }

    /// Runs the flow, or `node` alone, with what the form holds.
    pub fn run(&self, node: Option<String>) {
        self.run_as(WantedRun {
            node,
            ..WantedRun::default()
        });
    }

    /// Runs what's wanted with what the form holds.
    pub fn run_as(&self, wanted: WantedRun) {
        self.status.tried_again(&UNUSABLE_INPUT);
        let inputs = match self.form.values() {
            Ok(inputs) => inputs,
            Err(invalid) => {
                self.form.tried.set(true);
                self.status.fail(Trouble {
                    about: UNUSABLE_INPUT,
                    text: "Can’t run yet".to_owned(),
                    detail: Some(format!("Input ‘{}’: {}", invalid.name, invalid.reason)),
                    reference: None,
                    lasts: Lasts::UntilTriedAgain,
                    steps: Vec::new(),
                });
                return focus(&field_id(invalid.name.as_str()));
            }
        };
        let Self {
            context,
            status,
            pending,
            ..
        } = *self;
        let (flow, actions) = (context.flow(), *self);
        let refused = RefusedRun {
            node: wanted.node.clone(),
            asked_in: None,
        };
        let variables = self.form.variables.get_untracked();
        let requests = wanted.requests(&RunRequest {
            inputs,
            variables,
            ..RunRequest::default()
        });
        let again = Callback::new(move |()| actions.run_as(wanted.clone()));
        pending.set(Some(Action::Run));
        self.needs_connections.set(None);
        self.spawn(async move {
            let mut begun = Vec::new();
            for request in requests {
                match context.api.start_run(&flow, &request).await {
                    Ok(run) => {
                        begun.push(run.summary.id.clone());
                        context.live.put_answer(run);
                    }
                    Err(error) => {
                        pending.set(None);
                        return match error.code == codes::CONNECTIONS_NEEDED {
                            true => actions.needs_connections.set(Some(refused)),
                            false => {
                                let steps = next_steps(context, &error, again);
                                tell_failure_with(
                                    status,
                                    failure_title(Action::Run),
                                    &error,
                                    steps,
                                );
                            }
                        };
                    }
                }
            }
            pending.set(None);
            // Several are shown side by side; else the newest, unless the address names one.
            let view = context.view.get_untracked();
            let compare = ComparedRuns::of(begun);
            if compare.is_some() {
                let view = FlowView {
                    compare,
                    ..FlowView::default()
                };
                context.show(view, Step::Push);
            } else if view.run.is_some() {
                context.show(FlowView { run: None, ..view }, Step::Push);
            }
        });
    }

    /// Asks a run to end.
    pub fn cancel(&self, run: RunId) {
        let Self {
            context, status, ..
        } = *self;
        let flow = context.flow();
        self.spawn(async move {
            match context.api.cancel_run(&flow, &run).await {
                Ok(run) => context.live.put_answer(run),
                Err(error) => tell_failure(status, "Couldn’t cancel the run", &error),
            }
        });
    }

    /// Runs `future` as long as the page is shown, not only the menu or dialog it was asked from.
    pub(super) fn spawn(&self, future: impl Future<Output = ()> + 'static) {
        self.owner
            .get_value()
            .with(|| spawn_local_scoped_with_cancellation(future));
    }
}

/// Runs that a person wants.
#[derive(Clone, Debug, Default)]
pub struct WantedRun {
    /// The node to run alone; `None` is the flow.
    pub node: Option<String>,
    /// Outputs of other nodes in the place of those of earlier runs, for a node that runs alone.
    pub outputs: Values,
    /// The variants to run side by side; with none, one run of the default ones.
    pub variants: Vec<NodeVariant>,
}

impl WantedRun {
    /// A request for each run, with what `form` holds.
    fn requests(&self, form: &RunRequest) -> Vec<RunRequest> {
        let of = |variant: Option<&NodeVariant>| RunRequest {
            node: self.node.clone(),
            outputs: self.outputs.clone(),
            variant: variant.cloned(),
            ..form.clone()
        };
        match self.variants.is_empty() {
            true => vec![of(None)],
            false => self.variants.iter().map(|one| of(Some(one))).collect(),
        }
    }
}

/// Opens the wizard of the session's settings.
pub(super) fn open_wizard(context: FlowContext) {
    let view = context.view.get_untracked();
    let advanced = Some(Advanced::default());
    context.show(FlowView { advanced, ..view }, Step::Push);
}

fn installs(context: FlowContext) -> bool {
    let session = context.live.session;
    session.with(|session| session.as_ref().is_some_and(is_installing))
}

/// Why nothing runs in a session that runs.
fn run_refusal(context: FlowContext) -> Option<&'static str> {
    installs(context).then_some(RUN_DURING_INSTALL)
}

/// Why nothing can be installed into a session that runs.
fn install_refusal(context: FlowContext) -> Option<&'static str> {
    let runs = context
        .live
        .runs
        .with(|runs| runs.iter().flatten().any(|run| !run.state.is_over()));
    if installs(context) {
        Some(INSTALL_UNDER_WAY)
    } else {
        runs.then_some(RUN_UNDER_WAY)
    }
}

fn failure_title(action: Action) -> &'static str {
    match action {
        Action::Start => "Couldn’t start the compute session",
        Action::Stop => "Couldn’t stop the compute session",
        Action::Reset => "Couldn’t reset the compute session",
        Action::Install => "Couldn’t install the packages",
        Action::Update => "Couldn’t change the compute session",
        Action::Run => "Couldn’t start the run",
    }
}

/// The id of what starts the session, or stands for the one there is.
pub(super) const SESSION_CONTROL: &str = "session-control";

/// Brings the focus to the session's control in the next frame, if what had the focus is gone by then.
pub(super) fn focus_session_control() {
    request_animation_frame(|| {
        let Some(control) = document().get_element_by_id(SESSION_CONTROL) else {
            return;
        };
        let active = document().active_element();
        if active.is_some_and(|active| active.tag_name() != "BODY" && active != control) {
            return;
        }
        let button = control.query_selector("button").ok().flatten();
        if let Ok(place) = button.unwrap_or(control).dyn_into::<web_sys::HtmlElement>() {
            // Focusing an element that is shown cannot fail.
            let _ = place.focus();
        }
    });
}

/// Brings the focus to the element with that id, if it is shown.
pub(super) fn focus(id: &str) {
    let element = document()
        .get_element_by_id(id)
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        // Focusing an element that is shown cannot fail.
        let _ = element.focus();
    }
}
