//! The operations on how a session is asked for.

use flowdeck_contract::{
    ids::FlowId,
    paths,
    settings::{
        ComputeOptions, InstanceOption, Preflight, Preset, SessionSettings, SettingsIntent,
    },
};
use serde_json::json;

use super::{Api, ApiError};

impl Api {
    /// What there is to choose from for a session, and what of it is available to a new one now.
    pub async fn compute_options(&self) -> Result<ComputeOptions, ApiError> {
        self.get(&paths::compute_options(&self.project())).await
    }

    /// As [`Api::compute_options`], for the session of a flow: what it has now counts as available.
    pub async fn compute_options_for(&self, flow: &FlowId) -> Result<ComputeOptions, ApiError> {
        self.get(&paths::compute_options_for(&self.project(), flow))
            .await
    }

    /// Starts a compute instance that is stopped.
    pub async fn start_instance(&self, name: &str) -> Result<InstanceOption, ApiError> {
        self.post(&paths::instance_start(&self.project(), name), &json!({}))
            .await
    }

    /// What would happen if a flow's session were started so.
    pub async fn preflight(
        &self,
        flow: &FlowId,
        settings: &SessionSettings,
    ) -> Result<Preflight, ApiError> {
        self.post(&paths::session_preflight(&self.project(), flow), settings)
            .await
    }

    /// Starts a flow's session with these settings, or changes the one that runs to them: refused where the session's
    /// state asks for the other.
    pub async fn put_settings(
        &self,
        flow: &FlowId,
        settings: &SessionSettings,
        intent: SettingsIntent,
    ) -> Result<(), ApiError> {
        let path = paths::session_settings_to(&self.project(), flow, intent);
        self.put_only(&path, settings).await
    }

    /// The presets of a flow.
    pub async fn presets(&self, flow: &FlowId) -> Result<Vec<Preset>, ApiError> {
        self.get(&paths::presets(&self.project(), flow)).await
    }

    /// Keeps a preset, in the place of one of its name.
    pub async fn put_preset(&self, flow: &FlowId, preset: &Preset) -> Result<(), ApiError> {
        self.put_only(&paths::preset(&self.project(), flow, &preset.name), preset)
            .await
    }

    /// Forgets a preset.
    pub async fn remove_preset(&self, flow: &FlowId, name: &str) -> Result<(), ApiError> {
        self.delete(&paths::preset(&self.project(), flow, name))
            .await
    }
}
