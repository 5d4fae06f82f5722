//! A session from its start to its end, with real processes and promptflow.

use crate::support::{Home, TWO_NODES, ended, files, in_state, over, processes_with};
use flowdeck_compute::StartSession;
use flowdeck_contract::{
    azure::OperationStatus,
    events::FlowEvent,
    runs::{NodeState, RunRequest, RunState},
    session::{PhaseState, SessionState, StartRoute},
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_is_run_in_a_session_that_leaves_nothing() {
    let home = Home::new();
    let flow = home.flow("hello", &TWO_NODES);
    let compute = home.compute(0).await;
    let mut events = compute.subscribe();

    let operation = compute.start(&flow, StartSession::default()).await.unwrap();
    let result = ended(&compute, &operation).await;
    assert_eq!(
        result.status,
        OperationStatus::Succeeded,
        "{result:?}\n{}",
        compute.session_log_text(&flow).unwrap()
    );
    let view = compute.session(&flow);
    assert_eq!(view.state, SessionState::Available);
    assert!(
        view.phases
            .iter()
            .all(|phase| matches!(phase.state, PhaseState::Done | PhaseState::Skipped)),
        "{view:?}"
    );
    assert!(matches!(
        view.route,
        Some(StartRoute::Base | StartRoute::Fresh)
    ));
    assert!(view.idle_deadline.is_some() && view.runtime_version.is_some());
    let data = format!("FLOWDECK_DATA={}", home.data().display());
    let quiet = processes_with("APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED=true");
    let mut runtimes = processes_with(&data).into_iter();
    assert!(
        runtimes.any(|pid| quiet.contains(&pid)),
        "it asks nobody for settings of telemetry"
    );
    let packages = compute.packages(&flow).await.unwrap();
    assert!(
        packages
            .iter()
            .any(|package| package.name == "promptflow-core" && package.version == "1.18.5")
    );

    let request = RunRequest {
        inputs: serde_json::from_value(json!({"name": "you"})).unwrap(),
        ..RunRequest::default()
    };
    let run = compute.run(&flow, request).unwrap();
    assert_eq!(
        run.nodes
            .iter()
            .map(|node| node.name.as_str())
            .collect::<Vec<_>>(),
        ["greet", "loud"]
    );
    assert_eq!(
        compute.session(&flow).idle_deadline,
        None,
        "a run is activity"
    );
    let run = over(&compute, &flow, &run.summary.id).await;
    assert_eq!(
        (run.summary.state, &run.error),
        (RunState::Completed, &None)
    );
    assert_eq!(json!(run.outputs), json!({"loud": "HELLO YOU"}));
    assert_eq!(
        run.nodes[1].inputs,
        Some(json!({"text": "Hello you"}).into())
    );
    assert!(run.nodes[1].log.as_ref().unwrap().contains("shouting"));
    assert!(
        compute
            .run_log(&flow, &run.summary.id, 1000)
            .unwrap()
            .iter()
            .any(|line| line.text.contains("Node loud completes."))
    );

    let id = view.session_id.unwrap();
    assert!(!processes_with(id.as_str()).is_empty());
    let operation = compute.stop(&flow).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    assert_eq!(compute.session(&flow).state, SessionState::NotExist);
    assert_eq!(processes_with(id.as_str()), Vec::<u32>::new());
    assert_eq!(files(&home.data().join("sessions")), Vec::<String>::new());
    assert_eq!(
        files(&home.flows().join("hello")),
        ["flow.dag.yaml", "greet.jinja2", "loud.py"],
        "the flow folder stays as it was"
    );

    let (mut node_states, mut log) = (Vec::new(), 0);
    while let Ok((_, event)) = events.try_recv() {
        match event {
            FlowEvent::Run(run) => node_states.push(run.nodes[1].state),
            FlowEvent::SessionLog(lines) => {
                for line in lines {
                    assert_eq!(line.number, log, "lines are numbered without gaps");
                    log += 1;
                }
            }
            FlowEvent::SessionLogReset => log = 0,
            _ => {}
        }
    }
    assert!(log > 0);
    assert_eq!(
        (node_states.first(), node_states.last()),
        (Some(&NodeState::Waiting), Some(&NodeState::Completed))
    );
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_raises_is_shown_with_its_place() {
    let home = Home::new();
    let flow = home.flow("hello", &TWO_NODES);
    let compute = home.compute(0).await;
    compute.start(&flow, StartSession::default()).await.unwrap();
    in_state(&compute, &flow, SessionState::Available).await;
    let request = RunRequest {
        inputs: serde_json::from_value(json!({"name": "boom"})).unwrap(),
        ..RunRequest::default()
    };
    let run = compute.run(&flow, request.clone()).unwrap();
    let run = over(&compute, &flow, &run.summary.id).await;
    assert_eq!(run.summary.state, RunState::Failed);
    let error = run.nodes[1].error.clone().unwrap();
    assert_eq!(
        (error.code.as_str(), run.error.as_ref()),
        ("ToolExecutionError", Some(&error))
    );
    assert!(error.message.contains("no Hello boom"), "{error:?}");
    let place = error.place.unwrap();
    assert_eq!((place.path.as_str(), place.line), ("loud.py", 13));
    assert!(
        error
            .traceback
            .unwrap()
            .lines()
            .nth(1)
            .unwrap()
            .contains("loud.py")
    );

    for (code, expected) in [
        (
            "import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)",
            "RunProcessKilled",
        ),
        ("import sys\n    sys.exit()", "ToolExecutionError"),
        ("return nowhere(", "PythonLoadError"),
    ] {
        let code = format!(
            "from promptflow.core import tool\n\n\n@tool\ndef loud(text: str):\n    {code}\n"
        );
        home.flow("hello", &[("loud.py", &code)]);
        let run = compute.run(&flow, request.clone()).unwrap();
        let run = over(&compute, &flow, &run.summary.id).await;
        let error = run.nodes[1].error.as_ref().unwrap();
        assert_eq!(
            (run.summary.state, error.code.as_str()),
            (RunState::Failed, expected)
        );
        assert_eq!(run.nodes[1].state, NodeState::Failed);
    }
    home.flow("hello", &TWO_NODES);

    let alone = RunRequest {
        node: Some("loud".to_owned()),
        ..RunRequest::default()
    };
    let run = compute.run(&flow, alone).unwrap();
    assert_eq!(run.summary.node.as_deref(), Some("loud"));
    let run = over(&compute, &flow, &run.summary.id).await;
    assert_eq!(
        run.nodes[0].inputs,
        Some(json!({"text": "Hello boom"}).into()),
        "from the newest run that has it"
    );
    assert_eq!(run.nodes[0].state, NodeState::Failed);
    let operation = compute.stop(&flow).await.unwrap();
    ended(&compute, &operation).await;
    compute.close().await;
}
