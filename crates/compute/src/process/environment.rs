//! The commands of a session.

use std::path::Path;

use flowdeck_contract::ids::SessionId;
use tokio::process::Command;

use super::layout::Layout;
use crate::install::marks;

/// A command that is a process group of its own in the session's control groups, with the session's mark.
pub(super) fn command(layout: &Layout, program: &Path, session: &SessionId) -> Command {
    marks::marked(in_groups(layout, program, session), layout.data(), session)
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
