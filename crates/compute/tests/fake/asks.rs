//! An ask keeps its meaning in whatever state it arrives, and what is offered is what is given.

use std::sync::Arc;

use crate::support::{Home, ManualClock, TWO_NODES, ended, with};
use flowdeck_compute::{
    Anew, Ask, Catalog, Compute, ComputeConfig, ComputeErrorKind, Host, Owner, Quota, StartSession,
    VmSize, fake::FakeEngine,
};
use flowdeck_contract::{
    azure::OperationStatus,
    ids::FlowId,
    session::SessionState,
    settings::{ComputeChoice, SessionSettings, SettingsIntent},
};
use proptest::prelude::*;

fn sized(name: &str) -> SessionSettings {
    SessionSettings {
        compute: ComputeChoice::Serverless {
            vm_size: Some(name.to_owned()),
            identity: None,
        },
        ..SessionSettings::default()
    }
}

async fn open(home: &Home, catalog: Catalog) -> Compute {
    let config = ComputeConfig {
        catalog,
        ..home.config(0)
    };
    let (engine, clock) = (Arc::<FakeEngine>::default(), Arc::<ManualClock>::default());
    Compute::open_with_clock(config, engine, clock)
        .await
        .unwrap()
}

fn one_size() -> Catalog {
    Catalog::of_host(Host {
        cores: 2,
        memory_mb: 8192,
    })
}

#[tokio::test]
async fn a_start_that_comes_late_leaves_the_session_that_runs_as_it_is() {
    let home = Home::new();
    let flow = home.flow("f", &TWO_NODES);
    home.flow("f", &[("requirements.txt", "alpha\n")]);
    let compute = open(&home, one_size()).await;
    let begun = compute
        .set_up(&flow, Ask::Start(StartSession::default()))
        .await
        .unwrap();
    assert_eq!(
        ended(&compute, &begun.operation).await.status,
        OperationStatus::Succeeded
    );
    let running = compute.session(&flow);
    assert_eq!(running.session_id.as_ref(), Some(&begun.session));

    let late = compute
        .set_up(&flow, Ask::Start(StartSession::default()))
        .await
        .unwrap_err();
    assert_eq!(late.kind(), ComputeErrorKind::Conflict);
    assert_eq!(late.to_string(), "The compute session is already running.");
    let settings = SessionSettings::default();
    let late = compute.apply(&flow, settings.clone(), Some(SettingsIntent::Start));
    assert_eq!(late.await.unwrap_err().kind(), ComputeErrorKind::Conflict);
    assert_eq!(compute.session(&flow), running);

    let stopped = compute.set_up(&flow, Ask::Stop).await.unwrap();
    assert_eq!(stopped.session, begun.session);
    ended(&compute, &stopped.operation).await;
    for ask in [
        Ask::Install(None),
        Ask::Restore,
        Ask::Reset(Anew::default()),
        Ask::Update(settings.clone()),
        Ask::Stop,
    ] {
        let late = compute.set_up(&flow, ask.clone()).await.unwrap_err();
        assert_eq!(late.kind(), ComputeErrorKind::Conflict, "{ask:?}");
    }
    let late = compute.apply(&flow, settings, Some(SettingsIntent::Change));
    assert_eq!(late.await.unwrap_err().kind(), ComputeErrorKind::Conflict);
    assert_eq!(compute.session(&flow).state, SessionState::NotExist);
}

/// A quota, sizes, and which of them the sessions of flows have, as far as there is room.
fn worlds() -> impl Strategy<Value = (Quota, Vec<VmSize>, Vec<usize>)> {
    let size = (1_u32..6, 1_u64..6);
    let sizes = prop::collection::vec(size, 1..5).prop_map(|sizes| {
        let sized = sizes.into_iter().enumerate();
        sized
            .map(|(at, (v_cpus, gib))| VmSize {
                name: format!("Size_{at}"),
                v_cpus,
                memory_mb: gib * 1024,
            })
            .collect::<Vec<_>>()
    });
    let quota = (1_u32..12, 1_u64..12).prop_map(|(v_cpus, gib)| Quota {
        v_cpus,
        memory_mb: gib * 1024,
    });
    (quota, sizes, prop::collection::vec(0_usize..5, 1..4))
}

/// What the options of each flow say of each size is what a start or a change of its session meets.
async fn offers_are_given(quota: Quota, sizes: Vec<VmSize>, taken: Vec<usize>) {
    let home = Home::new();
    let names: Vec<String> = sizes.iter().map(|size| size.name.clone()).collect();
    let catalog = Catalog {
        sizes,
        quota,
        ..one_size()
    };
    let compute = open(&home, catalog).await;
    let flows: Vec<FlowId> = (0..=taken.len())
        .map(|at| home.flow(&format!("f{at}"), &TWO_NODES))
        .collect();
    for (flow, size) in flows.iter().zip(&taken) {
        let size = &names[size % names.len()];
        if let Ok(operation) = compute.start(flow, with(sized(size))).await {
            ended(&compute, &operation).await;
        }
    }
    for flow in &flows {
        let owner = Owner::from(flow);
        let offered = compute.options_for(&owner);
        for size in &offered.sizes {
            let given = compute.preflight(flow, &sized(&size.name)).await.unwrap();
            assert_eq!(
                size.unavailable.is_none(),
                given.vm_size.is_some(),
                "{} of {flow}: {:?}, {:?}",
                size.name,
                size.unavailable,
                given.checks
            );
        }
        let by_default = compute.preflight(flow, &SessionSettings::default()).await;
        assert_eq!(offered.default_size, by_default.unwrap().vm_size);
        // Carried out for the greatest one that is offered, which a reset has to make room for.
        let greatest = offered
            .sizes
            .iter()
            .rfind(|size| size.unavailable.is_none());
        if let Some(size) = greatest {
            let operation = compute.apply(flow, sized(&size.name), None).await.unwrap();
            ended(&compute, &operation.operation).await;
            let now = compute.session(flow).size.map(|size| size.name);
            assert_eq!(now.as_ref(), Some(&size.name));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_offered_to_a_session_is_what_it_gets((quota, sizes, taken) in worlds()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(offers_are_given(quota, sizes, taken));
    }
}
