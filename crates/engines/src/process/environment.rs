//! The commands of a session.

use std::path::Path;

use flowdeck_contract::ids::SessionId;
use tokio::process::Command;

use super::machine::Machine;
use crate::install::{given::Purpose, marks};

/// How uv brings files from its cache.
const LINK_MODE: &str = "UV_LINK_MODE";

/// A command that makes environments or installs: a process group of its own in the session's control groups, with the
/// session's mark.
pub(super) fn command(machine: &Machine, program: &Path, session: &SessionId) -> Command {
    let mut command = command_for(Purpose::Install, machine, program, session);
    // Who writes into an installed file must not change what later installs take from uv's cache.
    if std::env::var_os(LINK_MODE).is_none() {
        command.env(LINK_MODE, "copy");
    }
    command
}

/// As [`command`], to run the flow's code.
pub(super) fn flow_command(machine: &Machine, program: &Path, session: &SessionId) -> Command {
    command_for(Purpose::Flow, machine, program, session)
}

fn command_for(
    purpose: Purpose,
    machine: &Machine,
    program: &Path,
    session: &SessionId,
) -> Command {
    let command = in_groups(machine, program, session);
    marks::marked(
        command,
        machine.folders.data(),
        session,
        machine.variables(),
        purpose,
    )
}

/// A command that enters the session's control groups before anything else: whatever it starts is in them, too.
fn in_groups(machine: &Machine, program: &Path, session: &SessionId) -> Command {
    const ENTER: &str =
        r#"while [ "$1" != -- ]; do echo $$ > "$1" || exit; shift; done; shift; exec "$@""#;
    let doors = machine.groups().map(|groups| groups.doors(session));
    let Some(doors) = doors.filter(|doors| !doors.is_empty()) else {
        return Command::new(program);
    };
    let mut command = Command::new("/bin/sh");
    command.args(["-c", ENTER, "flowdeck"]).args(doors);
    command.arg("--").arg(program);
    command
}
