//! Packages over an engine in memory: origins, plans, canceling, going back, and what a restart of the server makes of it.

use std::sync::Arc;

use crate::support::{Home, TWO_NODES, ended, eventually};
use flowdeck_compute::{
    Compute, ComputeErrorKind, StartSession,
    fake::{FakeEngine, Step},
};
use flowdeck_contract::{
    azure::OperationStatus,
    events::FlowEvent,
    ids::FlowId,
    packages::{DifferenceKind, InstallKind, Origin, PlanKind, RequirementProgress},
    session::{PhaseState, SessionState},
};

struct Stage {
    home: Home,
    engine: Arc<FakeEngine>,
    flow: FlowId,
}

impl Stage {
    fn new() -> Self {
        let home = Home::new();
        let flow = home.flow("hello", &TWO_NODES);
        let stage = Self {
            home,
            engine: Arc::default(),
            flow,
        };
        stage.require("alpha==1\n");
        stage
    }

    fn require(&self, text: &str) {
        self.home.flow("hello", &[("requirements.txt", text)]);
    }

    async fn open(&self) -> Compute {
        let engine = Arc::clone(&self.engine);
        Compute::open(self.home.config(0), engine).await.unwrap()
    }

    async fn started(&self) -> Compute {
        let compute = self.open().await;
        let start = compute.start(&self.flow, StartSession::default());
        let operation = start.await.unwrap();
        let result = ended(&compute, &operation).await;
        assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
        compute
    }

    async fn install(&self, compute: &Compute, text: &str) {
        self.require(text);
        let operation = compute.install(&self.flow).await.unwrap();
        let result = ended(compute, &operation).await;
        assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
    }

    fn generations(&self) -> Vec<u32> {
        let environments = self.engine.environments();
        environments
            .iter()
            .map(|environment| environment.generation)
            .collect()
    }
}

async fn version(compute: &Compute, flow: &FlowId) -> String {
    let packages = compute.packages(flow).await.unwrap();
    let alpha = packages.iter().find(|package| package.name == "alpha");
    alpha.unwrap().version.clone()
}

#[tokio::test]
async fn what_is_installed_has_its_origin_and_a_plan_says_what_would_change() {
    let stage = Stage::new();
    let compute = stage.started().await;
    stage.require("alpha==2\nbeta\n");
    let view = compute.packages_view(&stage.flow).await.unwrap();
    assert_eq!(view.lock, "alpha==1\npromptflow-core==fake\n");
    let origins: Vec<_> = view
        .packages
        .iter()
        .map(|package| (package.name.as_str(), &package.origin))
        .collect();
    assert_eq!(origins[0], ("promptflow-core", &Origin::BaseImage));
    assert!(matches!(origins[1], ("alpha", Origin::Requirements(by)) if by.line == 1));
    assert_eq!(view.restorable, None);
    let differences = compute.package_differences(&stage.flow).await.unwrap();
    let differences: Vec<_> = differences
        .iter()
        .map(|d| (d.name.as_str(), d.kind))
        .collect();
    assert_eq!(
        differences,
        [
            ("alpha", DifferenceKind::OtherVersion),
            ("beta", DifferenceKind::Missing)
        ]
    );

    let plan = compute.install_plan(&stage.flow, None).await.unwrap();
    let changes: Vec<_> = plan
        .changes
        .iter()
        .map(|change| (change.name.as_str(), change.kind))
        .collect();
    assert_eq!(
        changes,
        [("alpha", PlanKind::Upgraded), ("beta", PlanKind::Added)]
    );
    assert_eq!(plan.unchanged, 1);
    assert_eq!(plan.files, ["requirements.txt"]);
    let included = [
        ("requirements.txt", "-r deps/more.txt\n-c bounds.txt\n"),
        ("deps/more.txt", "beta\n-c ../bounds.txt\n"),
        ("bounds.txt", "beta<2\n"),
    ];
    stage.home.flow("hello", &included);
    let plan = compute.install_plan(&stage.flow, None).await.unwrap();
    assert_eq!(
        plan.files,
        ["requirements.txt", "deps/more.txt", "bounds.txt"]
    );

    let unreachable =
        flowdeck_compute::engine::EngineError::new("NetworkUnreachable", "Nothing answers.");
    stage.engine.fail(Step::DryRun, unreachable);
    let refused = compute.install_plan(&stage.flow, None).await.unwrap_err();
    assert_eq!(refused.kind(), ComputeErrorKind::Unavailable);
    assert!(refused.to_root_error().install_fault().is_some());
    let untold = compute.package_differences(&stage.flow).await.unwrap_err();
    assert_eq!(untold.to_string(), "Nothing answers.");
    let view = compute.packages_view(&stage.flow).await.unwrap();
    assert_eq!(view.packages.len(), 2, "what is there is told all the same");
    compute.close().await;
}

#[tokio::test]
async fn the_last_good_set_can_be_restored_and_no_older_one_is_kept() {
    let stage = Stage::new();
    let compute = stage.started().await;
    let refused = compute.restore_packages(&stage.flow).await.unwrap_err();
    assert_eq!(refused.kind(), ComputeErrorKind::Conflict);
    stage.install(&compute, "alpha==2\n").await;
    let install = compute.session(&stage.flow).install.unwrap();
    assert_eq!(
        install.lines[0].state,
        RequirementProgress::Installed("2".into())
    );
    stage.install(&compute, "alpha==3\n").await;
    assert_eq!(stage.generations(), [1, 2]);

    let operation = compute.restore_packages(&stage.flow).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    let view = compute.session(&stage.flow);
    assert_eq!(view.install.unwrap().kind, InstallKind::LastGood);
    assert_eq!(version(&compute, &stage.flow).await, "2");
    assert!(
        view.out_of_date.is_some(),
        "requirements.txt asks for another"
    );
    assert_eq!(
        (stage.generations(), stage.engine.runtimes()),
        (vec![1, 2], 1)
    );

    stage.install(&compute, "alpha==4\n").await;
    assert_eq!(stage.generations(), [1, 3], "the newest number was taken");
    assert_eq!(compute.session(&stage.flow).out_of_date, None);
    compute.close().await;
}

#[tokio::test]
async fn a_session_is_never_out_of_date_with_what_is_being_installed() {
    let stage = Stage::new();
    let compute = stage.started().await;
    let changed = |text: &str| {
        stage.home.flow("hello", &[("requirements.txt", text)]);
        compute.flow_changed(&stage.flow);
    };
    changed("beta\n");
    assert!(compute.session(&stage.flow).out_of_date.is_some());
    stage.engine.hang(Step::Check);
    let operation = compute.install(&stage.flow).await.unwrap();
    assert_eq!(compute.session(&stage.flow).out_of_date, None);
    compute.cancel_install(&stage.flow).unwrap();
    stage.engine.recover();
    ended(&compute, &operation).await;
    // Canceled: it is what it was.
    assert!(compute.session(&stage.flow).out_of_date.is_some());

    let mut events = compute.subscribe();
    let operation = compute.install(&stage.flow).await.unwrap();
    ended(&compute, &operation).await;
    while let Ok((_, event)) = events.try_recv() {
        if let FlowEvent::Session(view) = event
            && let Some(install) = view.install
            && matches!(install.state, PhaseState::Running | PhaseState::Done)
        {
            assert_eq!(view.out_of_date, None, "{install:?}");
        }
    }
    changed("gamma\n");
    assert!(compute.session(&stage.flow).out_of_date.is_some());
}

#[tokio::test]
async fn a_canceled_install_leaves_the_session_as_it_was() {
    let stage = Stage::new();
    let compute = stage.started().await;
    let none = compute.cancel_install(&stage.flow).unwrap_err();
    assert_eq!(none.kind(), ComputeErrorKind::Conflict);
    for step in [
        Step::CreateEnvironment,
        Step::Install,
        Step::StartRuntime,
        Step::Check,
    ] {
        stage.engine.hang(step);
        stage.require("alpha==2\n");
        let operation = compute.install(&stage.flow).await.unwrap();
        eventually("an environment beside", || {
            (stage.generations() == [0, 1]).then_some(())
        })
        .await;
        compute.cancel_install(&stage.flow).unwrap();
        compute.cancel_install(&stage.flow).unwrap();
        assert_eq!(
            ended(&compute, &operation).await.status,
            OperationStatus::Canceled
        );
        eventually("a tidy session", || {
            (stage.generations() == [0] && stage.engine.runtimes() == 1).then_some(())
        })
        .await;
        let view = compute.session(&stage.flow);
        assert_eq!(
            (view.state, view.install.unwrap().state),
            (SessionState::Available, PhaseState::Canceled),
            "{step:?}"
        );
        assert_eq!(version(&compute, &stage.flow).await, "1");
        stage.engine.recover();
    }
    stage.install(&compute, "alpha==2\n").await;
    let late = compute.cancel_install(&stage.flow).unwrap_err();
    assert!(late.to_string().contains("Too late"));
    compute.close().await;
}

#[tokio::test]
async fn a_restart_in_the_middle_of_a_restore_keeps_both_sets() {
    let stage = Stage::new();
    let compute = stage.started().await;
    stage.install(&compute, "alpha==2\n").await;
    stage.engine.hang(Step::Check);
    compute.restore_packages(&stage.flow).await.unwrap();
    eventually("the second runtime", || {
        (stage.engine.runtimes() == 2).then_some(())
    })
    .await;
    compute.close().await;
    drop(compute);
    stage.engine.recover();
    let compute = stage.open().await;
    assert_eq!(version(&compute, &stage.flow).await, "2");
    assert_eq!(
        (stage.generations(), stage.engine.runtimes()),
        (vec![0, 1], 1)
    );
    let operation = compute.restore_packages(&stage.flow).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    assert_eq!(version(&compute, &stage.flow).await, "1");
    compute.close().await;
}
