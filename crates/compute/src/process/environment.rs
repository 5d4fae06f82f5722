//! The environment variables that our processes are given.

use std::{ffi::OsStr, path::Path};

use flowdeck_contract::ids::SessionId;
use tokio::process::Command;

use super::layout::Layout;

/// Marks every process of a session, and whatever it starts.
pub(crate) const SESSION_MARK: &str = "FLOWDECK_SESSION";
/// Tells the sessions of one data folder from those of another.
pub(crate) const DATA_MARK: &str = "FLOWDECK_DATA";

/// What would make Python or uv look elsewhere than into the session's environment.
const MISLEADING: [&str; 8] = [
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONPYCACHEPREFIX",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PF_BATCH_METHOD",
    "__PYVENV_LAUNCHER__",
];

/// Of the variables of managed identities, those that hold a secret or say where one is had.
const IDENTITY: [&str; 4] = [
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "MSI_ENDPOINT",
    "MSI_SECRET",
];

/// Whether an environment variable is the server's alone: it may hold a secret.
pub(crate) fn is_the_servers(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"FLOWDECK_")
        || IDENTITY.iter().any(|identity| name == *identity)
}

/// A command that starts a process group of its own, carries the session's mark and knows nothing of the server's
/// secrets.
pub(crate) fn command(layout: &Layout, program: &Path, session: &SessionId) -> Command {
    let mut command = in_groups(layout, program, session);
    for (name, _) in std::env::vars_os() {
        if is_the_servers(&name) || MISLEADING.iter().any(|misleading| name == *misleading) {
            command.env_remove(name);
        }
    }
    command
        .env(SESSION_MARK, session.as_str())
        .env(DATA_MARK, layout.data())
        .env("PYTHONUNBUFFERED", "1")
        .env("PYTHONIOENCODING", "utf-8")
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .process_group(0);
    command
}

/// A command that enters the session's control groups before anything else: whatever it starts is in them, too.
fn in_groups(layout: &Layout, program: &Path, session: &SessionId) -> Command {
    const ENTER: &str =
        r#"while [ "$1" != -- ]; do echo $$ > "$1" || exit; shift; done; shift; exec "$@""#;
    let doors = layout.groups().map(|groups| groups.doors(session));
    let Some(doors) = doors.filter(|doors| !doors.is_empty()) else {
        return Command::new(program);
    };
    let mut command = Command::new("/bin/sh");
    command.args(["-c", ENTER, "flowdeck"]).args(doors);
    command.arg("--").arg(program);
    command
}
