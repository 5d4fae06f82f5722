//! What one broken session does to the others when the server starts again: nothing.

use std::{fs, sync::Arc};

use crate::support::{Home, TWO_NODES, ended, eventually};
use flowdeck_compute::{Compute, StartSession, fake::FakeEngine};
use flowdeck_contract::{
    azure::OperationStatus,
    ids::{FlowId, OperationId, RunId},
    runs::RunState,
    session::SessionState,
};
use rusqlite::Connection;

#[tokio::test]
async fn a_broken_session_keeps_neither_the_server_nor_another_from_going_on() {
    let home = Home::new();
    let engine = Arc::new(FakeEngine::default());
    let open = async || Compute::open(home.config(0), Arc::clone(&engine) as _).await;
    let names = ["well", "garbled", "no-log", "hostile"];
    let flows = names.map(|name| home.flow(name, &TWO_NODES));
    let compute = open().await.unwrap();
    for flow in &flows {
        let operation = compute.start(flow, StartSession::default()).await.unwrap();
        let result = ended(&compute, &operation).await;
        assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
    }
    let log_of = compute.session(&flows[2]).session_id.unwrap();
    compute.close().await;
    drop(compute);

    let store = Connection::open(home.data().join("flowdeck.sqlite")).unwrap();
    let garbled = "UPDATE sessions SET record = '{\"owner\": 1' WHERE flow = 'garbled'";
    assert_eq!(store.execute(garbled, []).unwrap(), 1);
    store
        .execute("INSERT INTO standbys VALUES ('x', 'no record')", [])
        .unwrap();
    store
        .execute(
            "UPDATE lives SET life = 'no life' WHERE owner = 'garbled'",
            [],
        )
        .unwrap();
    drop(store);
    let log = home.data().join(format!("logs/{log_of}.log"));
    fs::remove_file(&log).unwrap();
    fs::create_dir(&log).unwrap();
    let hostile = home.flows().join("hostile");
    fs::remove_dir_all(&hostile).unwrap();
    std::os::unix::fs::symlink("hostile", &hostile).unwrap();

    let compute = open().await.unwrap();
    for (name, flow) in names
        .iter()
        .zip(&flows)
        .filter(|(name, _)| **name != "garbled")
    {
        assert_eq!(
            compute.session(flow).state,
            SessionState::Available,
            "{name}"
        );
    }
    let garbled = compute.session(&flows[1]);
    assert_eq!(garbled.state, SessionState::Failed);
    assert_eq!(garbled.failure.unwrap().code, "SessionNotRecovered");
    // Its runtime belongs to nobody any more.
    eventually("the end of the garbled session's runtime", || {
        (engine.runtimes() == 3).then_some(())
    })
    .await;
    let operation = compute
        .start(&flows[1], StartSession::default())
        .await
        .unwrap();
    let result = ended(&compute, &operation).await;
    assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
    compute.close().await;
}

#[tokio::test]
async fn a_data_folder_of_an_earlier_version_goes_on_working() {
    let home = Home::new();
    let flow = home.flow("greeting", &TWO_NODES);
    let pins = FlowId::try_from("pins").unwrap();
    fs::create_dir_all(home.data()).unwrap();
    let store = Connection::open(home.data().join("flowdeck.sqlite")).unwrap();
    store
        .execute_batch(include_str!("../data_folder/flowdeck.sql"))
        .unwrap();
    drop(store);
    let engine = Arc::new(FakeEngine::default());
    let compute = Compute::open(home.config(0), Arc::clone(&engine) as _)
        .await
        .unwrap();

    let runs = compute.runs(&flow).unwrap();
    let run = RunId::try_from("efdc089136bf89ec").unwrap();
    assert_eq!(runs.len(), 1);
    let detail = compute.run_detail(&flow, &run).unwrap();
    assert_eq!(detail.summary.state, RunState::Completed);
    let greeting = detail.outputs.unwrap().get("greeting").cloned().unwrap();
    assert_eq!(
        greeting.as_text().unwrap(),
        "Hello Ada, welcome to prompt flow!"
    );

    let failed = compute.session(&pins);
    assert_eq!(failed.state, SessionState::Failed);
    assert_eq!(failed.failure.unwrap().code, "RuntimePackagePinned");
    let operation = OperationId::try_from("357d9d0243871976").unwrap();
    let result = compute.operation(&operation).unwrap();
    assert_eq!(result.status, OperationStatus::Failed);
    for (flow, session) in [(&flow, "6094f546d17b9b31"), (&pins, "9cff4529376427ab")] {
        let lives = compute.timeline(flow).unwrap().lives;
        assert_eq!(lives[0].session.as_str(), session);
        assert_eq!(lives[0].phases.len(), 6);
    }

    // The process that it ran in is none of this machine.
    let died = eventually("the end of the session that ran", || {
        compute.session(&flow).failure
    })
    .await;
    assert_eq!(died.code, "RuntimeDied");
    let operation = compute.start(&flow, StartSession::default()).await.unwrap();
    let result = ended(&compute, &operation).await;
    assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
    compute.close().await;
}
