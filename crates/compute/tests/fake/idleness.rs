//! When what is idle ends: to the millisecond of an injected clock, nobody looking on, also after a time without a server.
use std::{sync::Arc, time::Duration};

use crate::support::{
    Home, ManualClock, ROOMY, TWO_NODES, ended, eventually, idle_after, in_state, with,
};
use flowdeck_compute::{Catalog, Compute, ComputeConfig, ComputeInstance, fake::FakeEngine};
use flowdeck_contract::{
    Millis,
    azure::OperationStatus,
    ids::FlowId,
    session::SessionState::{Available, NotExist},
    settings::{ComputeChoice, IdleShutdown, InstanceState, SessionSettings},
};

const INSTANCE: &str = "shared";
const MILLI: Duration = Duration::from_millis(1);

struct Stage {
    home: Home,
    engine: Arc<FakeEngine>,
    clock: Arc<ManualClock>,
}

impl Stage {
    fn new() -> Self {
        Self {
            home: Home::new(),
            engine: Arc::default(),
            clock: Arc::default(),
        }
    }

    /// With a compute instance that stops after 600 s.
    async fn open(&self) -> Compute {
        let host = Catalog::of_host(ROOMY);
        let config = ComputeConfig {
            catalog: Catalog {
                instances: vec![ComputeInstance {
                    name: INSTANCE.to_owned(),
                    size: host.sizes[0].clone(),
                    identity: None,
                    idle_shutdown: Some(Duration::from_secs(600)),
                }],
                ..host
            },
            ..self.home.config(0)
        };
        let (engine, clock) = (Arc::clone(&self.engine), Arc::clone(&self.clock));
        Compute::open_with_clock(config, engine, clock)
            .await
            .unwrap()
    }

    /// A session of a new flow, running.
    async fn session(&self, compute: &Compute, name: &str, settings: SessionSettings) -> FlowId {
        let flow = self.home.flow(name, &TWO_NODES);
        let operation = compute.start(&flow, with(settings)).await.unwrap();
        let result = ended(compute, &operation).await;
        assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
        flow
    }

    async fn restart(&self, compute: Compute, down_for: Duration) -> Compute {
        compute.close().await;
        drop(compute);
        self.clock.advance(down_for);
        self.open().await
    }
}

fn on_instance(idle_shutdown: IdleShutdown) -> SessionSettings {
    SessionSettings {
        compute: ComputeChoice::Instance {
            name: INSTANCE.to_owned(),
        },
        idle_shutdown,
        base_image: None,
        ..SessionSettings::default()
    }
}

fn instance(compute: &Compute) -> InstanceState {
    compute.options().instances[0].state
}

#[tokio::test]
async fn a_session_ends_when_it_is_due_and_not_a_moment_sooner() {
    let stage = Stage::new();
    let compute = stage.open().await;
    let first = stage.session(&compute, "first", idle_after(100)).await;
    stage.clock.advance(MILLI);
    let second = stage.session(&compute, "second", idle_after(100)).await;

    stage.clock.advance(Duration::from_secs(100) - MILLI);
    in_state(&compute, &first, NotExist).await;
    let view = compute.session(&second);
    assert_eq!(
        (view.state, view.idle_deadline),
        (Available, Some(Millis(100_001)))
    );
    stage.clock.advance(MILLI);
    in_state(&compute, &second, NotExist).await;
    assert_eq!(stage.engine.runtimes(), 0);
}

#[tokio::test]
async fn activity_puts_the_end_off_from_five_seconds_after_the_last_one() {
    let stage = Stage::new();
    let compute = stage.open().await;
    let flow = stage.session(&compute, "f", idle_after(100)).await;
    let deadline = || compute.session(&flow).idle_deadline;

    stage.clock.advance(Duration::from_millis(4_999));
    compute.touch(&flow);
    assert_eq!(deadline(), Some(Millis(100_000)));
    stage.clock.advance(MILLI);
    compute.touch(&flow);
    assert_eq!(deadline(), Some(Millis(105_000)));

    // Put off in the last moment.
    stage.clock.advance(Duration::from_secs(100) - MILLI);
    compute.touch(&flow);
    assert_eq!(deadline(), Some(Millis(204_999)));
    assert_eq!(compute.session(&flow).state, Available);
}

#[tokio::test]
async fn when_the_clock_leaps_everything_that_is_due_ends_and_nothing_else() {
    let stage = Stage::new();
    let compute = stage.open().await;
    let mut due = Vec::new();
    for seconds in [10, 500, 1000] {
        let name = format!("due-{seconds}");
        due.push(stage.session(&compute, &name, idle_after(seconds)).await);
    }
    let later = stage.session(&compute, "later", idle_after(1001)).await;
    let never = SessionSettings {
        idle_shutdown: IdleShutdown::Never,
        ..SessionSettings::default()
    };
    let never = stage.session(&compute, "never", never).await;

    stage.clock.advance(Duration::from_secs(1000));
    for flow in &due {
        in_state(&compute, flow, NotExist).await;
    }
    assert_eq!(compute.session(&later).state, Available);
    assert_eq!(compute.session(&never).idle_deadline, None);
    assert_eq!(stage.engine.runtimes(), 2);
}

#[tokio::test]
async fn a_time_without_a_server_counts_as_idle_and_what_is_not_yet_due_keeps_its_deadline() {
    let stage = Stage::new();
    let compute = stage.open().await;
    let due = stage.session(&compute, "due", idle_after(100)).await;
    let later = stage.session(&compute, "later", idle_after(101)).await;

    let compute = stage.restart(compute, Duration::from_secs(100)).await;
    in_state(&compute, &due, NotExist).await;
    let log = compute.session_log_text(&due).unwrap();
    assert!(log.contains("stops because it’s idle"), "{log}");
    let view = compute.session(&later);
    assert_eq!(
        (view.state, view.idle_deadline),
        (Available, Some(Millis(101_000)))
    );
    stage.clock.advance(Duration::from_secs(1));
    in_state(&compute, &later, NotExist).await;
    assert_eq!(stage.engine.runtimes(), 0);
}

#[tokio::test]
async fn an_instance_that_was_due_while_no_server_ran_is_stopped_and_not_deleted() {
    let stage = Stage::new();
    let compute = stage.open().await;
    compute.start_instance(INSTANCE).unwrap();
    let flow = stage
        .session(&compute, "f", on_instance(IdleShutdown::Never))
        .await;

    let compute = stage.restart(compute, Duration::from_secs(600)).await;
    in_state(&compute, &flow, NotExist).await;
    eventually("the instance to stop", || {
        (instance(&compute) == InstanceState::Stopped).then_some(())
    })
    .await;
    assert_eq!(stage.engine.runtimes(), 0);

    let compute = stage.restart(compute, Duration::ZERO).await;
    assert_eq!(instance(&compute), InstanceState::Stopped);
    let started = compute.start_instance(INSTANCE).unwrap();
    assert_eq!(started.state, InstanceState::Running);
    stage
        .session(&compute, "g", on_instance(IdleShutdown::Default))
        .await;
}

#[tokio::test]
async fn a_session_that_is_used_keeps_its_instance_running() {
    let stage = Stage::new();
    let compute = stage.open().await;
    compute.start_instance(INSTANCE).unwrap();
    let used = stage
        .session(&compute, "used", on_instance(IdleShutdown::Never))
        .await;
    let idle = stage.session(&compute, "idle", idle_after(1000)).await;
    stage.clock.advance(Duration::from_secs(599));
    compute.touch(&used);
    stage.clock.advance(Duration::from_secs(401));
    // What ends now was due after the instance would have been.
    in_state(&compute, &idle, NotExist).await;
    assert_eq!(instance(&compute), InstanceState::Running);
    assert_eq!(compute.session(&used).state, Available);
    stage.clock.advance(Duration::from_secs(199));
    in_state(&compute, &used, NotExist).await;
    assert_eq!(instance(&compute), InstanceState::Stopped);
}

#[tokio::test]
async fn what_cannot_be_ended_is_tried_again_and_holds_nothing_else_up() {
    let stage = Stage::new();
    let compute = stage.open().await;
    let stuck = stage.session(&compute, "stuck", idle_after(100)).await;
    let other = stage.session(&compute, "other", idle_after(101)).await;
    let store = rusqlite::Connection::open(stage.home.data().join("flowdeck.sqlite")).unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON sessions WHEN NEW.flow = 'stuck'
                  BEGIN SELECT RAISE(ABORT, 'not now'); END";
    store.execute_batch(refuse).unwrap();
    let tries = || -> i64 {
        let query = "SELECT count(*) FROM operations WHERE result LIKE '%not now%'";
        store.query_row(query, [], |row| row.get(0)).unwrap()
    };
    stage.clock.advance(Duration::from_secs(101));
    in_state(&compute, &other, NotExist).await;
    assert_eq!(compute.session(&stuck).state, Available);
    assert_eq!(tries(), 1, "after a pause alone it is tried again");
    stage.clock.advance(Duration::from_secs(5));
    eventually("another try", || (tries() == 2).then_some(())).await;
    store.execute_batch("DROP TRIGGER refuse").unwrap();
    stage.clock.advance(Duration::from_secs(5));
    in_state(&compute, &stuck, NotExist).await;
}
