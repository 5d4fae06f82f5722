//! What a session can be asked for, over an engine in memory: sizes, the quota, identities, compute instances.

use std::{sync::Arc, time::Duration};

use crate::support::{Home, ManualClock, TWO_NODES, ended, eventually, idle_after, in_state, with};
use flowdeck_compute::{
    Catalog, Compute, ComputeConfig, ComputeError, ComputeErrorKind, ComputeInstance, Host,
    Identity, Owner, Quota, VmSize, fake::FakeEngine,
};
use flowdeck_contract::{
    Millis,
    azure::OperationStatus,
    ids::{FlowId, OperationId},
    session::{SessionState, SessionView},
    settings::{ComputeChoice, IdleShutdown, InstanceState, SessionSettings},
};

fn size(name: &str, v_cpus: u32, gib: u64) -> VmSize {
    VmSize {
        name: name.to_owned(),
        v_cpus,
        memory_mb: gib * 1024,
    }
}

/// Room for two small sessions and a bit, or for one that is large.
fn catalog() -> Catalog {
    Catalog {
        sizes: vec![size("Small", 1, 2), size("Large", 3, 4), size("Huge", 9, 9)],
        quota: Quota {
            v_cpus: 3,
            memory_mb: 6 * 1024,
        },
        instances: vec![ComputeInstance {
            name: "shared".to_owned(),
            size: size("Small", 1, 2),
            identity: Some("puller".to_owned()),
            idle_shutdown: Some(Duration::from_secs(600)),
        }],
        identities: vec![Identity {
            name: "puller".to_owned(),
            description: Some("Pulls images".to_owned()),
            client_id: None,
            source: None,
            hosts: Vec::new(),
        }],
        ..Catalog::of_host(Host {
            cores: 1,
            memory_mb: 4096,
        })
    }
}

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

    fn flow(&self, name: &str) -> FlowId {
        self.home.flow(name, &TWO_NODES)
    }

    async fn open(&self) -> Compute {
        let config = ComputeConfig {
            catalog: catalog(),
            ..self.home.config(0)
        };
        let (engine, clock) = (Arc::clone(&self.engine), Arc::clone(&self.clock));
        Compute::open_with_clock(config, engine, clock)
            .await
            .unwrap()
    }
}

fn serverless(vm_size: &str) -> SessionSettings {
    SessionSettings {
        compute: ComputeChoice::Serverless {
            vm_size: Some(vm_size.to_owned()),
            identity: None,
        },
        ..SessionSettings::default()
    }
}

fn on(instance: &str) -> SessionSettings {
    SessionSettings {
        compute: ComputeChoice::Instance {
            name: instance.to_owned(),
        },
        ..SessionSettings::default()
    }
}

async fn succeeded(compute: &Compute, operation: Result<OperationId, ComputeError>) {
    let result = ended(compute, &operation.unwrap()).await;
    assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
}

async fn start(compute: &Compute, flow: &FlowId, settings: SessionSettings) -> SessionView {
    succeeded(compute, compute.start(flow, with(settings)).await).await;
    compute.session(flow)
}

fn used(compute: &Compute) -> (f64, f64) {
    let quota = compute.options().quota;
    (quota[0].used, quota[1].used)
}

#[tokio::test]
async fn what_is_asked_for_is_shown_and_survives_a_restart_and_a_reset() {
    let stage = Stage::new();
    let flow = stage.flow("f");
    let compute = stage.open().await;
    let asked = SessionSettings {
        compute: ComputeChoice::Serverless {
            vm_size: Some("large".to_owned()),
            identity: Some("puller".to_owned()),
        },
        idle_shutdown: IdleShutdown::Never,
        base_image: None,
        ..SessionSettings::default()
    };
    let view = start(&compute, &flow, asked).await;
    let size = view.size.clone().unwrap();
    assert_eq!(
        (&*size.name, size.v_cpus, size.memory_mb),
        ("Large", 3, 4096)
    );
    assert_eq!(
        (view.max_idle_time_seconds, view.idle_deadline),
        (None, None)
    );
    assert_eq!(view.last_activity, Some(Millis(0)));
    compute.close().await;
    drop(compute);

    let compute = stage.open().await;
    assert_eq!(compute.session(&flow), view);
    assert_eq!(used(&compute), (3.0, 4.0));
    succeeded(&compute, compute.reset(&flow).await).await;
    let after = compute.session(&flow);
    assert_eq!((&after.settings, &after.size), (&view.settings, &view.size));
    assert_ne!(after.session_id, view.session_id);
}

#[tokio::test]
async fn what_does_not_exist_is_refused_by_name_with_what_does() {
    let stage = Stage::new();
    let flow = stage.flow("f");
    let compute = stage.open().await;
    let with_identity = SessionSettings {
        compute: ComputeChoice::Serverless {
            vm_size: None,
            identity: Some("nobody".to_owned()),
        },
        ..SessionSettings::default()
    };
    for (settings, code, named) in [
        (
            serverless("Standard_X"),
            "VmSizeNotFound",
            "Small, Large, Huge",
        ),
        (with_identity, "IdentityNotFound", "puller"),
        (on("mine"), "ComputeInstanceNotFound", "shared"),
        (idle_after(1), "IdleTimeInvalid", "at least 10"),
    ] {
        let error = compute.start(&flow, with(settings)).await.unwrap_err();
        assert_eq!(error.kind(), ComputeErrorKind::Invalid);
        assert_eq!(error.to_root_error().code, code);
        assert!(error.to_string().contains(named), "{error}");
    }
    assert_eq!(compute.session(&flow), SessionView::default());
}

#[tokio::test]
async fn the_quota_is_given_out_once_and_the_default_is_what_it_has_room_for() {
    let stage = Stage::new();
    let flows = ["a", "b", "c", "d"].map(|name| stage.flow(name));
    let compute = stage.open().await;
    let unavailable = |compute: &Compute, name: &str| {
        let sizes = compute.options().sizes;
        let size = sizes.into_iter().find(|size| size.name == name).unwrap();
        size.unavailable
    };
    assert_eq!(unavailable(&compute, "Large"), None);
    assert_eq!(
        unavailable(&compute, "Huge").unwrap(),
        "Exceeds your quota (3 vCPUs and 6 GiB)."
    );
    let view = start(&compute, &flows[0], SessionSettings::default()).await;
    assert_eq!(view.size.unwrap().name, "Small");
    assert_eq!(
        unavailable(&compute, "Large").unwrap(),
        "Not enough quota: needs 3 vCPUs and 4 GiB, 2 vCPUs available."
    );
    let error = compute.start(&flows[1], with(serverless("Large"))).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ComputeErrorKind::Conflict);
    assert_eq!(error.to_root_error().code, "QuotaExceeded");
    assert!(error.to_root_error().remedy().is_some());

    // What the session has itself counts as available for it.
    let own = compute.options_for(&Owner::from(&flows[0])).sizes;
    assert_eq!(own[1].unavailable, None);
    succeeded(
        &compute,
        compute.update(&flows[0], serverless("Large")).await,
    )
    .await;
    assert_eq!(compute.session(&flows[0]).size.unwrap().name, "Large");
    assert_eq!(compute.options().default_size, None);
    succeeded(&compute, compute.stop(&flows[0]).await).await;
    assert_eq!(used(&compute), (0.0, 0.0));

    // Asked for at once, no more start than there is room for.
    let starts = flows
        .iter()
        .map(|flow| compute.start(flow, with(SessionSettings::default())));
    let mut refused = 0;
    for start in starts {
        match start.await {
            Ok(operation) => succeeded(&compute, Ok(operation)).await,
            Err(error) => {
                assert_eq!(error.to_root_error().code, "QuotaExceeded");
                refused += 1;
            }
        }
    }
    assert_eq!((refused, used(&compute)), (1, (3.0, 6.0)));
}

#[tokio::test]
async fn idle_time_changes_in_place_and_another_size_resets() {
    let stage = Stage::new();
    let flow = stage.flow("f");
    let compute = stage.open().await;
    let before = start(&compute, &flow, serverless("Small")).await;
    let longer = SessionSettings {
        idle_shutdown: IdleShutdown::After(7200),
        ..serverless("Small")
    };
    succeeded(&compute, compute.update(&flow, longer.clone()).await).await;
    let now = compute.session(&flow);
    assert_eq!(
        (&now.session_id, now.max_idle_time_seconds, &now.settings),
        (&before.session_id, Some(7200), &longer)
    );
    let error = compute.update(&flow, serverless("Huge")).await.unwrap_err();
    assert_eq!(error.to_root_error().code, "QuotaExceeded");
    assert_eq!(compute.session(&flow).session_id, before.session_id);
    succeeded(&compute, compute.update(&flow, serverless("Large")).await).await;
    let after = compute.session(&flow);
    assert_ne!(after.session_id, before.session_id);
    assert_eq!(after.size.unwrap().name, "Large");
}

#[tokio::test]
async fn a_compute_instance_is_started_shared_left_and_stopped_but_never_deleted() {
    let stage = Stage::new();
    let (one, two) = (stage.flow("one"), stage.flow("two"));
    let compute = stage.open().await;
    let instance = |compute: &Compute| compute.options().instances.remove(0);
    assert_eq!(instance(&compute).state, InstanceState::Stopped);
    assert_eq!(used(&compute), (0.0, 0.0));
    let error = compute.start(&one, with(on("shared"))).await.unwrap_err();
    assert_eq!(error.to_root_error().code, "ComputeInstanceStopped");
    assert_eq!(
        error.to_root_error().remedy(),
        Some("Start the compute instance first.")
    );
    assert_eq!(
        compute.start_instance("other").unwrap_err().kind(),
        ComputeErrorKind::NotFound
    );

    assert_eq!(
        compute.start_instance("shared").unwrap().state,
        InstanceState::Running
    );
    for flow in [&one, &two] {
        let view = start(&compute, flow, on("shared")).await;
        assert_eq!(
            (view.max_idle_time_seconds, &*view.size.unwrap().name),
            (Some(600), "Small")
        );
    }
    assert_eq!(
        (used(&compute), instance(&compute).sessions),
        ((1.0, 2.0), 2)
    );

    stage.clock.advance(Duration::from_secs(500));
    succeeded(&compute, compute.stop(&one).await).await;
    assert_eq!(
        (instance(&compute).state, instance(&compute).sessions),
        (InstanceState::Running, 1),
        "it is left running"
    );
    compute.close().await;
    drop(compute);
    let compute = stage.open().await;
    assert_eq!(instance(&compute).state, InstanceState::Running);

    // The session that was last used at the start ends, the instance waits for the other one's last use.
    stage.clock.advance(Duration::from_secs(100));
    in_state(&compute, &two, SessionState::NotExist).await;
    assert_eq!(instance(&compute).state, InstanceState::Running);
    stage.clock.advance(Duration::from_secs(500));
    eventually("the instance to stop", || {
        (instance(&compute).state == InstanceState::Stopped).then_some(())
    })
    .await;
    assert_eq!(used(&compute), (0.0, 0.0));
    assert_eq!(compute.start_instance("shared").unwrap().sessions, 0);
}

#[tokio::test]
async fn a_compute_instance_that_stops_ends_the_sessions_on_it() {
    let stage = Stage::new();
    let flow = stage.flow("f");
    let compute = stage.open().await;
    compute.start_instance("shared").unwrap();
    let never = SessionSettings {
        idle_shutdown: IdleShutdown::Never,
        ..on("shared")
    };
    start(&compute, &flow, never).await;
    stage.clock.advance(Duration::from_secs(600));
    in_state(&compute, &flow, SessionState::NotExist).await;
    assert_eq!(compute.options().instances[0].state, InstanceState::Stopped);
    assert_eq!(stage.engine.runtimes(), 0);
}
