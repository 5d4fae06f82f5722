//! What of this crate is about the runs of flows.

use std::collections::HashMap;
use std::fs::File;

use flowdeck_contract::{
    ids::{FlowId, RunId},
    pictures::{KeptPicture, PictureKind, PictureName},
    playground::{ModelCallEvent, ModelCallRequest},
    runs::{RunDetail, RunFiles, RunRequest, RunSummary, UpstreamOutput},
    session::LogLine,
};

use tokio::sync::mpsc::Receiver;

use crate::{compute::Compute, error::ComputeError};

impl Compute {
    /// Runs the flow, or one of its nodes; gives the run as it begins.
    ///
    /// # Errors
    /// When there is no session that runs, or the flow, the node or an input is wrong.
    pub fn run(&self, flow: &FlowId, request: RunRequest) -> Result<RunDetail, ComputeError> {
        self.core.runs.begin_run(flow, &request)
    }

    /// Asks a run to end; gives it as it stands.
    ///
    /// # Errors
    /// When there is no such run, or it is over.
    pub fn cancel_run(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ComputeError> {
        self.core.runs.begin_cancel(flow, run)
    }

    /// Calls a model once in the flow's session, by a connection that the flow may use; gives what comes of it. The call is ended
    /// when that is dropped.
    ///
    /// # Errors
    /// When there is no session that runs, or the flow can't use the connection.
    pub fn call_model(
        &self,
        flow: &FlowId,
        request: ModelCallRequest,
    ) -> Result<Receiver<ModelCallEvent>, ComputeError> {
        self.core.runs.call_model(flow, request)
    }

    /// A flow's runs, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn runs(&self, flow: &FlowId) -> Result<Vec<RunSummary>, ComputeError> {
        self.core.runs.run_summaries(flow)
    }

    /// The newest run of each flow that has one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn last_runs(&self) -> Result<HashMap<FlowId, RunSummary>, ComputeError> {
        self.core.runs.last_runs()
    }

    /// A run, whole.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn run_detail(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ComputeError> {
        self.core.runs.run_detail(flow, run)
    }

    /// The file of a run's log, as it is written; `None` as long as there is none.
    ///
    /// # Errors
    /// When there is no such run, or its log cannot be opened.
    pub fn run_log_file(&self, flow: &FlowId, run: &RunId) -> Result<Option<File>, ComputeError> {
        self.core.runs.run_log_file(flow, run)
    }

    /// The file of a run's whole result, which is kept when it is too large to be shown.
    ///
    /// # Errors
    /// When there is no such run, or all of its result is in the run itself.
    pub fn run_result_file(&self, flow: &FlowId, run: &RunId) -> Result<File, ComputeError> {
        self.core.runs.run_result_file(flow, run)
    }

    /// The files of the flow as a run found them.
    ///
    /// # Errors
    /// When there is no such run, or it says nothing of them.
    pub fn run_files(&self, flow: &FlowId, run: &RunId) -> Result<RunFiles, ComputeError> {
        self.core.runs.run_files(flow, run)
    }

    /// A file that a run made, such as a picture, by its name.
    ///
    /// # Errors
    /// When there is no such run or file, or it's larger than 20 MB.
    pub fn run_output_file(
        &self,
        flow: &FlowId,
        run: &RunId,
        name: &str,
    ) -> Result<Vec<u8>, ComputeError> {
        self.core.runs.run_output_file(flow, run, name)
    }

    /// Keeps a picture that a person gives to the flow's inputs. `bytes` are of this kind.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn keep_picture(
        &self,
        flow: &FlowId,
        kind: PictureKind,
        bytes: &[u8],
    ) -> Result<KeptPicture, ComputeError> {
        self.core.runs.keep_picture(flow, kind, bytes)
    }

    /// A picture that is kept for the flow's inputs.
    ///
    /// # Errors
    /// When it's no longer kept, or can't be read.
    pub fn kept_picture(&self, flow: &FlowId, name: &PictureName) -> Result<Vec<u8>, ComputeError> {
        self.core.runs.kept_picture(flow, name)
    }

    /// What a run of a node alone would be given of other nodes.
    ///
    /// # Errors
    /// When there is no such flow or node, or the store fails.
    pub fn upstream(&self, flow: &FlowId, node: &str) -> Result<Vec<UpstreamOutput>, ComputeError> {
        self.core.runs.upstream(flow, node)
    }

    /// The last lines of a run's log.
    ///
    /// # Errors
    /// When there is no such run, or its log cannot be read.
    pub fn run_log(
        &self,
        flow: &FlowId,
        run: &RunId,
        last: usize,
    ) -> Result<Vec<LogLine>, ComputeError> {
        self.core.runs.run_log(flow, run, last)
    }
}
