//! Stores what was entered, and tests what is stored.

use flowdeck_contract::{
    codes,
    connections::{ConnectionInput, ConnectionName, ConnectionType, ConnectionView, TestResult},
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_bindgen::JsCast;

use super::{
    entries::{Entries, Fault, Place},
    services::Choice,
};
use crate::{
    api::{Api, ApiError, Precondition},
    ui::{ButtonState, Status},
};

/// What a form begins with.
#[derive(Clone, Debug)]
pub(crate) enum Start {
    /// A new connection.
    New {
        /// Its name, as far as it's known.
        name: String,
        /// What it leads to.
        choice: Choice,
        /// The types that fit; empty when all do.
        accepts: Vec<ConnectionType>,
        /// Whether something names it already, so that another name would be of no use.
        is_named: bool,
    },
    /// One that is stored.
    Known(Box<ConnectionView>),
}

/// What was stored.
#[derive(Clone, Debug)]
pub(crate) struct Saved {
    pub(crate) name: ConnectionName,
    /// Whether the service accepted the test's call; `None` when no test was wanted.
    pub(crate) passed: Option<bool>,
}

/// Why it wasn't stored.
#[derive(Clone, Debug)]
pub(super) enum Refused {
    /// Somebody changed it meanwhile; as it is now.
    Changed(Box<ConnectionView>),
    /// For another reason.
    Failed(ApiError),
}

/// What is in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Save,
    Test,
}

/// The form of a connection. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) entries: RwSignal<Entries>,
    /// The connection as it's stored; `None` for a new one.
    pub(super) known: RwSignal<Option<ConnectionView>>,
    /// What is wrong, once it was tried to be saved.
    pub(super) faults: Memo<Vec<Fault>>,
    pub(super) refused: RwSignal<Option<Refused>>,
    /// What the last test here said.
    pub(super) tested: RwSignal<Option<Result<TestResult, ApiError>>>,
    pub(super) accepts: StoredValue<Vec<ConnectionType>>,
    pub(super) is_named: bool,
    is_tried: RwSignal<bool>,
    is_changed: Memo<bool>,
    work: RwSignal<Option<Work>>,
    on_saved: Callback<Saved>,
    api: Api,
    status: Status,
    owner: StoredValue<Owner>,
}

impl Form {
    pub(super) fn provide(start: Start, on_saved: Callback<Saved>) -> Self {
        let (entries, known, accepts, is_named) = match start {
            Start::New {
                name,
                choice,
                accepts,
                is_named,
            } => (Entries::new(name, choice), None, accepts, is_named),
            Start::Known(view) => (Entries::of(&view), Some(*view), Vec::new(), true),
        };
        let first = RwSignal::new(entries.clone());
        let entries = RwSignal::new(entries);
        let known = RwSignal::new(known);
        let is_tried = RwSignal::new(false);
        let stored = Memo::new(move |_| {
            known.with(|known| {
                let known = known.as_ref().map(Entries::of);
                known.unwrap_or_else(|| first.get_untracked())
            })
        });
        let faults = Memo::new(move |_| match is_tried.get() {
            true => entries.with(|entries| entries.input().err().unwrap_or_default()),
            false => Vec::new(),
        });
        let form = Self {
            entries,
            known,
            faults,
            refused: RwSignal::new(None),
            tested: RwSignal::new(None),
            accepts: StoredValue::new(accepts),
            is_named,
            is_tried,
            is_changed: Memo::new(move |_| entries.get() != stored.get()),
            work: RwSignal::new(None),
            on_saved,
            api: Api::from_context(),
            status: Status::from_context(),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        };
        provide_context(form);
        form
    }

    pub(super) fn from_context() -> Self {
        expect_context::<Self>()
    }

    /// Changes what was entered.
    pub(super) fn edit(&self, change: impl FnOnce(&mut Entries)) {
        self.entries.update(change);
    }

    /// What is wrong at a place.
    pub(super) fn fault(&self, place: Place) -> Memo<Option<String>> {
        let faults = self.faults;
        Memo::new(move |_| {
            faults.with(|faults| {
                let fault = faults.iter().find(|fault| fault.place == place)?;
                Some(fault.text.clone())
            })
        })
    }

    /// Whether the form holds what isn't stored.
    pub(super) fn has_changes(&self) -> bool {
        self.known.with(Option::is_none) || self.is_changed.get()
    }

    /// Whether saving can be asked for.
    pub(super) fn save_state(&self) -> ButtonState {
        self.state_of(Work::Save)
    }

    /// Whether a test can be asked for.
    pub(super) fn test_state(&self) -> ButtonState {
        self.state_of(Work::Test)
    }

    fn state_of(&self, work: Work) -> ButtonState {
        match self.work.get() {
            None => ButtonState::Ready,
            Some(current) if current == work => ButtonState::Busy,
            Some(Work::Save) => ButtonState::Refused("The connection is being saved.".to_owned()),
            Some(Work::Test) => ButtonState::Refused("The connection is being tested.".to_owned()),
        }
    }

    /// Stores what was entered.
    pub(super) fn save(&self) {
        self.begin(Work::Save);
    }

    /// Tests the connection, after storing what isn't stored yet.
    pub(super) fn test(&self) {
        self.begin(Work::Test);
    }

    /// Stores what was entered over what somebody else stored.
    pub(super) fn save_over(&self, current: ConnectionView) {
        self.known.set(Some(current));
        self.save();
    }

    /// Shows what somebody else stored in the place of what was entered.
    pub(super) fn take(&self, current: ConnectionView) {
        self.entries.set(Entries::of(&current));
        self.known.set(Some(current));
        self.refused.set(None);
        self.is_tried.set(false);
    }

    fn begin(&self, work: Work) {
        if self.work.get_untracked().is_some() {
            return;
        }
        self.is_tried.set(true);
        let (name, input) = match self.entries.with_untracked(Entries::input) {
            Ok(given) => given,
            Err(faults) => return focus_first(&faults),
        };
        let is_stored = untrack(|| !self.has_changes());
        self.refused.set(None);
        self.tested.set(None);
        self.work.set(Some(work));
        let form = *self;
        self.owner.get_value().with(|| {
            spawn_local_scoped_with_cancellation(async move {
                let stored = match is_stored && work == Work::Test {
                    true => true,
                    false => form.store(&name, &input).await,
                };
                let passed = match (stored, work) {
                    (true, Work::Test) => Some(form.ask(&name).await),
                    _ => None,
                };
                form.work.set(None);
                if stored {
                    form.on_saved.run(Saved { name, passed });
                }
            });
        });
    }

    async fn store(&self, name: &ConnectionName, input: &ConnectionInput) -> bool {
        let etag = self
            .known
            .with_untracked(|known| known.as_ref().map(|known| known.etag.clone()));
        let precondition = etag.map_or(Precondition::Absent, Precondition::Is);
        match self.api.put_connection(name, input, &precondition).await {
            Ok(view) => {
                self.take(view);
                self.status.announce(format!("Connection {name} saved."));
                true
            }
            Err(error) => {
                let current = match error.code == codes::CONNECTION_CHANGED {
                    true => self.api.connection(name).await,
                    false => Err(error),
                };
                let refused = current.map(|view| Refused::Changed(Box::new(view)));
                self.refused
                    .set(Some(refused.unwrap_or_else(Refused::Failed)));
                false
            }
        }
    }

    /// Whether the service accepted the test's call.
    async fn ask(&self, name: &ConnectionName) -> bool {
        let answer = self.api.test_connection(name).await;
        let passed = answer.as_ref().is_ok_and(|result| result.passed);
        self.status.announce(match passed {
            true => "The test passed.",
            false => "The test failed.",
        });
        self.tested.set(Some(answer));
        passed
    }
}

/// The id of the control at a place.
pub(super) fn control_id(place: &Place) -> String {
    match place {
        Place::Name => "connection-name".to_owned(),
        Place::Field(name) => format!("connection-{}", name.replace('_', "-")),
        Place::Row(id) => format!("connection-row-{id}"),
        Place::Rows => "connection-rows".to_owned(),
        Place::Flows => "connection-flows".to_owned(),
    }
}

/// The id of what is wrong there.
pub(super) fn fault_id(place: &Place) -> String {
    format!("{}-fault", control_id(place))
}

/// The id of what there is to know there.
pub(super) fn help_id(place: &Place) -> String {
    format!("{}-help", control_id(place))
}

fn focus_first(faults: &[Fault]) {
    let Some(first) = faults.first() else { return };
    let control = document().get_element_by_id(&control_id(&first.place));
    if let Some(Ok(control)) = control.map(JsCast::dyn_into::<web_sys::HtmlElement>) {
        // Focusing an element that is shown cannot fail.
        let _ = control.focus();
    }
}
