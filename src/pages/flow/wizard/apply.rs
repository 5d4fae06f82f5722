//! Carries out what was reviewed: the definition file first, then the session.

use leptos::prelude::*;

use super::{
    model::{Mode, Wizard},
    review::Reviewed,
};
use crate::{
    api::ApiError,
    pages::flow::actions::{Actions, focus_session_control},
    ui::{Status, Tone},
};

/// Applying, in progress or failed. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Applying {
    pub(super) is_under_way: RwSignal<bool>,
    pub(super) failure: RwSignal<Option<ApiError>>,
    wizard: Wizard,
    reviewed: Reviewed,
    actions: Actions,
    status: Status,
    open: RwSignal<bool>,
}

impl Applying {
    pub(super) fn new(
        wizard: Wizard,
        reviewed: Reviewed,
        actions: Actions,
        open: RwSignal<bool>,
    ) -> Self {
        Self {
            is_under_way: RwSignal::new(false),
            failure: RwSignal::new(None),
            wizard,
            reviewed,
            actions,
            status: Status::from_context(),
            open,
        }
    }

    /// What failed, in a line.
    pub(super) fn failure_title(&self) -> &'static str {
        match self.wizard.mode {
            Mode::Start => "Couldn’t start the compute session",
            Mode::Change => "Couldn’t change the compute session",
        }
    }

    /// Applies what was reviewed, and closes the wizard when that went well.
    pub(super) fn begin(self) {
        let Self {
            is_under_way,
            failure,
            wizard,
            reviewed,
            status,
            open,
            ..
        } = self;
        let Ok(settings) = reviewed.settings.get_value() else {
            return;
        };
        let (change, flow) = (reviewed.change.get_value(), wizard.flow);
        let in_place = wizard.mode == Mode::Change && !wizard.resets(&settings);
        is_under_way.set(true);
        failure.set(None);
        // It goes on when the wizard is closed meanwhile, which then doesn't learn of it.
        self.actions.spawn(async move {
            let answer = match change.write(wizard).await {
                Ok(()) => {
                    flow.api
                        .put_settings(&flow.flow(), &settings, wizard.mode.into())
                        .await
                }
                Err(error) => Err(error),
            };
            is_under_way.try_set(false);
            match answer {
                Ok(()) => {
                    if in_place {
                        status.tell(Tone::Good, "Idle shutdown time changed", None);
                    }
                    open.try_set(false);
                    // The menu that opened the wizard may be gone.
                    focus_session_control();
                }
                Err(error) => {
                    failure.try_set(Some(error));
                }
            }
        });
    }
}
