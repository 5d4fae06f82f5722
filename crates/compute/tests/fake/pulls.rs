//! How far the pull of an image is, as a session shows it.

use crate::support::{ended, in_state, stage::Stage};
use flowdeck_compute::{StartSession, engine::EngineError, fake::Step};
use flowdeck_contract::{
    events::FlowEvent,
    pull::{LayerState, Pull, PullLayer},
    session::SessionState,
};

fn broken() -> EngineError {
    EngineError::new("Broken", "It broke.").with_remedy("Mend it.")
}

fn a_pull() -> Pull {
    Pull {
        reference: "r.example.com/app:1".to_owned(),
        layers: vec![PullLayer {
            id: "0123456789ab".to_owned(),
            state: LayerState::Downloading,
            done: 1,
            total: Some(2),
            bytes_per_second: 1,
        }],
        bytes_per_second: 1,
    }
}

#[tokio::test]
async fn how_far_a_pull_is_shows_while_it_is_under_way() {
    let stage = Stage::new();
    let pull = a_pull();
    stage.engine.set_pull(pull.clone());
    stage.engine.hang(Step::PrepareBase);
    let compute = stage.open(0).await;
    let mut events = compute.subscribe();
    let operation = compute
        .start(&stage.flow, StartSession::default())
        .await
        .unwrap();
    let told = loop {
        if let FlowEvent::Session(view) = events.recv().await.unwrap().1
            && let Some(pull) = view.pull
        {
            break pull.read().unwrap();
        }
    };
    assert_eq!(told, pull);
    let shown = compute.session(&stage.flow).pull.unwrap();
    assert_eq!(shown.read(), Some(pull));
    stage.engine.recover();
    ended(&compute, &operation).await;
    assert_eq!(compute.session(&stage.flow).pull, None);
}

#[tokio::test]
async fn how_far_a_pull_came_shows_after_it_failed_until_the_next_start() {
    let stage = Stage::new();
    stage.engine.set_pull(a_pull());
    stage.engine.fail(Step::PrepareBase, broken());
    let compute = stage.open(0).await;
    let start = || compute.start(&stage.flow, StartSession::default());
    ended(&compute, &start().await.unwrap()).await;
    let view = in_state(&compute, &stage.flow, SessionState::Failed).await;
    assert_eq!(view.pull.unwrap().read(), Some(a_pull()));

    stage.engine.recover();
    stage.engine.fail(Step::CreateEnvironment, broken());
    ended(&compute, &start().await.unwrap()).await;
    let view = in_state(&compute, &stage.flow, SessionState::Failed).await;
    assert_eq!(view.pull, None, "it was pulled, and another step failed");
}
