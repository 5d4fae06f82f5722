//! What is said aloud of the session, to those who don't see it change.

use flowdeck_contract::{
    packages::InstallKind,
    session::{InstallView, PhaseState, SessionState, SessionView},
    timeline::SessionHistory,
};
use leptos::prelude::*;

use super::FlowContext;
use crate::ui::{Status, Tone, local_time};

/// Tells every change of the session to those who do not see it.
pub(super) fn announce_session(context: FlowContext) {
    let status = Status::from_context();
    let (session, life) = (context.live.session, context.live.life);
    let told = Memo::new(move |_| {
        let life = life.get();
        session.with(|session| Some(sentence(session.as_ref()?, life.as_ref())))
    });
    Effect::new(move |known: Option<Option<String>>| {
        let told = told.get();
        if let (Some(Some(known)), Some(now)) = (&known, &told)
            && known != now
        {
            status.announce(now.clone());
        }
        told
    });
    show_install_success(context, status);
}

/// Shows that an install has succeeded, whatever part of the page is in view.
fn show_install_success(context: FlowContext, status: Status) {
    let session = context.live.session;
    let done = Memo::new(move |_| {
        session.with(|session| {
            let install = session.as_ref()?.install.as_ref()?;
            Some((install.started, install.state, install.kind))
        })
    });
    Effect::new(move |known: Option<Option<_>>| {
        let now = done.get();
        if let (
            Some(Some((before, PhaseState::Running, _))),
            Some((started, PhaseState::Done, kind)),
        ) = (known, now)
            && before == started
        {
            let text = match kind {
                InstallKind::Requirements => "Packages installed",
                InstallKind::LastGood => "Packages restored",
            };
            status.tell(
                Tone::Good,
                text,
                Some("The runtime restarted with them.".into()),
            );
        }
        now
    });
}

/// Why and when the last session ended, as a sentence.
pub(super) fn end_sentence(life: &SessionHistory) -> Option<String> {
    let (by, ended) = (life.ended_by()?, life.ended?);
    let at = local_time(ended.0);
    Some(format!(
        "The compute session stopped at {at} {}.",
        by.ending()
    ))
}

fn sentence(session: &SessionView, life: Option<&SessionHistory>) -> String {
    match session.state {
        SessionState::NotExist => life
            .and_then(end_sentence)
            .unwrap_or_else(|| "No active compute session.".into()),
        SessionState::Starting => "The compute session is starting.".into(),
        SessionState::Available => match &session.install {
            Some(install) => install_sentence(install),
            None => "The compute session is running.".into(),
        },
        SessionState::Stopping => "The compute session is stopping.".into(),
        SessionState::Failed => {
            let reason = session
                .failure
                .as_ref()
                .map(|failure| failure.message.as_str())
                .unwrap_or_default();
            format!("The compute session failed. {reason}")
        }
    }
}

fn install_sentence(install: &InstallView) -> String {
    match install.state {
        PhaseState::Waiting | PhaseState::Running => "Packages are being installed.".into(),
        PhaseState::Done | PhaseState::Skipped => match install.kind {
            InstallKind::Requirements => {
                "The packages are installed. The compute session is running.".into()
            }
            InstallKind::LastGood => {
                "The last good set of packages is restored. The compute session is running.".into()
            }
        },
        PhaseState::Canceled => "Install canceled. The compute session didn’t change.".into(),
        PhaseState::Failed => {
            let reason = install
                .failure
                .as_ref()
                .map(|failure| failure.message.as_str())
                .unwrap_or_default();
            format!("The install failed. {reason}")
        }
    }
}
