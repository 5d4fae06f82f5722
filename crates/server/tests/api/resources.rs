//! The lists that Azure serves through its general resource API, and runtimes of old.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{swagger::Swagger, world::World};

const PROVIDER: &str =
    "/subscriptions/local/providers/Microsoft.MachineLearningServices/locations/anywhere";
const GROUP: &str = "/subscriptions/local/resourceGroups/local/providers";
const WORKSPACE: &str = "Microsoft.MachineLearningServices/workspaces/default";

async fn get(world: &World, path: &str) -> Value {
    let answer = world.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn sizes_and_quota_have_the_public_shapes() {
    let world = World::new().await;
    let sizes = get(&world, &format!("{PROVIDER}/vmSizes")).await;
    assert_eq!(
        sizes["value"][0],
        json!({"name": "Host_1", "family": "host", "vCPUs": 1, "gpus": 0, "memoryGB": 1.0,
               "supportedComputeTypes": ["ComputeInstance", "Serverless"]})
    );
    let usages = get(&world, &format!("{PROVIDER}/usages")).await;
    assert_eq!(
        usages["value"],
        json!([{"currentValue": 0.0, "limit": 16.0, "unit": "Count", "name": {"value": "vCPUs", "localizedValue": "vCPUs"}},
               {"currentValue": 0.0, "limit": 8.0, "unit": "GiB", "name": {"value": "memory", "localizedValue": "memory"}}])
    );
}

#[tokio::test]
async fn a_compute_instance_is_listed_started_and_stopped() {
    let world = World::new().await;
    let computes = format!("{GROUP}/{WORKSPACE}/computes");
    let first = || async { get(&world, &computes).await["value"][0].clone() };
    let instance = first().await;
    assert_eq!(instance["name"], "shared");
    assert_eq!(instance["properties"]["computeType"], "ComputeInstance");
    let properties = json!({"vmSize": "Host_2", "state": "Stopped"});
    assert_eq!(instance["properties"]["properties"], properties);

    for (act, state) in [
        ("start", "Running"),
        ("start", "Running"),
        ("stop", "Stopped"),
        ("stop", "Stopped"),
    ] {
        let answer = world
            .call(Method::POST, &format!("{computes}/shared/{act}"), &[], "")
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert_eq!(first().await["properties"]["properties"]["state"], state);
        let gone = world
            .call(Method::POST, &format!("{computes}/gone/{act}"), &[], "")
            .await;
        assert_eq!(
            gone.refused(StatusCode::NOT_FOUND),
            "ComputeInstanceNotFound"
        );
    }
}

#[tokio::test]
async fn identities_are_listed_without_their_credentials() {
    let world = World::new().await;
    let path = format!("{GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities");
    let identities = get(&world, &path).await;
    assert_eq!(identities["value"][0]["name"], "puller");
    assert_eq!(
        identities["value"][0]["properties"]["clientId"],
        "pull-user"
    );
    assert!(!identities.to_string().contains("hunter2"));
    let elsewhere = world
        .get(&path.replace("resourceGroups/local", "resourceGroups/other"))
        .await;
    assert_eq!(
        elsewhere.refused(StatusCode::NOT_FOUND),
        "ResourceGroupNotFound"
    );
}

#[tokio::test]
async fn runtimes_of_old_have_the_contract_s_shapes_and_need_an_upgrade() {
    let world = World::new().await;
    let swagger = Swagger::load();
    for (path, contract) in [
        ("", ""),
        ("/old", "/{runtimeName}"),
        ("/old/needUpgrade", "/{runtimeName}/needUpgrade"),
        ("/gone", "/{runtimeName}"),
    ] {
        let answer = world
            .get(&format!("/flow/api{GROUP}/{WORKSPACE}/FlowRuntimes{path}"))
            .await;
        if let Some(swagger) = &swagger {
            swagger.check(&Method::GET, &format!("/FlowRuntimes{contract}"), &answer);
        }
        match path {
            "" => assert_eq!(answer.json()[0]["runtimeName"], "old"),
            "/old" => assert_eq!(answer.json()["dockerImage"], "registry.example.com/old:1"),
            "/gone" => assert_eq!(answer.refused(StatusCode::NOT_FOUND), "RuntimeNotFound"),
            _ => assert_eq!(answer.json(), true),
        }
    }
}
