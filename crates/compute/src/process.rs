//! The process engine: sessions are process groups with a virtual environment of their own on this machine.
use crate::engine::EngineError;
use std::path::{Path, PathBuf};
/// Where the tools are.
#[derive(Clone, Debug, Default)]
pub struct ProcessOptions {
    /// The Python to make environments with; found on PATH when left out.
    pub python: Option<PathBuf>,
    /// uv; found on PATH, or installed below the data folder, when left out.
    pub uv: Option<PathBuf>,
    /// Where base environments are kept; below the data folder when left out.
    pub base: Option<PathBuf>,
}
/// Sessions on this machine.
#[derive(Debug)]
pub struct ProcessEngine {}
impl ProcessEngine {
    /// An engine that keeps its sessions below `data`.
    #[allow(clippy::missing_errors_doc, clippy::unused_async)]
    pub async fn new(_data: &Path, _options: ProcessOptions) -> Result<Self, EngineError> {
        Ok(Self {})
    }
}
