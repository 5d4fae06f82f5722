//! What can be done to a session in which state, and what to say when it cannot: one table for the server's answer and
//! for the reason on a disabled control.

use crate::session::SessionState;

/// Why packages cannot be installed while they already are.
pub const INSTALL_UNDER_WAY: &str = "Packages are already being installed.";

/// Why packages cannot be installed while something runs.
pub const RUN_UNDER_WAY: &str =
    "A run is in progress, and an install restarts the runtime. Wait for the run or cancel it.";

/// Why nothing runs while packages are installed.
pub const RUN_DURING_INSTALL: &str =
    "Packages are being installed. You can run the flow when the install finishes.";

/// Why nothing can be done to a session that isn't there.
pub const NO_SESSION: &str = "There is no compute session.";

/// Why nothing runs without one.
pub const NO_SESSION_TO_RUN: &str = "There is no compute session. Start one first.";

/// Something a person or client asks of a flow's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Make a session.
    Start,
    /// End the session.
    Stop,
    /// Delete it and make one with the same environment.
    Reset,
    /// Install the requirements file.
    Install,
    /// Change idle time or size.
    Update,
    /// Run the flow or a node.
    Run,
}

impl Action {
    /// All of them.
    pub const ALL: [Action; 6] = [
        Action::Start,
        Action::Stop,
        Action::Reset,
        Action::Install,
        Action::Update,
        Action::Run,
    ];

    /// Why `self` cannot be done in `state`, as a sentence; `None` when it can.
    #[must_use]
    pub fn refusal(self, state: SessionState) -> Option<&'static str> {
        use SessionState::{Available, Failed, NotExist, Starting, Stopping};
        match (self, state) {
            (Action::Start, NotExist | Failed)
            | (Action::Stop, Starting | Available | Failed)
            | (Action::Reset, Available | Failed)
            | (Action::Install | Action::Update | Action::Run, Available) => None,
            (Action::Start, Starting) => Some("The compute session is already starting."),
            (Action::Start, Available) => Some("The compute session is already running."),
            (Action::Stop | Action::Reset, NotExist) => Some(NO_SESSION),
            (_, Stopping) => Some("The compute session is stopping."),
            (Action::Run, Starting) => Some("The compute session is still starting."),
            (_, Starting) => Some("The compute session is still starting. Wait, or stop it first."),
            (Action::Run, NotExist) => Some("Start a compute session to run this flow."),
            (Action::Run, Failed) => Some("The compute session failed. Start it again first."),
            (_, NotExist) => Some(NO_SESSION_TO_RUN),
            (_, Failed) => Some("The compute session failed. Start it again first."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SessionState::{Available, Failed, NotExist, Starting, Stopping};

    #[test]
    fn a_session_can_be_started_exactly_where_none_is() {
        let startable: Vec<_> = [NotExist, Starting, Available, Stopping, Failed]
            .into_iter()
            .filter(|state| Action::Start.refusal(*state).is_none())
            .collect();
        assert_eq!(startable, [NotExist, Failed]);
    }

    #[test]
    fn nothing_can_be_done_while_it_stops() {
        for action in Action::ALL {
            assert_eq!(
                action.refusal(Stopping),
                Some("The compute session is stopping.")
            );
        }
    }
}
