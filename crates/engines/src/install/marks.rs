//! What every process of ours is told by its environment, and what else it is given.

use std::path::Path;

use flowdeck_contract::ids::SessionId;
use tokio::process::Command;

use super::given::{Purpose, VariableName, given};

/// Marks every process of a session, and whatever it starts.
pub(crate) const SESSION_MARK: &str = "FLOWDECK_SESSION";
/// Tells the sessions of one data folder from those of another.
pub(crate) const DATA_MARK: &str = "FLOWDECK_DATA";

/// Makes a command start a process group of its own that carries the session's mark and is given those variables of the
/// server's that `purpose` takes, and those that are `named`.
pub(crate) fn marked(
    mut command: Command,
    data: &Path,
    session: &SessionId,
    named: &[VariableName],
    purpose: Purpose,
) -> Command {
    command
        .env_clear()
        .envs(given(std::env::vars_os(), named, purpose))
        .env(SESSION_MARK, session.as_str())
        .env(DATA_MARK, data)
        .env("PYTHONUNBUFFERED", "1")
        .env("PYTHONIOENCODING", "utf-8:backslashreplace")
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .process_group(0);
    command
}
