//! Earlier runs: reading them, and what becomes of those that an earlier server left in progress.

use std::{collections::HashMap, fs::File, io, sync::Arc};

use flowdeck_access::{
    disk,
    folder::{FileBeneath, ReadError},
};
use flowdeck_contract::{
    ids::{FlowId, RunId},
    pictures::{KeptPicture, PictureKind, PictureName},
    runs::{NodeState, RunDetail, RunState, RunSummary},
    session::LogLine,
    shown::shown,
};
use flowdeck_engines::{executor, log::last_lines};

use super::masked::masked_copy;
use crate::{
    error::ComputeError,
    owner::Owner,
    paths::{RUN_LOG, RUN_RESULT},
    pictures,
    runs::Runs,
};

/// The largest file of a run that is given, in bytes.
const OUTPUT_LIMIT: u64 = 20_000_000;

impl Runs {
    /// A flow's runs, newest first.
    pub(crate) fn run_summaries(&self, flow: &FlowId) -> Result<Vec<RunSummary>, ComputeError> {
        self.parts.store.runs(flow)
    }

    /// The newest run of each flow that has one.
    pub(crate) fn last_runs(&self) -> Result<HashMap<FlowId, RunSummary>, ComputeError> {
        self.parts.store.last_runs()
    }

    /// A run as it stands.
    pub(crate) fn run_detail(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ComputeError> {
        if let Some(live) = self.live.get(flow, run) {
            return Ok(live.detail());
        }
        self.parts
            .store
            .run(flow, run)?
            .ok_or_else(|| ComputeError::RunNotFound(run.to_string()))
    }

    /// The last lines of a run's log.
    pub(crate) fn run_log(
        &self,
        flow: &FlowId,
        run: &RunId,
        last: usize,
    ) -> Result<Vec<LogLine>, ComputeError> {
        let failed = ComputeError::io("Reading the run’s log");
        if let Some(live) = self.live.get(flow, run) {
            return live.last_lines(self, last).map_err(failed);
        }
        self.run_detail(flow, run)?;
        last_lines(self.log_of(flow, run), last).map_err(failed)
    }

    /// The file of a run's log.
    pub(crate) fn run_log_file(
        &self,
        flow: &FlowId,
        run: &RunId,
    ) -> Result<Option<File>, ComputeError> {
        self.run_detail(flow, run)?;
        let opened = match self.log_of(flow, run).open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened,
        };
        let shown = match self.live.get(flow, run) {
            Some(live) => opened.and_then(|log| masked_copy(&live.masks(), log)),
            None => opened,
        };
        let shown = shown.map_err(ComputeError::io("Reading the run’s log"))?;
        Ok(Some(shown))
    }

    pub(super) fn log_of(&self, flow: &FlowId, run: &RunId) -> FileBeneath {
        self.parts.paths.run_file(flow, run, RUN_LOG)
    }

    /// The file of a run's whole result.
    pub(crate) fn run_result_file(&self, flow: &FlowId, run: &RunId) -> Result<File, ComputeError> {
        if self.run_detail(flow, run)?.whole.is_none() {
            return Err(ComputeError::Refused(
                "The run shows its whole result. There is nothing more to download.".to_owned(),
            ));
        }
        let file = self.parts.paths.run_file(flow, run, RUN_RESULT);
        file.open()
            .map_err(ComputeError::io("Reading the run’s result"))
    }

    /// A file that a run made. Whatever the flow put in its place, nothing beyond the run's own folder is read.
    pub(crate) fn run_output_file(
        &self,
        flow: &FlowId,
        run: &RunId,
        name: &str,
    ) -> Result<Vec<u8>, ComputeError> {
        self.run_detail(flow, run)?;
        let missing = || ComputeError::OutputNotFound(shown(name).into_owned());
        if name.contains('/') {
            return Err(missing());
        }
        match self.parts.paths.read_output(flow, run, name, OUTPUT_LIMIT) {
            Ok(bytes) => Ok(bytes),
            Err(ReadError::Io(error)) => Err(ComputeError::io("Reading a file of the run")(error)),
            Err(ReadError::TooLarge(too_large)) => {
                Err(ComputeError::Refused(format!("{too_large}.")))
            }
            Err(ReadError::Missing | ReadError::Outside | ReadError::Special) => Err(missing()),
        }
    }

    /// Keeps a picture that a person gives to the flow's inputs.
    pub(crate) fn keep_picture(
        &self,
        flow: &FlowId,
        kind: PictureKind,
        bytes: &[u8],
    ) -> Result<KeptPicture, ComputeError> {
        self.parts.folders.of(&flow.into())?;
        pictures::keep(&self.parts.paths, flow, kind, bytes)
    }

    /// A picture that is kept for the flow's inputs.
    pub(crate) fn kept_picture(
        &self,
        flow: &FlowId,
        name: &PictureName,
    ) -> Result<Vec<u8>, ComputeError> {
        pictures::read(&self.parts.paths, flow, name)
    }

    /// Removes what the runs of a flow have left, with the pictures for its inputs.
    pub(crate) fn remove_files_of(&self, flow: &FlowId) -> Result<(), ComputeError> {
        let folders = [
            self.parts.paths.runs(flow),
            self.parts.paths.works(&Owner::from(flow)),
        ];
        folders
            .iter()
            .try_for_each(|folder| disk::remove(folder))
            .map_err(ComputeError::io("Removing the files of the flow’s runs"))
    }

    /// Runs that an earlier server left: nobody waits for their answers any more, so they are ended.
    pub(crate) fn interrupt_runs(self: &Arc<Self>) -> Result<(), ComputeError> {
        for (flow, mut detail) in self.parts.store.runs_under_way()? {
            detail.summary.state = RunState::Interrupted;
            detail.summary.ended = Some(self.now());
            detail.error = Some(executor::interrupted(
                "The server was restarted while the run was in progress.",
            ));
            for node in &mut detail.nodes {
                if matches!(node.state, NodeState::Waiting | NodeState::Running) {
                    node.state = NodeState::Canceled;
                }
            }
            if let Err(error) = self.parts.store.save_run(&flow, &detail) {
                tracing::error!(%flow, %error, "an interrupted run could not be written down");
                continue;
            }
            if let Some(runtime) = self.parts.book.record(&Owner::from(&flow)).runtime {
                let (runs, run) = (Arc::clone(self), detail.summary.id);
                self.parts.tasks.background(async move {
                    if let Err(error) = runs
                        .parts
                        .engine
                        .request(&runtime, executor::cancel(&run))
                        .await
                    {
                        tracing::warn!(%run, %error, "an interrupted run could not be cancelled");
                    }
                });
            }
        }
        Ok(())
    }
}
