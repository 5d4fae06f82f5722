//! What is known of a session's packages on this machine.

use std::io;

use pep508_rs::MarkerEnvironment;

use super::{base, environment, layout::Layout, tools::Tools};
use crate::{
    engine::{EngineError, EnvironmentId, Inventory},
    environment::{
        inventory::{self, MARKERS},
        packages::packages,
    },
    install::output,
};

/// What the screen calls the base.
const BASE: &str = "flowdeck’s base packages";

/// Asks Python what conditions of requirements are evaluated against.
pub(super) async fn markers(
    layout: &Layout,
    tools: &Tools,
    environment: &EnvironmentId,
) -> Result<MarkerEnvironment, EngineError> {
    let mut command = environment::command(layout, &tools.python.path, &environment.session);
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

/// Everything that is known of an environment's packages.
pub(super) async fn inventory(
    layout: &Layout,
    tools: &Tools,
    environment: &EnvironmentId,
    markers: MarkerEnvironment,
) -> Result<Inventory, EngineError> {
    let (base, folder) = (base::folder(layout, tools), layout.environment(environment));
    let read = tokio::task::spawn_blocking(move || {
        let base = packages(&base)?;
        let packages = inventory::of(&folder, &base)?;
        Ok((base, packages))
    });
    let read = read
        .await
        .map_err(io::Error::other)
        .and_then(|result| result);
    let (base, packages) =
        read.map_err(|error| EngineError::io("Reading the session's packages", &error))?;
    Ok(Inventory {
        base_name: BASE.to_owned(),
        base,
        packages,
        markers,
    })
}
