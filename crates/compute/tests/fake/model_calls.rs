//! A call of a model that a person tries.

use flowdeck_connections::Condition;
use flowdeck_contract::{Millis, connections::ConnectionName, playground::ModelCallEvent};
use serde_json::json;

use crate::support::{ended, eventually, stage::Stage};

#[tokio::test]
async fn a_call_ends_when_nobody_listens_and_holds_up_an_install_until_then() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    let input = json!({"type": "OpenAI", "configs": {}, "secrets": {"api_key": "sk-of-a-call"}});
    let connections = compute.connections();
    connections
        .save(
            &ConnectionName::try_from("mine").unwrap(),
            serde_json::from_value(input).unwrap(),
            &Condition::None,
            Millis(1),
        )
        .unwrap();
    let messages = json!([{"role": "user", "content": "wait"}]);
    let asked = json!({"connection": "mine", "inputs": {"model": "slow", "messages": messages}});
    let asked = serde_json::from_value(asked).unwrap();
    let mut told = compute.call_model(&stage.flow, asked).unwrap();
    let first = told.recv().await.unwrap();
    assert!(matches!(first, ModelCallEvent::Text(_)), "{first:?}");
    let refused = compute.install(&stage.flow).await.unwrap_err();
    assert!(
        refused.to_string().contains("A run is in progress"),
        "{refused}"
    );
    drop(told);
    let install = loop {
        if let Ok(install) = compute.install(&stage.flow).await {
            break install;
        }
        tokio::task::yield_now().await;
    };
    ended(&compute, &install).await;
    eventually("nothing is left of the call", || {
        let work = stage.home.data().join("work");
        (!holds_files(&work)).then_some(())
    })
    .await;
}

fn holds_files(folder: &std::path::Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .into_iter()
        .any(|entry| match entry.path().is_dir() {
            true => holds_files(&entry.path()),
            false => true,
        })
}
