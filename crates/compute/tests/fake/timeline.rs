//! What the timeline says of a session's lives, over an engine in memory and with an injected clock.
use crate::support::{TWO_NODES, ended, eventually, idle_after, in_state, stage::Stage, with};
use flowdeck_compute::{
    Compute, OwnEnvironment, Owner, StartSession, asked_by, engine::EngineError, fake::Step,
};
use flowdeck_contract::{
    Millis,
    events::FlowEvent,
    ids::SessionId,
    session::{
        Phase, PhaseState,
        SessionState::{self, Available, Failed, NotExist},
    },
    settings::SessionSettings,
    timeline::{Asked, AskedFor, By, SessionHistory, is_slow},
};

impl Stage {
    fn lives(&self, compute: &Compute) -> Vec<SessionHistory> {
        compute.timeline(&self.flow).unwrap().lives
    }

    fn last(&self, compute: &Compute) -> SessionHistory {
        self.lives(compute).remove(0)
    }

    /// A start whose install takes so long.
    async fn start_for(&self, compute: &Compute, seconds: u64) {
        self.engine.hang(Step::Install);
        let operation = compute
            .start(&self.flow, StartSession::default())
            .await
            .unwrap();
        self.at(compute, Phase::Install).await;
        self.advance(seconds);
        self.engine.recover();
        ended(compute, &operation).await;
    }
}

fn words(asked: &[Asked]) -> Vec<(AskedFor, By, PhaseState)> {
    let words = asked
        .iter()
        .map(|asked| (asked.what, asked.by, asked.state));
    words.collect()
}

#[tokio::test]
async fn a_life_is_told_from_its_start_to_its_end_and_kept() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    let started = asked_by(
        By::Browser,
        compute.start(&stage.flow, StartSession::default()),
    );
    ended(&compute, &started.await.unwrap()).await;
    stage.advance(10);
    let installed = asked_by(By::Token, compute.install(&stage.flow))
        .await
        .unwrap();
    ended(&compute, &installed).await;
    asked_by(By::Browser, compute.update(&stage.flow, idle_after(900)))
        .await
        .unwrap();
    stage.advance(10);
    let stopped = asked_by(By::Token, compute.stop(&stage.flow))
        .await
        .unwrap();
    ended(&compute, &stopped).await;

    let check = |life: &SessionHistory| {
        assert_eq!((life.state, life.failure.clone()), (NotExist, None));
        assert_eq!(
            (life.started, life.available, life.ended),
            (Millis(0), Some(Millis(0)), Some(Millis(20_000)))
        );
        assert!(
            life.phases
                .iter()
                .all(|phase| phase.state == PhaseState::Done)
        );
        assert_eq!(
            words(&life.asked),
            [
                (AskedFor::Start, By::Browser, PhaseState::Done),
                (AskedFor::Install, By::Token, PhaseState::Done),
                (AskedFor::Change, By::Browser, PhaseState::Done),
                (AskedFor::Stop, By::Token, PhaseState::Done),
            ]
        );
    };
    check(&stage.last(&compute));
    let compute = stage.restart(compute).await;
    let life = stage.last(&compute);
    check(&life);
    let by_id = compute.timeline_of(&life.session).unwrap();
    assert_eq!(by_id.lives, [life]);

    stage.start(&compute, SessionSettings::default()).await;
    let lives = stage.lives(&compute);
    assert_eq!(lives.len(), 2);
    assert!(lives[0].id > lives[1].id && lives[0].state == Available);
    check(&lives[1]);
}

#[tokio::test]
async fn what_failed_is_told_with_the_phase_and_what_was_asked() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.engine.fail(
        Step::CreateEnvironment,
        EngineError::new("Broken", "It broke."),
    );
    stage.start(&compute, SessionSettings::default()).await;
    let life = stage.last(&compute);
    let failure = life.failure.clone().unwrap();
    assert_eq!(
        (life.state, failure.phase),
        (Failed, Some(Phase::CreateEnvironment))
    );
    assert_eq!(
        words(&life.asked),
        [(AskedFor::Start, By::Server, PhaseState::Failed)]
    );
    assert_eq!(life.asked[0].failure.as_deref(), Some("It broke."));
    assert!(life.ended.is_some() && life.available.is_none());

    stage.engine.recover();
    stage.start(&compute, SessionSettings::default()).await;
    stage
        .engine
        .fail(Step::Install, EngineError::new("Broken", "No alpha."));
    let install = compute.install(&stage.flow).await.unwrap();
    ended(&compute, &install).await;
    let life = stage.last(&compute);
    assert_eq!(life.state, Available);
    let asked = &life.asked[1];
    assert_eq!(
        (asked.what, asked.state),
        (AskedFor::Install, PhaseState::Failed)
    );
    assert_eq!(asked.failure.as_deref(), Some("No alpha."));
    assert_eq!(stage.lives(&compute).len(), 2);
}

#[tokio::test]
async fn a_reset_ends_one_life_and_begins_another_for_the_same_asker() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.start(&compute, SessionSettings::default()).await;
    let reset = asked_by(By::Token, compute.reset(&stage.flow))
        .await
        .unwrap();
    ended(&compute, &reset).await;
    let lives = stage.lives(&compute);
    assert_eq!(
        words(&lives[0].asked),
        [(AskedFor::Start, By::Token, PhaseState::Done)]
    );
    assert_eq!(
        words(&lives[1].asked),
        [
            (AskedFor::Start, By::Server, PhaseState::Done),
            (AskedFor::Reset, By::Token, PhaseState::Done)
        ]
    );
    assert_eq!(
        (lives[1].state, lives[1].ended),
        (NotExist, Some(Millis(0)))
    );
    assert_ne!(lives[0].session, lives[1].session);
}

#[tokio::test]
async fn the_idle_clock_is_named_as_who_ended_it() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.start(&compute, idle_after(100)).await;
    stage.advance(100);
    in_state(&compute, &stage.flow, NotExist).await;
    let life = stage.last(&compute);
    assert_eq!(life.asked[1].by, By::Idle);
    assert_eq!(life.ended, Some(Millis(100_000)));
}

#[tokio::test]
async fn a_start_that_a_restart_cut_off_says_so_and_does_not_count_as_usual() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.engine.hang(Step::Install);
    compute
        .start(&stage.flow, StartSession::default())
        .await
        .unwrap();
    stage.at(&compute, Phase::Install).await;
    compute.close().await;
    drop(compute);
    stage.engine.recover();
    stage.advance(3_600);
    let compute = stage.open(0).await;
    in_state(&compute, &stage.flow, Available).await;
    let life = stage.last(&compute);
    assert_eq!(
        words(&life.asked),
        [
            (AskedFor::Start, By::Server, PhaseState::Canceled),
            (AskedFor::StartAnew, By::Server, PhaseState::Done)
        ]
    );
    assert_eq!(stage.lives(&compute).len(), 1);
    for _ in 0..2 {
        stage.stop(&compute).await;
        stage.start(&compute, SessionSettings::default()).await;
    }
    stage.stop(&compute).await;
    stage.start(&compute, SessionSettings::default()).await;
    assert_eq!(
        stage.last(&compute).usual_ms,
        None,
        "of three that count, one is under way"
    );
    assert_eq!(stage.last(&compute).phases[0].usual_ms, Some(0));
}

#[tokio::test]
async fn a_start_is_compared_with_those_of_its_way_on_this_host() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    // The first one has to make the base, which is another way.
    stage.start(&compute, SessionSettings::default()).await;
    stage.stop(&compute).await;
    for seconds in [4, 2, 90] {
        stage.start_for(&compute, seconds).await;
        assert_eq!(stage.last(&compute).usual_ms, None, "nothing is usual yet");
        stage.stop(&compute).await;
    }
    let compute = stage.restart(compute).await;
    stage.engine.hang(Step::Install);
    let operation = compute
        .start(&stage.flow, StartSession::default())
        .await
        .unwrap();
    // Known while it runs.
    let phase = stage.at(&compute, Phase::Install).await;
    assert_eq!(phase.usual_ms, Some(4_000));
    assert_eq!(stage.last(&compute).usual_ms, Some(4_000));
    stage.advance(12);
    stage.engine.recover();
    ended(&compute, &operation).await;
    let life = stage.last(&compute);
    assert_eq!(
        (life.usual_ms, life.start_ms(Millis(0))),
        (Some(4_000), 12_000)
    );
    assert!(is_slow(life.start_ms(Millis(0)), 4_000));
    stage.stop(&compute).await;

    // Another way has no usual of its own yet.
    std::fs::remove_file(stage.home.flows().join("hello/requirements.txt")).unwrap();
    stage.start(&compute, SessionSettings::default()).await;
    assert_eq!(stage.last(&compute).usual_ms, None);
}

#[tokio::test]
async fn a_start_from_standby_keeps_one_life_although_the_session_s_id_changes() {
    let stage = Stage::new();
    std::fs::remove_file(stage.home.flows().join("hello/requirements.txt")).unwrap();
    let compute = stage.open(1).await;
    eventually("a runtime that stands by", || {
        (compute.standbys().1 == 1).then_some(())
    })
    .await;
    stage.start(&compute, SessionSettings::default()).await;
    let life = stage.last(&compute);
    assert_eq!(
        Some(&life.session),
        compute.session(&stage.flow).session_id.as_ref()
    );
    assert_eq!(stage.lives(&compute).len(), 1);
    assert_eq!(compute.timeline_of(&life.session).unwrap().lives.len(), 1);
    compute.close().await;
}

#[tokio::test]
async fn a_session_that_was_nobody_s_is_told_of_after_it_is_forgotten() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    let session = SessionId::try_from("s-1").unwrap();
    let created = compute.create(
        session.clone(),
        OwnEnvironment::default(),
        StartSession::default(),
    );
    let begun = asked_by(By::Token, created).await.unwrap();
    ended(&compute, &begun.operation).await;
    let owner = Owner::Nobody(session.clone());
    ended(&compute, &compute.stop(&owner).await.unwrap()).await;
    assert!(compute.sessions().is_empty());
    let life = compute.timeline_of(&session).unwrap().lives.remove(0);
    assert_eq!((life.flow, life.state), (None, NotExist));
    assert_eq!(life.asked[0].by, By::Token);
    let unknown = SessionId::try_from("s-2").unwrap();
    assert!(compute.timeline_of(&unknown).is_err());
}

#[tokio::test]
async fn the_sessions_that_have_ended_are_listed_whoever_s_they_were() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.start(&compute, SessionSettings::default()).await;
    stage.advance(10);
    stage.engine.kill_runtimes();
    in_state(&compute, &stage.flow, Failed).await;
    assert_eq!(compute.ended_sessions().unwrap().sessions, []);

    let session = SessionId::try_from("s-1").unwrap();
    let created = compute.create(
        session.clone(),
        OwnEnvironment::default(),
        StartSession::default(),
    );
    ended(&compute, &created.await.unwrap().operation).await;
    stage.advance(10);
    stage.stop(&compute).await;
    let owner = Owner::Nobody(session.clone());
    ended(&compute, &compute.stop(&owner).await.unwrap()).await;
    let of_flow = stage.last(&compute).session;
    stage.start(&compute, SessionSettings::default()).await;

    let compute = stage.restart(compute).await;
    let all = compute.ended_sessions().unwrap().sessions;
    let told: Vec<_> = all
        .iter()
        .map(|one| (&one.session, one.flow.as_ref(), one.ended, &one.failure))
        .collect();
    let died = Some("The runtime ended.".to_owned());
    assert_eq!(
        told,
        [
            (&session, None, Millis(20_000), &None),
            (&of_flow, Some(&stage.flow), Millis(10_000), &died),
        ]
    );
}

#[tokio::test]
async fn an_end_says_by_what_and_the_last_end_is_listed_first() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    // Begins first and ends last.
    let operation = compute
        .start(&stage.flow, with(idle_after(600)))
        .await
        .unwrap();
    ended(&compute, &operation).await;
    assert_eq!(stage.last(&compute).ended_by(), None);
    let other = stage.home.flow("other", &TWO_NODES);
    let operation = compute
        .start(&other, with(SessionSettings::default()))
        .await
        .unwrap();
    ended(&compute, &operation).await;
    stage.advance(10);
    let stopped = asked_by(By::Token, compute.stop(&other)).await.unwrap();
    ended(&compute, &stopped).await;
    stage.advance(600);
    in_state(&compute, &stage.flow, NotExist).await;
    let life = compute.last_life(&stage.flow).unwrap();
    assert_eq!(life.ended_by(), Some(By::Idle));
    let ended = compute.ended_sessions().unwrap().sessions;
    let told: Vec<_> = ended
        .iter()
        .map(|one| (one.flow.as_ref(), one.ended_by))
        .collect();
    assert_eq!(
        told,
        [
            (Some(&stage.flow), Some(By::Idle)),
            (Some(&other), Some(By::Token)),
        ]
    );
}

#[tokio::test]
async fn only_the_last_lives_are_kept() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    for _ in 0..22 {
        stage.start(&compute, SessionSettings::default()).await;
        stage.stop(&compute).await;
    }
    let ids: Vec<u64> = stage.lives(&compute).iter().map(|life| life.id).collect();
    assert_eq!(ids, (3..=22).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn the_last_life_is_told_live() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    let mut events = compute.subscribe();
    stage.start(&compute, SessionSettings::default()).await;
    let mut states = Vec::new();
    while let Ok((_, event)) = events.try_recv() {
        if let FlowEvent::Life(life) = event {
            states.push(life.state);
        }
    }
    states.dedup();
    assert_eq!(states, [SessionState::Starting, Available]);
}
