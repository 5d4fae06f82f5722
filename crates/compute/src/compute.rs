//! Seam; bodies follow.
use crate::{engine::Engine, error::ComputeError};
use flowdeck_contract::{
    azure::OperationResult,
    events::FlowEvent,
    ids::{FlowId, OperationId, RunId},
    runs::{RunDetail, RunRequest, RunSummary},
    session::{InstalledPackage, LogLine, SessionView},
};
use std::{path::PathBuf, sync::Arc, time::Duration};
/// Compute sessions.
#[derive(Clone)]
pub struct Compute {
    #[expect(dead_code)]
    engine: Arc<dyn Engine>,
    events: tokio::sync::broadcast::Sender<(FlowId, FlowEvent)>,
}
/// What compute is to work with.
#[derive(Clone, Debug)]
pub struct ComputeConfig {
    /// One folder per flow.
    pub flows: PathBuf,
    /// Where everything is kept.
    pub data: PathBuf,
    /// How many executors stand by.
    pub standby: usize,
    /// Default idle time; `None` for never.
    pub max_idle: Option<Duration>,
}
/// Settings of a start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartSession {
    /// Seconds without activity after which the session is deleted; the default when left out.
    pub max_idle_time_seconds: Option<u64>,
}
/// What is to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateSession {
    /// Seconds without activity after which the session is deleted; as it is when left out.
    pub max_idle_time_seconds: Option<u64>,
}
fn soon<T>() -> Result<T, ComputeError> {
    Err(ComputeError::Refused("not wired yet".into()))
}
#[allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::unused_async,
    unused_variables
)]
impl Compute {
    pub async fn open(
        config: ComputeConfig,
        engine: Arc<dyn Engine>,
    ) -> Result<Compute, ComputeError> {
        Ok(Self {
            engine,
            events: tokio::sync::broadcast::channel(16).0,
        })
    }
    pub async fn close(&self) {}
    pub fn session(&self, flow: &FlowId) -> SessionView {
        SessionView::default()
    }
    pub fn sessions(&self) -> Vec<(FlowId, SessionView)> {
        Vec::new()
    }
    pub fn session_log(&self, flow: &FlowId, last: usize) -> Result<Vec<LogLine>, ComputeError> {
        soon()
    }
    pub fn session_log_text(&self, flow: &FlowId) -> Result<String, ComputeError> {
        soon()
    }
    pub async fn start(
        &self,
        flow: &FlowId,
        request: StartSession,
    ) -> Result<OperationId, ComputeError> {
        soon()
    }
    pub async fn install(&self, flow: &FlowId) -> Result<OperationId, ComputeError> {
        soon()
    }
    pub async fn reset(&self, flow: &FlowId) -> Result<OperationId, ComputeError> {
        soon()
    }
    pub async fn update(
        &self,
        flow: &FlowId,
        change: UpdateSession,
    ) -> Result<OperationId, ComputeError> {
        soon()
    }
    pub async fn stop(&self, flow: &FlowId) -> Result<OperationId, ComputeError> {
        soon()
    }
    pub fn operation(&self, id: &OperationId) -> Option<OperationResult> {
        None
    }
    pub async fn packages(&self, flow: &FlowId) -> Result<Vec<InstalledPackage>, ComputeError> {
        soon()
    }
    pub fn touch(&self, flow: &FlowId) {}
    pub fn flow_changed(&self, flow: &FlowId) {}
    pub async fn run(&self, flow: &FlowId, request: RunRequest) -> Result<RunDetail, ComputeError> {
        soon()
    }
    pub async fn cancel_run(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ComputeError> {
        soon()
    }
    pub fn runs(&self, flow: &FlowId) -> Result<Vec<RunSummary>, ComputeError> {
        soon()
    }
    pub fn run_detail(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ComputeError> {
        soon()
    }
    pub fn run_log(
        &self,
        flow: &FlowId,
        run: &RunId,
        last: usize,
    ) -> Result<Vec<LogLine>, ComputeError> {
        soon()
    }
    pub fn subscribe(&self) -> tokio::sync::broadcast::Receiver<(FlowId, FlowEvent)> {
        self.events.subscribe()
    }
}
