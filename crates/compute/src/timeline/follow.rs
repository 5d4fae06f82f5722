//! From one record of a session to the next: what the timeline says of it.

use flowdeck_contract::{
    Millis,
    packages::InstallKind,
    session::{InstallView, PhaseState, SessionState},
    timeline::{Asked, AskedFor, By, SessionHistory},
};

use crate::{sessions::Record, state::State};

/// More is asked of few sessions; the oldest after the start is forgotten then.
const ASKED_KEPT: usize = 100;

/// What a change made of the timeline.
#[derive(Debug, Default)]
pub(crate) struct Followed {
    /// The life that ended so that another could begin.
    pub(crate) ended: Option<SessionHistory>,
    /// The last life.
    pub(crate) last: Option<SessionHistory>,
}

/// What the timeline says when a session goes from `before` to `after`; `life` is its last so far, `id` numbers a new
/// one.
pub(crate) fn follow(
    life: Option<SessionHistory>,
    (before, after): (&Record, &Record),
    by: By,
    now: Millis,
    id: impl FnOnce() -> u64,
) -> Followed {
    let starting = |record: &Record| matches!(record.state, State::Starting(_));
    let begins = starting(after) && !starting(before);
    let (mut ended, known) = if begins { (life, None) } else { (None, life) };
    // A start that follows a reset was asked for by whoever asked for that.
    let reset = ended.as_mut().and_then(|life| {
        let reset = life
            .asked
            .iter()
            .rfind(|asked| asked.what == AskedFor::Reset);
        let by = reset.filter(|_| before.state == State::Stopping)?.by;
        end(life, now);
        Some(by)
    });
    // One that was over already has not changed.
    let ended = ended.filter(|_| reset.is_some());
    let known = known.or_else(|| new_life(after, id, now));
    let Some(mut life) = known else {
        return Followed { ended, last: None };
    };
    if begins {
        ask(&mut life, AskedFor::Start, reset.unwrap_or(by), now);
    }
    move_on(&mut life, before, after, by, now);
    Followed {
        ended,
        last: Some(life),
    }
}

/// `None` when there is no session.
fn new_life(record: &Record, id: impl FnOnce() -> u64, now: Millis) -> Option<SessionHistory> {
    let session = record.id().cloned();
    let session = session.filter(|_| record.state != State::NotExist)?;
    let mut life = SessionHistory {
        id: id(),
        session,
        flow: record.owner.flow().cloned(),
        state: SessionState::NotExist,
        started: record.session.started.unwrap_or(now),
        available: None,
        ended: None,
        route: None,
        phases: Vec::new(),
        usual_ms: None,
        asked: Vec::new(),
        settings: record.session.settings.clone(),
        size: None,
        runtime_version: None,
        failure: None,
    };
    take_over(&mut life, record);
    Some(life)
}

/// What the record says itself.
fn take_over(life: &mut SessionHistory, record: &Record) {
    life.state = record.state.public();
    // What is gone says nothing any more.
    if record.state == State::NotExist {
        return;
    }
    let view = &record.session;
    if let Some(session) = record.id() {
        life.session.clone_from(session);
    }
    (life.available, life.route) = (view.available, view.route);
    life.phases.clone_from(&view.phases);
    life.settings.clone_from(&view.settings);
    life.size.clone_from(&view.size);
    life.runtime_version.clone_from(&view.runtime_version);
    life.failure.clone_from(&view.failure);
}

fn move_on(life: &mut SessionHistory, before: &Record, after: &Record, by: By, now: Millis) {
    use State::{Available, Failed, NotExist, Starting, Stopping};
    follow_install(life, before, after, by, now);
    match (before.state, after.state) {
        (Starting(_), Starting(_)) if began(before) != began(after) => {
            close(life, PhaseState::Canceled, None, now);
            ask(life, AskedFor::StartAnew, by, now);
        }
        (Starting(_), Available) => close(life, PhaseState::Done, None, now),
        (Available, Available) if idle_changed(before, after) => {
            ask(life, AskedFor::Change, by, now);
            close(life, PhaseState::Done, None, now);
        }
        (was, Stopping) if was != Stopping => {
            close(life, PhaseState::Canceled, None, now);
            let reset = after.next.is_some();
            ask(
                life,
                if reset {
                    AskedFor::Reset
                } else {
                    AskedFor::Stop
                },
                by,
                now,
            );
        }
        (was, Failed) if was != Failed => {
            let failure = after
                .session
                .failure
                .as_ref()
                .map(|failure| failure.message.clone());
            close(life, PhaseState::Failed, failure, now);
            life.ended = life.ended.or(Some(now));
        }
        (Stopping, NotExist) => end(life, now),
        _ => {}
    }
    take_over(life, after);
}

/// When the start in progress began its first phase.
fn began(record: &Record) -> Option<Millis> {
    record.session.phases.first()?.started
}

fn idle_changed(before: &Record, after: &Record) -> bool {
    before.session.settings.idle_shutdown != after.session.settings.idle_shutdown
}

fn follow_install(life: &mut SessionHistory, before: &Record, after: &Record, by: By, now: Millis) {
    let running = |record: &Record| {
        let install = record.session.install.as_ref();
        install.is_some_and(|install| install.state == PhaseState::Running)
    };
    match (&after.session.install, running(before), running(after)) {
        (Some(install), false, true) => ask(life, asked_for(install), by, install.started),
        (Some(install), true, false) => {
            let failure = install
                .failure
                .as_ref()
                .map(|failure| failure.message.clone());
            close(life, install.state, failure, install.ended.unwrap_or(now));
        }
        _ => {}
    }
}

fn asked_for(install: &InstallView) -> AskedFor {
    match install.kind {
        InstallKind::Requirements => AskedFor::Install,
        InstallKind::LastGood => AskedFor::Restore,
    }
}

fn ask(life: &mut SessionHistory, what: AskedFor, by: By, at: Millis) {
    if life.asked.len() >= ASKED_KEPT {
        life.asked.remove(1);
    }
    life.asked.push(Asked {
        at,
        what,
        by,
        state: PhaseState::Running,
        ended: None,
        failure: None,
    });
}

/// Ends what is in progress.
fn close(life: &mut SessionHistory, state: PhaseState, failure: Option<String>, now: Millis) {
    let under_way = life
        .asked
        .iter_mut()
        .filter(|asked| asked.state == PhaseState::Running);
    for asked in under_way {
        (asked.state, asked.ended) = (state, Some(now));
        asked.failure.clone_from(&failure);
    }
}

fn end(life: &mut SessionHistory, now: Millis) {
    close(life, PhaseState::Done, None, now);
    life.state = SessionState::NotExist;
    life.ended = life.ended.or(Some(now));
}
