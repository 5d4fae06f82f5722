//! The flow's presets in the menu beside Start.

use std::pin::Pin;

use flowdeck_contract::{ids::FlowId, settings::Preset};
use leptos::prelude::*;

use crate::{
    api::{Api, ApiError},
    lazy,
    nav::Step,
    pages::flow::{FlowContext, actions::Actions},
    routes::{Advanced, FlowView, WizardStep},
    ui::MenuItem,
};

/// The presets as entries of a menu, asked for when the menu is about to be used. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct PresetItems {
    context: FlowContext,
    actions: Actions,
    known: RwSignal<Result<Vec<Preset>, ApiError>>,
    is_asked: StoredValue<bool>,
}

impl PresetItems {
    pub(super) fn new(context: FlowContext, actions: Actions) -> Self {
        Self {
            context,
            actions,
            known: RwSignal::new(Ok(Vec::new())),
            is_asked: StoredValue::new(false),
        }
    }

    /// Asks for the presets, unless that is in progress.
    pub(super) fn look(&self) {
        let Self {
            context,
            actions,
            known,
            is_asked,
        } = *self;
        if is_asked.get_value() {
            return;
        }
        is_asked.set_value(true);
        actions.spawn(async move {
            let found = match lazy::presets().await {
                Ok(ask) => ask(context.api, context.flow()).await,
                Err(_) => Err(ApiError::unreachable()),
            };
            is_asked.try_set_value(false);
            // Equal entries stay, so that one that is focused keeps the focus.
            let is_new = known.try_with_untracked(|known| *known != found);
            if is_new == Some(true) {
                known.set(found);
            }
        });
    }

    /// One entry per preset; one that says why when they could not be loaded.
    pub(super) fn items(&self) -> Vec<MenuItem> {
        let (context, actions) = (self.context, self.actions);
        let known = match self.known.get() {
            Ok(known) => known,
            Err(error) => {
                let reason = error.to_string();
                return vec![MenuItem::new("Start with a preset", Some(&reason), || {})];
            }
        };
        let entry = |preset: Preset| {
            let label = format!("Start with preset ‘{}’", preset.name);
            MenuItem::new(&label, None, move || begin(context, actions, &preset))
        };
        known.into_iter().map(entry).collect()
    }
}

/// Asks for the presets of a flow.
pub(crate) type AskPresets =
    fn(Api, FlowId) -> Pin<Box<dyn Future<Output = Result<Vec<Preset>, ApiError>>>>;

/// Asks the server. The wizard, which knows presets as well, is loaded with this.
pub(crate) async fn ask(api: Api, flow: FlowId) -> Result<Vec<Preset>, ApiError> {
    api.presets(&flow).await
}

/// Starts with a preset; shows its review where that would change the flow's definition.
fn begin(context: FlowContext, actions: Actions, preset: &Preset) {
    let settings = preset.settings.clone();
    if settings.base_image == context.image() {
        return actions.start_with(settings);
    }
    let advanced = Some(Advanced {
        step: WizardStep::Review,
        settings: Some(settings),
        notes: Vec::new(),
    });
    let view = context.view.get_untracked();
    context.show(FlowView { advanced, ..view }, Step::Push);
}
