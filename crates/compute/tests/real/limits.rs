//! What is kept in the data folder does not grow without end.
use std::{fs, io::Write as _, sync::Arc};

use crate::support::{Home, TWO_NODES, ended, eventually, files};
use flowdeck_compute::{Compute, StartSession, fake::FakeEngine};
use flowdeck_contract::session::SessionState;

async fn open(home: &Home) -> Compute {
    let engine: Arc<FakeEngine> = Arc::default();
    Compute::open(home.config(0), engine).await.unwrap()
}

#[tokio::test]
async fn a_log_that_grows_too_large_keeps_its_ends_and_says_what_it_left_out() {
    let home = Home::new();
    let compute = open(&home).await;
    let flow = home.flow("chatty", &TWO_NODES);
    let started = compute.start(&flow, StartSession::default()).await.unwrap();
    ended(&compute, &started).await;
    let session = compute.session(&flow).session_id.unwrap();
    let path = home.data().join(format!("logs/{session}.log"));
    let mut log = fs::OpenOptions::new().append(true).open(&path).unwrap();
    let line = "x".repeat(1023) + "\n";
    for _ in 0..9 {
        log.write_all(line.repeat(1024).as_bytes()).unwrap();
    }
    log.write_all(b"the last line\n").unwrap();
    eventually("the log to be cut", || {
        (path.metadata().unwrap().len() < 5 * 1024 * 1024).then_some(())
    })
    .await;
    log.write_all(b"after the cut\n").unwrap();
    let text = compute.session_log_text(&flow).unwrap();
    assert!(text.starts_with("Pull base image …\n"), "{}", &text[..100]);
    let left_out = text.lines().find(|line| line.contains("left out here"));
    assert!(
        left_out.is_some_and(|line| line.ends_with(" bytes")),
        "{left_out:?}"
    );
    assert!(text.ends_with("the last line\nafter the cut\n"));
    let shown = compute.session_log(&flow, 2).unwrap();
    assert_eq!(shown[1].text, "after the cut");
}

#[tokio::test]
async fn logs_of_sessions_that_have_ended_are_bounded_and_what_runs_keeps_its_own() {
    let home = Home::new();
    let compute = open(&home).await;
    let running = home.flow("running", &TWO_NODES);
    let started = compute
        .start(&running, StartSession::default())
        .await
        .unwrap();
    ended(&compute, &started).await;
    for number in 0..203 {
        let flow = home.flow(&format!("flow-{number}"), &TWO_NODES);
        let started = compute.start(&flow, StartSession::default()).await.unwrap();
        ended(&compute, &started).await;
        let stopped = compute.stop(&flow).await.unwrap();
        ended(&compute, &stopped).await;
    }
    assert_eq!(files(&home.data().join("logs")).len(), 201);
    assert_eq!(compute.session(&running).state, SessionState::Available);
    assert!(!compute.session_log_text(&running).unwrap().is_empty());
    let first = home.flow("flow-0", &TWO_NODES);
    assert_eq!(compute.session_log(&first, 10).unwrap(), []);
    assert_eq!(compute.timeline(&first).unwrap().lives.len(), 1);
}
