//! The tools that sessions are made with.

use std::path::PathBuf;

use flowdeck_access::pip_config;

use super::{ProcessOptions, machine::Machine, uv};
use crate::{
    engine::{EngineError, Variables},
    install::python::{self, Python},
    log::LogFile,
};

/// Python, uv, and the settings of uv that come from the machine.
#[derive(Clone, Debug)]
pub(super) struct Tools {
    pub(super) python: Python,
    pub(super) uv: PathBuf,
    pub(super) variables: Variables,
}

impl Tools {
    /// Finds them; installs uv when it is missing.
    pub(super) async fn find(
        machine: &Machine,
        options: &ProcessOptions,
        log: &LogFile,
    ) -> Result<Self, EngineError> {
        let python = python::find(options.python.as_deref()).await?;
        let uv = uv::find(machine, options.uv.as_deref(), &python, log).await?;
        Ok(Self {
            python,
            uv,
            variables: pip_config::for_uv(),
        })
    }
}
