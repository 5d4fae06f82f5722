//! What the Python of this machine's environments is.

use flowdeck_contract::ids::SessionId;
use pep508_rs::MarkerEnvironment;

use super::{environment, machine::Machine, tools::Tools};
use crate::{engine::EngineError, environment::inventory::MARKERS, install::output};

/// Asks Python what conditions of requirements are evaluated against.
pub(super) async fn markers(
    machine: &Machine,
    tools: &Tools,
    session: &SessionId,
) -> Result<MarkerEnvironment, EngineError> {
    let mut command = environment::command(machine, &tools.python.path, session);
    command.args(["-I", "-S", "-c", MARKERS]);
    let output = output::run(command, "Asking Python what it is", None).await?;
    let answer = serde_json::from_str(&output.lines.concat());
    answer.map_err(|error| {
        EngineError::new(
            "PythonNotUsable",
            format!("Can’t read the Python version: {error}."),
        )
    })
}
