//! The flows of `tests/states`, with which `flowdeck serve --engine fake` shows every state: each comes to what its name
//! says, at a twentieth of the time.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::support::{Home, ended, eventually, in_state, over};
use flowdeck_compute::{Compute, StartSession, fake::FakeEngine};
use flowdeck_contract::{
    azure::OperationStatus,
    ids::FlowId,
    packages::{Origin, PlanKind, RequirementProgress},
    pictures::contents,
    runs::{NodeState, RunRequest, RunState, TokenUse},
    session::{Phase, PhaseState, SessionState},
};

fn states() -> BTreeMap<String, PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/states");
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    folders
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .collect()
}

/// Every number of seconds becomes a twentieth; all else stays to the letter, so that no number loses a digit.
fn faster(scenario: &str) -> String {
    let lines = scenario.lines().map(|line| {
        let Some((key, value)) = line.split_once("\": ") else {
            return line.to_owned();
        };
        let is_time = ["seconds", "after"].iter().any(|name| key.ends_with(name));
        let number = value.trim_end_matches(',');
        match number.parse::<f64>().ok().filter(|_| is_time) {
            Some(seconds) => line.replace(number, &(seconds / 20.0).to_string()),
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

struct World {
    home: Home,
    compute: Compute,
}

impl World {
    async fn new() -> Self {
        let home = Home::new();
        for (name, folder) in states() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let file = entry.file_name().into_string().unwrap();
                let text = fs::read_to_string(entry.path()).unwrap();
                let text = match &*file {
                    "fake.json" => faster(&text),
                    _ => text,
                };
                home.flow(&name, &[(&file, &text)]);
            }
        }
        let engine = Arc::new(FakeEngine::for_looking());
        let compute = Compute::open(home.config(0), engine).await.unwrap();
        Self { home, compute }
    }

    /// Starts the flow's session and gives what came of it.
    async fn start(&self, name: &str) -> (FlowId, OperationStatus) {
        let flow = FlowId::try_from(name).unwrap();
        let start = self.compute.start(&flow, StartSession::default());
        let operation = start.await.unwrap();
        let result = ended(&self.compute, &operation).await;
        (flow, result.status)
    }
}

#[tokio::test]
async fn every_state_says_in_its_flow_what_it_is_and_starts_or_fails_as_named() {
    let world = World::new().await;
    for name in states().keys() {
        let text = fs::read_to_string(world.home.flows().join(name).join("flow.dag.yaml"));
        let report = flowdeck_flow::check(&text.unwrap());
        assert_eq!(report.errors().count(), 0, "{name}: {report:?}");
        assert!(report.flow.unwrap().description.is_some(), "{name}");
        let (flow, status) = world.start(name).await;
        let expected = match name.starts_with("start-fails-") {
            true => OperationStatus::Failed,
            false => OperationStatus::Succeeded,
        };
        assert_eq!(status, expected, "{name}");
        if let Some(phase) = name.strip_prefix("start-fails-") {
            let view = world.compute.session(&flow);
            assert_eq!(view.state, SessionState::Failed, "{name}");
            let failed = view.phases.iter().find(|at| at.state == PhaseState::Failed);
            let expected = match phase {
                "allocate" => Phase::Allocate,
                "base" => Phase::PullImage,
                "environment" => Phase::CreateEnvironment,
                "install" => Phase::Install,
                "runtime" => Phase::StartRuntime,
                "check" => Phase::Check,
                other => panic!("{other} is no phase"),
            };
            assert_eq!(failed.unwrap().phase, expected, "{name}");
            assert!(view.failure.unwrap().remedy.is_some(), "{name}");
        }
    }
    world.compute.close().await;
}

#[tokio::test]
async fn an_install_is_planned_with_differences_told_line_by_line_and_can_fail() {
    let world = World::new().await;
    let (flow, _) = world.start("install").await;
    let changed =
        "# Another version than the base has\njinja2==3.0.3\nrequests\ntiny-frames==2.1\n";
    world.home.flow("install", &[("requirements.txt", changed)]);
    let plan = world.compute.install_plan(&flow, None).await.unwrap();
    let of = |name: &str| plan.changes.iter().find(|change| change.name == name);
    assert_eq!(of("jinja2").unwrap().kind, PlanKind::Downgraded);
    assert_eq!(of("tiny-frames").unwrap().kind, PlanKind::Added);
    assert!(!plan.warnings.is_empty(), "{plan:?}");
    let operation = world.compute.install(&flow).await.unwrap();
    let status = ended(&world.compute, &operation).await.status;
    assert_eq!(status, OperationStatus::Succeeded);
    let log = world.compute.session_log_text(&flow).unwrap();
    assert!(log.contains("Downloading tiny-frames (11.2MiB)"), "{log}");
    let view = world.compute.packages_view(&flow).await.unwrap();
    let added = view.packages.iter().find(|one| one.name == "tiny-frames");
    assert!(
        matches!(added.unwrap().origin, Origin::Requirements(_)),
        "{added:?}"
    );

    let (flow, _) = world.start("install-fails").await;
    let broken = "tiny-broken==1.0\n";
    world
        .home
        .flow("install-fails", &[("requirements.txt", broken)]);
    let operation = world.compute.install(&flow).await.unwrap();
    let status = ended(&world.compute, &operation).await.status;
    assert_eq!(status, OperationStatus::Failed);
    let view = world.compute.session(&flow);
    let install = view.install.unwrap();
    assert_eq!(view.state, SessionState::Available);
    assert_eq!(install.failure.unwrap().code, "BuildFailed");
    assert_eq!(install.lines[0].state, RequirementProgress::Failed);
    world.compute.close().await;
}

#[tokio::test]
async fn runs_end_in_every_way() {
    let world = World::new().await;
    let run = async |name: &str| {
        let (flow, _) = world.start(name).await;
        let begun = world.compute.run(&flow, RunRequest::default());
        (flow, begun.unwrap().summary.id)
    };

    let (flow, id) = run("run-outputs").await;
    let detail = over(&world.compute, &flow, &id).await;
    assert_eq!(detail.summary.state, RunState::Completed);
    let outputs = detail.outputs.unwrap();
    let numbers = outputs.get("numbers").unwrap();
    assert_eq!(
        numbers.member("nan").unwrap().json(),
        r#"{"$number":"NaN"}"#
    );
    assert_eq!(
        numbers.member("exact").unwrap().json(),
        "12345678901234567890.12345678901234567890"
    );
    assert!(detail.whole.is_some(), "the long output is cut");
    let pictures = ["image", "captioned"].map(|name| contents(outputs.get(name).unwrap()));
    assert_ne!(
        pictures[0].as_ref().unwrap().last(),
        pictures[1].as_ref().unwrap().last()
    );

    let (flow, id) = run("run-fails").await;
    let detail = over(&world.compute, &flow, &id).await;
    let error = detail.error.unwrap();
    assert_eq!(error.place.unwrap().line, 6);
    let states: Vec<_> = detail.nodes.iter().map(|node| node.state).collect();
    assert_eq!(
        states,
        [NodeState::Completed, NodeState::Failed, NodeState::Canceled]
    );
    assert_eq!(detail.nodes[1].log.as_deref(), Some("about to think\n"));

    let (flow, id) = run("run-slow").await;
    let detail = over(&world.compute, &flow, &id).await;
    assert_eq!(detail.metrics.get("answers").unwrap().json(), "120");
    assert_eq!(
        detail.nodes[1]
            .inputs
            .as_ref()
            .unwrap()
            .member("text")
            .unwrap()
            .json(),
        "\"fetch\""
    );
    let begun = world.compute.run(&flow, RunRequest::default());
    let id = begun.unwrap().summary.id;
    eventually("the second node to run", || {
        let detail = world.compute.run_detail(&flow, &id).unwrap();
        (detail.nodes[1].state == NodeState::Running).then_some(())
    })
    .await;
    world.compute.cancel_run(&flow, &id).unwrap();
    let detail = over(&world.compute, &flow, &id).await;
    assert_eq!(detail.summary.state, RunState::Canceled);

    let (flow, id) = run("run-calls").await;
    eventually("the second node to have begun", || {
        let detail = world.compute.run_detail(&flow, &id).unwrap();
        let begun = detail.nodes[1].started?;
        // The first has ended by the log, before the run's answer is there.
        (detail.nodes[0].duration_ms.is_some() && begun >= detail.summary.started).then_some(())
    })
    .await;
    let detail = over(&world.compute, &flow, &id).await;
    assert_eq!(
        detail.tokens,
        Some(TokenUse::Unknown),
        "one call says nothing"
    );
    let Some(TokenUse::Counted(counted)) = detail.nodes[0].tokens else {
        panic!("{:?}", detail.nodes[0].tokens);
    };
    assert_eq!(counted.prompt, 6);
    let calls = detail.nodes[1].calls.calls().unwrap();
    assert!(calls[0].started >= Some(detail.summary.started));
    assert!(calls[0].children[0].error.as_ref().unwrap().contains("429"));

    let (flow, id) = run("run-ends-session").await;
    let detail = over(&world.compute, &flow, &id).await;
    assert_eq!(detail.error.unwrap().code, "Interrupted");
    in_state(&world.compute, &flow, SessionState::Failed).await;
    world.compute.close().await;
}

#[tokio::test]
async fn a_session_dies_by_itself_and_another_stops_slowly() {
    let world = World::new().await;
    let (flow, _) = world.start("session-dies").await;
    let view = in_state(&world.compute, &flow, SessionState::Failed).await;
    assert_eq!(view.failure.unwrap().code, "MemoryExceeded");
    let (flow, _) = world.start("stop-slow").await;
    let operation = world.compute.stop(&flow).await.unwrap();
    assert_eq!(world.compute.session(&flow).state, SessionState::Stopping);
    ended(&world.compute, &operation).await;
    assert_eq!(world.compute.session(&flow).state, SessionState::NotExist);
    world.compute.close().await;
}

/// A scenario that can't be read fails the start by name, rather than being passed over; the session can still be removed.
#[tokio::test]
async fn a_scenario_that_cannot_be_read_is_told() {
    let world = World::new().await;
    world
        .home
        .flow("stop-slow", &[("fake.json", "{\"remove\": 7}")]);
    let (flow, status) = world.start("stop-slow").await;
    assert_eq!(status, OperationStatus::Failed);
    let failure = world.compute.session(&flow).failure.unwrap();
    assert_eq!(failure.code, "FakeUnreadable");
    assert!(failure.message.contains("line 1"), "{}", failure.message);
    let operation = world.compute.stop(&flow).await.unwrap();
    let status = ended(&world.compute, &operation).await.status;
    assert_eq!(status, OperationStatus::Succeeded);
}
