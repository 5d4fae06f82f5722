//! The API's description is locked: a change of the API is a change of the committed document.

use std::{env, fs, path::Path};

use serde_json::Value;

use crate::world::World;

/// Set to write the document instead of comparing it.
const UPDATE: &str = "FLOWDECK_UPDATE_OPENAPI";

#[test]
fn the_committed_document_describes_the_api() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let now = serde_json::to_string_pretty(&flowdeck_server::http::openapi()).unwrap() + "\n";
    if env::var_os(UPDATE).is_some() {
        fs::write(&path, &now).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(
        committed == now,
        "the API has changed: run `{UPDATE}=1 cargo test -p flowdeck-server` and look at the difference of openapi.json"
    );
}

#[tokio::test]
async fn the_document_is_served() {
    let world = World::new().await;
    let served = world.get("/api/openapi.json").await.json();
    assert_eq!(
        served,
        serde_json::to_value(flowdeck_server::http::openapi()).unwrap()
    );
}

#[test]
fn every_operation_is_named_once_and_says_how_it_fails() {
    let document = serde_json::to_value(flowdeck_server::http::openapi()).unwrap();
    let mut ids = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(!path.contains('*'), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
            let named: Vec<_> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
                .collect();
            for part in path.split('/').filter_map(|part| part.strip_prefix('{')) {
                assert!(
                    named.contains(&part.trim_end_matches('}').to_owned()),
                    "{method} {path}: {part} of {named:?}"
                );
            }
            let fails = operation["responses"].get("default").is_some();
            assert!(
                fails || ["/api/health", "/api/openapi.json"].contains(&path.as_str()),
                "{method} {path}"
            );
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "{ids:?}");
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(value: &Value, document: &Value) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref") {
                    assert!(
                        document
                            .pointer(reference.trim_start_matches('#'))
                            .is_some(),
                        "{reference}"
                    );
                }
                object.values().for_each(|value| check(value, document));
            }
            Value::Array(array) => array.iter().for_each(|value| check(value, document)),
            _ => {}
        }
    }
    let document = serde_json::to_value(flowdeck_server::http::openapi()).unwrap();
    check(&document, &document);
}
