//! The operations the app uses, one method each.

use flowdeck_contract::{
    azure::{InstallIntent, SetupFlowSessionAction, SetupFlowSessionRequest},
    feeds::{FeedTest, FeedTestRequest},
    flows::{FlowDetail, FlowList, Project},
    ids::{FlowId, RunId},
    packages::RuntimeVersions,
    paths,
    prices::Prices,
    runs::{RunDetail, RunFiles, RunRequest},
    timeline::Timeline,
};
use serde_json::json;

use super::{Api, ApiError};

/// What a reset does not take as it is there already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anew {
    /// The environment: its requirements are installed, even where an environment was kept.
    pub environment: bool,
    /// The image: it is pulled, even where there is one.
    pub image: bool,
}

impl Api {
    /// The project shown.
    pub async fn project_info(&self) -> Result<Project, ApiError> {
        self.get(&paths::project(&self.project())).await
    }

    /// Every flow of the project.
    pub async fn flows(&self) -> Result<FlowList, ApiError> {
        self.get(&paths::flows(&self.project())).await
    }

    /// A flow with the text of its definition.
    pub async fn flow(&self, flow: &FlowId) -> Result<FlowDetail, ApiError> {
        self.get(&paths::flow(&self.project(), flow)).await
    }

    /// Starts a flow's session with default settings; refused where there is one. What happens then arrives as live
    /// events.
    pub async fn start_session(&self, flow: &FlowId) -> Result<(), ApiError> {
        self.install_session(flow, InstallIntent::Start, None).await
    }

    /// Installs a flow's requirements file into its session, from now on with these versions of the runtime where any
    /// are given; refused where none runs.
    pub async fn install_packages(
        &self,
        flow: &FlowId,
        versions: Option<RuntimeVersions>,
    ) -> Result<(), ApiError> {
        self.install_session(flow, InstallIntent::Install, versions)
            .await
    }

    async fn install_session(
        &self,
        flow: &FlowId,
        intent: InstallIntent,
        versions: Option<RuntimeVersions>,
    ) -> Result<(), ApiError> {
        let request = SetupFlowSessionRequest {
            action: Some(SetupFlowSessionAction::Install),
            intent: Some(intent),
            runtime_versions: versions,
            ..SetupFlowSessionRequest::default()
        };
        self.post_only(&paths::sessions(&self.project(), flow), &request)
            .await
    }

    /// Resets a flow's session, with parts of it made again.
    pub async fn reset_session(&self, flow: &FlowId, anew: Anew) -> Result<(), ApiError> {
        let request = SetupFlowSessionRequest {
            action: Some(SetupFlowSessionAction::Reset),
            rebuild_environment: anew.environment.then_some(true),
            pull_image: anew.image.then_some(true),
            ..SetupFlowSessionRequest::default()
        };
        self.post_only(&paths::sessions(&self.project(), flow), &request)
            .await
    }

    /// Ends a flow's session.
    pub async fn stop_session(&self, flow: &FlowId) -> Result<(), ApiError> {
        self.delete(&paths::sessions(&self.project(), flow)).await
    }

    /// Says that a person is at work, which keeps an idle session running.
    pub async fn touch_session(&self, flow: &FlowId) -> Result<(), ApiError> {
        self.post_only(&paths::session_activity(&self.project(), flow), &json!({}))
            .await
    }

    /// Asks the feeds that a flow's requirements file names, which is `text`.
    pub async fn test_feeds(&self, flow: &FlowId, text: String) -> Result<FeedTest, ApiError> {
        let request = FeedTestRequest { text: Some(text) };
        self.post(&paths::session_feeds_test(&self.project(), flow), &request)
            .await
    }

    /// The whole log of a flow's session.
    pub async fn session_log(&self, flow: &FlowId) -> Result<String, ApiError> {
        self.get_text(&paths::session_log(&self.project(), flow))
            .await
    }

    /// The history of a flow's sessions.
    pub async fn timeline(&self, flow: &FlowId) -> Result<Timeline, ApiError> {
        self.get(&paths::session_timeline(&self.project(), flow))
            .await
    }

    /// Runs a flow or one of its nodes.
    pub async fn start_run(
        &self,
        flow: &FlowId,
        request: &RunRequest,
    ) -> Result<RunDetail, ApiError> {
        self.post(&paths::runs(&self.project(), flow), request)
            .await
    }

    /// A run, whole.
    pub async fn run(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ApiError> {
        self.get(&paths::run(&self.project(), flow, run)).await
    }

    /// The files of the flow as a run found them.
    pub async fn run_files(&self, flow: &FlowId, run: &RunId) -> Result<RunFiles, ApiError> {
        self.get(&paths::run_files(&self.project(), flow, run))
            .await
    }

    /// What models cost.
    pub async fn prices(&self) -> Result<Prices, ApiError> {
        self.get(&paths::prices(&self.project())).await
    }

    /// Asks a run to end.
    pub async fn cancel_run(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ApiError> {
        self.post(&paths::run_cancel(&self.project(), flow, run), &json!({}))
            .await
    }

    /// The whole log of a run.
    pub async fn run_log(&self, flow: &FlowId, run: &RunId) -> Result<String, ApiError> {
        self.get_text(&paths::run_log(&self.project(), flow, run))
            .await
    }
}
