//! A state as an icon and a word: never by colour alone.

use flowdeck_contract::{
    packages::RequirementProgress,
    pull::{LayerState, PullLayer},
    runs::{NodeState, RunState},
    session::{PhaseState, SessionState},
    settings::CheckOutcome,
};
use leptos::prelude::*;

use crate::ui::Icon;

stylance::import_crate_style!(style, "src/pages/parts/state_word.module.css");

/// How a state is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tint {
    class: &'static str,
    icon: Icon,
    /// The state in a word.
    pub word: &'static str,
}

const fn tint(class: &'static str, icon: Icon, word: &'static str) -> Tint {
    Tint { class, icon, word }
}

impl From<SessionState> for Tint {
    fn from(state: SessionState) -> Self {
        match state {
            SessionState::NotExist => tint(style::idle, Icon::Circle, "No session"),
            SessionState::Starting => tint(style::busy, Icon::Spinner, "Starting"),
            SessionState::Available => tint(style::good, Icon::Check, "Running"),
            SessionState::Stopping => tint(style::busy, Icon::Spinner, "Stopping"),
            SessionState::Failed => tint(style::bad, Icon::Cross, "Failed"),
        }
    }
}

impl From<PhaseState> for Tint {
    fn from(state: PhaseState) -> Self {
        match state {
            PhaseState::Waiting => tint(style::idle, Icon::Circle, "Pending"),
            PhaseState::Running => tint(style::busy, Icon::Spinner, "In progress"),
            PhaseState::Done => tint(style::good, Icon::Check, "Done"),
            PhaseState::Skipped => tint(style::idle, Icon::Skip, "Skipped"),
            PhaseState::Failed => tint(style::bad, Icon::Cross, "Failed"),
            PhaseState::Canceled => tint(style::idle, Icon::Stop, "Canceled"),
        }
    }
}

impl From<RunState> for Tint {
    fn from(state: RunState) -> Self {
        match state {
            RunState::Running => tint(style::busy, Icon::Spinner, "Running"),
            RunState::Canceling => tint(style::busy, Icon::Spinner, "Canceling"),
            RunState::Completed => tint(style::good, Icon::Check, "Completed"),
            RunState::Failed => tint(style::bad, Icon::Cross, "Failed"),
            RunState::Canceled => tint(style::idle, Icon::Stop, "Canceled"),
            RunState::Interrupted => tint(style::warn, Icon::Warning, "Interrupted"),
        }
    }
}

impl From<NodeState> for Tint {
    fn from(state: NodeState) -> Self {
        match state {
            NodeState::Waiting => tint(style::idle, Icon::Clock, "Pending"),
            NodeState::Running => tint(style::busy, Icon::Spinner, "Running"),
            NodeState::Completed => tint(style::good, Icon::Check, "Completed"),
            NodeState::Failed => tint(style::bad, Icon::Cross, "Failed"),
            NodeState::Bypassed => tint(style::idle, Icon::Skip, "Bypassed"),
            NodeState::Canceled => tint(style::idle, Icon::Stop, "Canceled"),
        }
    }
}

impl From<&RequirementProgress> for Tint {
    fn from(state: &RequirementProgress) -> Self {
        match state {
            RequirementProgress::Waiting => tint(style::idle, Icon::Clock, "Pending"),
            RequirementProgress::Resolving => tint(style::busy, Icon::Spinner, "Resolving"),
            RequirementProgress::Downloading => tint(style::busy, Icon::Spinner, "Downloading"),
            RequirementProgress::Building => tint(style::busy, Icon::Spinner, "Building"),
            RequirementProgress::Installed(_) => tint(style::good, Icon::Check, "Installed"),
            RequirementProgress::AlreadyThere(_) => {
                tint(style::good, Icon::Check, "Already installed")
            }
            RequirementProgress::NotNeeded => tint(style::idle, Icon::Skip, "Not needed"),
            RequirementProgress::Failed => tint(style::bad, Icon::Cross, "Failed"),
        }
    }
}

impl From<LayerState> for Tint {
    fn from(state: LayerState) -> Self {
        match state {
            LayerState::Waiting => tint(style::idle, Icon::Clock, "Pending"),
            LayerState::Downloading => tint(style::busy, Icon::Spinner, "Downloading"),
            LayerState::Downloaded => tint(style::busy, Icon::Clock, "Downloaded"),
            LayerState::Extracting => tint(style::busy, Icon::Spinner, "Extracting"),
            LayerState::Done => tint(style::good, Icon::Check, "Done"),
            LayerState::AlreadyThere => tint(style::good, Icon::Check, "Already downloaded"),
        }
    }
}

/// A layer as a pull that failed has left it.
pub struct LeftLayer<'a>(pub &'a PullLayer);

impl From<LeftLayer<'_>> for Tint {
    fn from(LeftLayer(layer): LeftLayer<'_>) -> Self {
        match (layer.state, layer.total) {
            (LayerState::Waiting, None) => tint(style::idle, Icon::Circle, "Not started"),
            // One that waits though its size is known was to be tried again.
            (LayerState::Waiting | LayerState::Downloading | LayerState::Extracting, _) => {
                tint(style::bad, Icon::Cross, "Interrupted")
            }
            (LayerState::Downloaded, _) => tint(style::idle, Icon::Check, "Downloaded"),
            (LayerState::Done | LayerState::AlreadyThere, _) => layer.state.into(),
        }
    }
}

impl From<CheckOutcome> for Tint {
    fn from(outcome: CheckOutcome) -> Self {
        match outcome {
            CheckOutcome::Ok => tint(style::good, Icon::Check, "OK"),
            CheckOutcome::Warning => tint(style::warn, Icon::Warning, "Warning"),
            CheckOutcome::Failure => tint(style::bad, Icon::Cross, "Failure"),
        }
    }
}

/// A state as an icon and a word.
#[component]
pub fn StateWord(
    /// The state.
    #[prop(into)]
    state: Tint,
) -> impl IntoView {
    view! {
        <span class=stylance::classes!(style::state, state.class)>
            {state.icon.view()}
            {state.word}
        </span>
    }
}
