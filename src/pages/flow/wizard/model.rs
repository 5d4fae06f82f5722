//! What every part of the wizard shares: the entries, what there is to choose from, and the way through the steps.

use flowdeck_contract::{
    session::{SessionState, SessionView},
    settings::{ComputeOptions, SessionSettings, SettingsIntent},
};
use leptos::prelude::*;

use super::{
    entries::{Entries, Fault, Field},
    today::has_compute,
};
use crate::{
    api::{Load, Remote},
    nav::Step,
    pages::flow::{FlowContext, actions::focus},
    routes::{Advanced, FlowView, LinkNote, WizardStep},
};

/// What applying does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Starts a session.
    Start,
    /// Changes the one that runs.
    Change,
}

impl From<Mode> for SettingsIntent {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Start => SettingsIntent::Start,
            Mode::Change => SettingsIntent::Change,
        }
    }
}

/// The wizard. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Wizard {
    pub(super) flow: FlowContext,
    pub(super) mode: Mode,
    pub(super) options: Remote<ComputeOptions>,
    pub(super) entries: RwSignal<Entries>,
    /// Next was pressed on a step that was not in order: faults show before a control is touched.
    pub(super) tried: RwSignal<bool>,
    /// What it began with.
    pub(super) initial: StoredValue<Entries>,
    /// The session that runs, as it was when the wizard was opened.
    running: StoredValue<Option<SessionView>>,
    /// The image that `flow.dag.yaml` names.
    pub(super) image_in_file: StoredValue<Option<String>>,
    /// What is wrong with the link that opened it.
    pub(super) notes: StoredValue<Vec<LinkNote>>,
}

impl Wizard {
    /// Begins with what the address says, else with what the session has, else with the defaults.
    pub(super) fn provide(flow: FlowContext, image_in_file: Option<String>) -> Self {
        let running = flow.live.session.with_untracked(|session| {
            let session = session.as_ref()?;
            (session.state == SessionState::Available).then(|| session.clone())
        });
        let mode = if running.is_some() {
            Mode::Change
        } else {
            Mode::Start
        };
        let today = SessionSettings {
            base_image: image_in_file.clone(),
            ..running
                .as_ref()
                .map(|session| session.settings.clone())
                .unwrap_or_default()
        };
        let advanced = flow.view.with_untracked(|view| view.advanced.clone());
        let Advanced {
            settings: mut asked,
            notes,
            ..
        } = advanced.unwrap_or_default();
        // A link that leaves parts out leaves the image as the flow has it.
        if let Some(asked) = asked
            .as_mut()
            .filter(|_| notes.contains(&LinkNote::NoIdleTime))
        {
            asked.base_image = asked.base_image.take().or_else(|| today.base_image.clone());
        }
        let entries = Entries::from(asked.as_ref().unwrap_or(&today));
        let wizard = Self {
            flow,
            mode,
            options: Remote::new(move || {
                let id = flow.flow();
                async move { flow.api.compute_options_for(&id).await }
            }),
            initial: StoredValue::new(entries.clone()),
            entries: RwSignal::new(entries),
            tried: RwSignal::new(false),
            running: StoredValue::new(running),
            image_in_file: StoredValue::new(image_in_file),
            notes: StoredValue::new(notes),
        };
        provide_context(wizard);
        wizard
    }

    pub(super) fn from_context() -> Self {
        expect_context::<Wizard>()
    }

    /// The step that the address names.
    pub(super) fn step(&self) -> Memo<WizardStep> {
        let view = self.flow.view;
        Memo::new(move |_| {
            let advanced = view.with(|view| view.advanced.as_ref().map(|advanced| advanced.step));
            advanced.unwrap_or_default()
        })
    }

    /// What is entered, or all that is wrong with it; `None` until it is known what there is to choose from.
    pub(super) fn settings(&self) -> Option<Result<SessionSettings, Vec<Fault>>> {
        self.options.state().with(|options| match options {
            Load::Ready(options) => Some(self.entries.with(|entries| entries.settings(options))),
            Load::Loading | Load::Failed(_) => None,
        })
    }

    /// What is wrong with a control. Before the first try, an empty control isn't reported.
    pub(super) fn fault(&self, field: Field) -> Memo<Option<String>> {
        let wizard = *self;
        Memo::new(move |_| {
            let quiet = !wizard.tried.get()
                && wizard.entries.with(|entries| match field {
                    Field::ImageUrl => entries.image_url.is_empty(),
                    Field::Instance => entries.instance.is_none(),
                    Field::Idle => entries
                        .idle
                        .as_ref()
                        .is_none_or(|idle| idle.number.is_empty()),
                    Field::VmSize | Field::Identity | Field::ImageTag => false,
                });
            let faults = wizard.settings()?.err().filter(|_| !quiet)?;
            faults
                .into_iter()
                .find(|(faulty, _)| *faulty == field)
                .map(|(_, reason)| reason)
        })
    }

    /// Goes to the next step if this one is in order, else to the first control that is not.
    pub(super) fn next(&self) {
        let step = self.step().get_untracked();
        let to = match step {
            WizardStep::Compute => WizardStep::Image,
            WizardStep::Image | WizardStep::Review => WizardStep::Review,
        };
        let faults = match untrack(|| self.settings()) {
            None => return,
            Some(Ok(_)) => Vec::new(),
            Some(Err(faults)) => faults,
        };
        match faults.iter().find(|(field, _)| field.step() == step) {
            Some((field, _)) => {
                self.tried.set(true);
                focus(field.id());
            }
            None => {
                self.tried.set(false);
                self.go(to);
            }
        }
    }

    /// Shows a step; what is entered goes into the address where it is in order, so that a reload keeps it.
    pub(super) fn go(&self, step: WizardStep) {
        let view = self.flow.view.get_untracked();
        let known = view
            .advanced
            .as_ref()
            .and_then(|known| known.settings.clone());
        let settings = match untrack(|| self.settings()) {
            Some(Ok(settings)) => Some(settings),
            Some(Err(_)) | None => known,
        };
        let advanced = Some(Advanced {
            step,
            settings,
            notes: Vec::new(),
        });
        self.flow.show(FlowView { advanced, ..view }, Step::Replace);
    }

    /// Takes settings over, such as those of a preset.
    pub(super) fn fill(&self, settings: &SessionSettings) {
        self.tried.set(true);
        self.edit(|entries| *entries = Entries::from(settings));
    }

    /// Whether something was entered, which closing would lose.
    pub(super) fn is_touched(&self) -> bool {
        self.initial
            .with_value(|initial| self.entries.with(|entries| entries != initial))
    }

    /// Whether the session that runs has these settings already.
    pub(super) fn is_today(&self, settings: &SessionSettings) -> bool {
        self.running.with_value(|running| {
            running.as_ref().is_some_and(|session| {
                let today = &session.settings;
                // Where packages are installed is where this is chosen.
                let asked = SessionSettings {
                    runtime_versions: today.runtime_versions,
                    ..settings.clone()
                };
                *today == asked
            })
        })
    }

    /// Whether the session that runs is reset for these settings.
    pub(super) fn resets(&self, settings: &SessionSettings) -> bool {
        self.running.with_value(|running| {
            running.as_ref().is_some_and(|session| {
                !has_compute(session, &settings.compute)
                    || session.settings.base_image != settings.base_image
            })
        })
    }

    /// Changes one entry.
    pub(super) fn edit(&self, change: impl FnOnce(&mut Entries)) {
        self.entries.update(change);
        self.go(self.step().get_untracked());
    }
}
