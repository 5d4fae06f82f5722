//! The facts that the page shows of a compute session.

use flowdeck_contract::{ids::FlowId, session::SessionState, sessions::SessionSummary};

/// When it ends for lack of use, or why it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Idle {
    /// It is not available, so that it is not waited for.
    Unknown,
    /// At a time if nothing happens, because nothing has since another; both in milliseconds since 1970.
    Ends { at: i64, idle_since: i64 },
    /// Not now: something is in progress in it.
    Busy(String),
    /// Only when it is stopped.
    Never,
}

pub(super) fn idle(session: &SessionSummary) -> Idle {
    if session.state != SessionState::Available {
        return Idle::Unknown;
    }
    match (session.idle_deadline, session.max_idle_time_seconds) {
        (Some(at), _) => Idle::Ends {
            at: at.0,
            idle_since: session.last_activity.unwrap_or(at).0,
        },
        (None, None) => Idle::Never,
        (None, Some(_)) => Idle::Busy(match (session.runs, session.installing) {
            (0, true) => "Packages are being installed".to_owned(),
            (1, _) => "1 run in progress".to_owned(),
            (0, false) => "Something is in progress".to_owned(),
            (runs, _) => format!("{runs} runs in progress"),
        }),
    }
}

/// What people know it by: its flow, else its id.
pub(super) fn name(session: &SessionSummary) -> String {
    session
        .flow
        .as_ref()
        .map_or_else(|| session.session.to_string(), ToString::to_string)
}

/// Where it runs.
pub(super) fn compute(session: &SessionSummary) -> String {
    session
        .instance
        .clone()
        .unwrap_or_else(|| "Serverless compute".to_owned())
}

/// Whose rights it has.
pub(super) fn identity(session: &SessionSummary) -> String {
    session
        .identity
        .clone()
        .unwrap_or_else(|| "My own identity".to_owned())
}

/// What is in progress in it and ends with it, a sentence each.
pub(super) fn losses(session: &SessionSummary) -> Vec<String> {
    let mut losses = Vec::new();
    match session.runs {
        0 => {}
        1 => losses.push("1 run is in progress and will be canceled.".to_owned()),
        runs => losses.push(format!("{runs} runs are in progress and will be canceled.")),
    }
    if session.installing {
        losses.push("Packages are being installed. The install will be canceled.".to_owned());
    }
    losses
}

/// The flow whose session's packages can be shown: the session runs, and belongs to a flow.
pub(super) fn flow_with_packages(session: &SessionSummary) -> Option<&FlowId> {
    let flow = session.flow.as_ref();
    flow.filter(|_| session.state == SessionState::Available)
}

/// What ending it takes away and what it leaves, but for packages that [`flow_with_packages`] can tell.
pub(super) fn what_goes(session: &SessionSummary) -> String {
    let stays = match session.flow {
        Some(_) => "Files and past runs are kept.",
        None => "It has no flow: its working folder is deleted too.",
    };
    if session.state == SessionState::Failed {
        return format!("Nothing is running. Its log is deleted. {stays}");
    }
    let compute = match &session.instance {
        Some(instance) => format!(
            "Deletes this session. The compute instance {instance} stays and becomes idle when no other session uses it."
        ),
        None => "Deletes this session and its compute.".to_owned(),
    };
    match flow_with_packages(session) {
        Some(_) => format!("{compute} {stays}"),
        None => format!("{compute} Manually installed packages will be lost. {stays}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::{Millis, ids::SessionId};

    fn session(state: SessionState) -> SessionSummary {
        SessionSummary {
            session: SessionId::try_from("s-1").unwrap(),
            flow: None,
            state,
            instance: None,
            size: None,
            identity: None,
            started: None,
            available: None,
            last_activity: None,
            max_idle_time_seconds: None,
            idle_deadline: None,
            runs: 0,
            moved_image: None,
            installing: false,
            failure: None,
        }
    }

    #[test]
    fn idleness_is_a_time_or_a_reason() {
        assert_eq!(idle(&session(SessionState::Starting)), Idle::Unknown);
        let available = session(SessionState::Available);
        assert_eq!(idle(&available), Idle::Never);
        let bounded = SessionSummary {
            max_idle_time_seconds: Some(60),
            ..available
        };
        let counting = SessionSummary {
            idle_deadline: Some(Millis(9)),
            last_activity: Some(Millis(3)),
            ..bounded.clone()
        };
        let ends = Idle::Ends {
            at: 9,
            idle_since: 3,
        };
        assert_eq!(idle(&counting), ends);
        for (runs, installing, text) in [
            (1, false, "1 run in progress"),
            (3, true, "3 runs in progress"),
            (0, true, "Packages are being installed"),
            (0, false, "Something is in progress"),
        ] {
            let busy = SessionSummary {
                runs,
                installing,
                ..bounded.clone()
            };
            assert_eq!(idle(&busy), Idle::Busy(text.to_owned()));
        }
    }

    #[test]
    fn what_ends_with_it_is_named() {
        let busy = SessionSummary {
            runs: 2,
            installing: true,
            ..session(SessionState::Available)
        };
        assert_eq!(losses(&busy).len(), 2);
        assert!(losses(&session(SessionState::Available)).is_empty());
    }

    #[test]
    fn a_compute_instance_outlives_its_sessions() {
        let serverless = session(SessionState::Available);
        assert!(what_goes(&serverless).contains("and its compute"));
        assert!(what_goes(&serverless).contains("has no flow"));
        assert!(what_goes(&serverless).contains("Manually installed"));
        let shared = SessionSummary {
            flow: FlowId::try_from("greeter").ok(),
            instance: Some("team-box".into()),
            ..serverless
        };
        assert!(what_goes(&shared).contains("team-box stays and becomes idle"));
        assert!(what_goes(&shared).contains("Files and past runs"));
        assert!(!what_goes(&shared).contains("Manually installed"));
        assert_eq!(flow_with_packages(&shared), shared.flow.as_ref());
        assert_eq!(name(&shared), "greeter");
        let failed = session(SessionState::Failed);
        assert!(what_goes(&failed).starts_with("Nothing is running"));
        assert_eq!(name(&failed), "s-1");
    }
}
