//! Benchmarks.
use anyhow::Result;

use crate::project::Project;

pub(crate) fn run(_project: &Project, _filters: &[String]) -> Result<()> {
    Ok(())
}
