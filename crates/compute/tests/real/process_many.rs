//! Many sessions at once on one machine, of which nothing is left.

use crate::support::{
    Home, TWO_NODES, ended, eventually, files, folders_named, in_state, over, processes_with,
};
use flowdeck_compute::{Quota, StartSession};
use flowdeck_contract::{
    azure::OperationStatus,
    ids::FlowId,
    runs::{RunRequest, RunState},
    session::SessionState,
};

const MANY: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn twenty_sessions_live_at_once_and_leave_nothing() {
    let home = Home::new();
    let flows: Vec<FlowId> = (0..MANY)
        .map(|number| home.flow(&format!("flow-{number}"), &TWO_NODES))
        .collect();
    let engine = home.engine().await;
    let mut config = home.config(2);
    config.catalog.quota = Quota {
        v_cpus: 4096,
        memory_mb: 1 << 30,
    };
    let compute = flowdeck_compute::Compute::open(config, engine)
        .await
        .unwrap();
    for flow in &flows {
        compute.start(flow, StartSession::default()).await.unwrap();
    }
    let mut sessions = Vec::new();
    for flow in &flows {
        let view = in_state(&compute, flow, SessionState::Available).await;
        sessions.push(view.session_id.unwrap());
    }
    let distinct: std::collections::BTreeSet<_> = sessions.iter().collect();
    assert_eq!(distinct.len(), MANY);

    let runs: Vec<_> = {
        let mut runs = Vec::new();
        for flow in &flows {
            runs.push(compute.run(flow, RunRequest::default()).unwrap());
        }
        runs
    };
    for (flow, run) in flows.iter().zip(&runs) {
        let run = over(&compute, flow, &run.summary.id).await;
        assert_eq!(run.summary.state, RunState::Completed, "{run:?}");
    }

    let mut ends = Vec::new();
    for flow in &flows {
        ends.push(compute.stop(flow).await.unwrap());
    }
    for end in &ends {
        assert_eq!(
            ended(&compute, end).await.status,
            OperationStatus::Succeeded
        );
    }
    compute.close().await;
    let mark = format!("FLOWDECK_DATA={}", home.data().display());
    eventually("the end of every process", || {
        processes_with(&mark).is_empty().then_some(())
    })
    .await;
    assert_eq!(files(&home.data().join("sessions")), Vec::<String>::new());
    for session in &sessions {
        let groups = folders_named(std::path::Path::new("/sys/fs/cgroup"), session.as_str());
        assert_eq!(groups, Vec::<String>::new());
    }
}
