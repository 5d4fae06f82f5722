//! Flows that come and go.

use std::{fs, io::Read as _, os::unix::fs::PermissionsExt as _, os::unix::fs::symlink};

use axum::http::{Method, StatusCode};
use flowdeck_server::flows::Flows;
use serde_json::{Value, json};

use crate::{
    runs::{run, until_run, world_with_session},
    world::{Answer, FLOW, World},
};

const PROJECT: &str = "/api/projects/default";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
const SESSIONS: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/greeter/sessions";

async fn post(world: &World, path: &str, body: Value) -> Answer {
    let path = format!("{PROJECT}/{path}");
    world
        .call(Method::POST, &path, &JSON, body.to_string())
        .await
}

async fn delete(world: &World, path: &str) -> Answer {
    let path = format!("{PROJECT}/{path}");
    world.call(Method::DELETE, &path, &[], "").await
}

async fn ids(world: &World) -> Vec<String> {
    let list = world.get(&format!("{PROJECT}/flows")).await.json();
    let flows = list["flows"].as_array().unwrap().iter();
    let mut ids: Vec<_> = flows
        .map(|flow| flow["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort_unstable();
    ids
}

async fn deleted(world: &World) -> Vec<Value> {
    let list = world.get(&format!("{PROJECT}/deleted-flows")).await.json();
    list["flows"].as_array().unwrap().clone()
}

/// What is in the flows folder besides flows.
fn hidden(world: &World) -> Vec<String> {
    let entries = fs::read_dir(world.path("flows")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut hidden: Vec<_> = names.filter(|name| name.starts_with('.')).collect();
    hidden.sort_unstable();
    hidden
}

#[tokio::test]
async fn a_flow_of_each_template_is_made_with_its_name() {
    let world = World::new().await;
    let templates = world.get(&format!("{PROJECT}/flow-templates")).await.json();
    let templates = templates.as_array().unwrap();
    assert!(templates.len() >= 5);
    for template in templates {
        let id = template["id"].as_str().unwrap();
        let asked = json!({"template": id, "folder": format!("new-{id}"), "name": "Mine: yes"});
        let made = post(&world, "flows", asked).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        let made = made.json()["id"].as_str().unwrap().replace('/', "%2F");
        let flow = world.get(&format!("{PROJECT}/flows/{made}")).await.json();
        assert_eq!(flow["summary"]["name"], "Mine: yes", "{id}");
        assert_eq!(flow["summary"]["flowType"], template["flowType"], "{id}");
        assert!(flow["summary"].get("problem").is_none(), "{flow}");
        // What it says it needs is what it lacks.
        let lacks = flow["summary"].get("connection").is_some();
        assert_eq!(lacks, template.get("needs").is_some(), "{id}");
    }
    assert_eq!(hidden(&world), [""; 0]);
}

#[tokio::test]
async fn a_name_that_is_taken_or_is_none_is_refused_with_the_reason() {
    let world = World::new().await;
    fs::create_dir_all(world.path("flows/a/b/c/d/e")).unwrap();
    for (folder, status, code) in [
        ("greeter", StatusCode::CONFLICT, "FlowExists"),
        ("nowhere/x", StatusCode::BAD_REQUEST, "FlowParentNotFound"),
        (" x", StatusCode::BAD_REQUEST, "FlowNameInvalid"),
        ("venv", StatusCode::BAD_REQUEST, "FlowNameInvalid"),
        ("a/b/c/d/e/f", StatusCode::BAD_REQUEST, "FlowNameInvalid"),
        ("x/y.prompty", StatusCode::BAD_REQUEST, "FlowNameInvalid"),
        ("../x", StatusCode::BAD_REQUEST, "InvalidBody"),
        (".x", StatusCode::BAD_REQUEST, "InvalidBody"),
    ] {
        let asked = json!({"template": "standard", "folder": folder});
        let answer = post(&world, "flows", asked).await;
        assert_eq!(answer.refused(status), code, "{folder}");
    }
    let asked = json!({"template": "nothing", "folder": "x"});
    let answer = post(&world, "flows", asked).await;
    assert_eq!(
        answer.refused(StatusCode::BAD_REQUEST),
        "FlowTemplateNotFound"
    );
    assert_eq!(ids(&world).await, ["greeter"]);
    assert_eq!(hidden(&world), [""; 0]);
}

#[tokio::test]
async fn a_copy_has_every_file_but_those_of_tools() {
    let world = World::new().await;
    world.write("flows/greeter/data/deep/rows.jsonl", "{}\n");
    world.write("flows/greeter/run.sh", "#!/bin/sh\n");
    world.write("flows/greeter/.git/HEAD", "x");
    world.write("flows/greeter/__pycache__/x.pyc", "x");
    world.write("flows/greeter/.promptflow/flow.tools.json", "{}");
    let script = world.path("flows/greeter/run.sh");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    symlink("data/deep", world.path("flows/greeter/link")).unwrap();
    let asked = json!({"folder": "copy", "name": "Greeter 2"});
    let made = post(&world, "flows/greeter/clone", asked).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let copy = world.path("flows/copy");
    let read = |path: &str| fs::read_to_string(copy.join(path)).unwrap();
    assert!(read("flow.dag.yaml").starts_with("display_name: Greeter 2\n"));
    assert_eq!(read("greet.py"), "print('hi')\r\n");
    assert_eq!(read("data/deep/rows.jsonl"), "{}\n");
    assert_eq!(read(".promptflow/flow.tools.json"), "{}");
    let mode = fs::metadata(copy.join("run.sh")).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o755);
    let link = fs::read_link(copy.join("link")).unwrap();
    assert_eq!(link.to_str(), Some("data/deep"));
    assert!(!copy.join(".git").exists() && !copy.join("__pycache__").exists());
    assert_eq!(ids(&world).await, ["copy", "greeter"]);
    assert_eq!(hidden(&world), [""; 0]);
}

#[tokio::test]
async fn a_prompty_is_copied_and_deleted_as_the_file_that_it_is() {
    let world = World::new().await;
    let prompty =
        "---\nname: Ask\nmodel:\n  configuration: {type: openai, model: m}\n---\nuser:\nhi\n";
    world.write("flows/greeter/ask.prompty", prompty);
    let ask = "flows/greeter%2Fask.prompty";
    let asked = json!({"folder": "greeter/ask-2.prompty", "name": "Ask 2"});
    let made = post(&world, &format!("{ask}/clone"), asked).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let copy = fs::read_to_string(world.path("flows/greeter/ask-2.prompty")).unwrap();
    assert_eq!(copy, prompty.replace("Ask", "Ask 2"));
    let gone = delete(&world, ask).await.json();
    let left = ["greeter", "greeter/ask-2.prompty"];
    assert_eq!(ids(&world).await, left);
    let id = gone["id"].as_str().unwrap();
    let path = format!("deleted-flows/{id}/restore");
    assert_eq!(post(&world, &path, json!({})).await.status, StatusCode::OK);
    let back = fs::read_to_string(world.path("flows/greeter/ask.prompty")).unwrap();
    assert_eq!(back, prompty);
}

#[tokio::test]
async fn a_rename_changes_the_line_of_the_name_alone() {
    let world = World::new().await;
    let asked = json!({"name": "Welcome: all"});
    let renamed = post(&world, "flows/greeter/rename", asked.clone()).await;
    assert_eq!(renamed.status, StatusCode::NO_CONTENT, "{}", renamed.text());
    let text = fs::read_to_string(world.path("flows/greeter/flow.dag.yaml")).unwrap();
    assert_eq!(
        text,
        FLOW.replace("display_name: Greeter", "display_name: \"Welcome: all\"")
    );
    world.write("flows/list/flow.dag.yaml", "- no\n");
    let refused = post(&world, "flows/list/rename", asked.clone()).await;
    assert_eq!(refused.refused(StatusCode::BAD_REQUEST), "FlowNameNotSet");
    let none = post(&world, "flows/none/rename", asked).await;
    assert_eq!(none.refused(StatusCode::NOT_FOUND), "FlowNotFound");
}

#[tokio::test]
async fn a_flow_is_downloaded_as_a_zip_with_its_files_at_the_top() {
    let world = World::new().await;
    world.write("flows/greeter/data/größe.jsonl", "{}\n".repeat(5000));
    world.write("flows/greeter/.git/HEAD", "x");
    world.write("secret", "x");
    symlink("../../secret", world.path("flows/greeter/out")).unwrap();
    let answer = world.get(&format!("{PROJECT}/flows/greeter/archive")).await;
    assert_eq!(answer.header("content-type"), "application/zip");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(answer.body)).unwrap();
    let names = zip.file_names().map(|name| name.unwrap().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    assert_eq!(names, ["data/größe.jsonl", "flow.dag.yaml", "greet.py"]);
    let mut text = String::new();
    let mut rows = zip.by_name("data/größe.jsonl").unwrap();
    rows.read_to_string(&mut text).unwrap();
    assert_eq!(text, "{}\n".repeat(5000));
    let none = world.get(&format!("{PROJECT}/flows/none/archive")).await;
    assert_eq!(none.refused(StatusCode::NOT_FOUND), "FlowNotFound");
}

#[tokio::test]
async fn a_deleted_flow_is_restored_with_its_runs() {
    let (world, mut events) = world_with_session().await;
    assert_eq!(run(&world, json!({})).await.status, StatusCode::CREATED);
    until_run(&mut events, "completed").await;
    world.write("flows/greeter/evaluation/flow.dag.yaml", "nodes: []\n");
    let refused = delete(&world, "flows/greeter").await;
    assert_eq!(refused.refused(StatusCode::CONFLICT), "FlowAtWork");
    world.call(Method::DELETE, SESSIONS, &[], "").await;
    events.until_session("notExist").await;

    let gone = delete(&world, "flows/greeter").await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text());
    let gone = gone.json();
    assert_eq!(
        (&gone["flow"], &gone["name"]),
        (&"greeter".into(), &"Greeter".into())
    );
    assert_eq!(gone["with"], json!(["greeter/evaluation"]));
    assert_eq!(gone["by"], "token");
    let days = gone["ends"].as_i64().unwrap() - gone["deleted"].as_i64().unwrap();
    assert_eq!(days, 30 * 24 * 3_600_000);
    assert_eq!(ids(&world).await, [""; 0]);
    assert_eq!(deleted(&world).await, std::slice::from_ref(&gone));

    let taken = json!({"template": "standard", "folder": "greeter"});
    let taken = post(&world, "flows", taken).await;
    assert_eq!(taken.refused(StatusCode::CONFLICT), "FlowNameDeleted");

    let path = format!("deleted-flows/{}/restore", gone["id"].as_str().unwrap());
    let back = post(&world, &path, json!({})).await;
    assert_eq!(back.json(), json!({"id": "greeter"}));
    assert_eq!(ids(&world).await, ["greeter", "greeter/evaluation"]);
    assert_eq!(deleted(&world).await, [Value::Null; 0]);
    let runs = world
        .get(&format!("{PROJECT}/flows/greeter/runs"))
        .await
        .json();
    assert_eq!(runs.as_array().unwrap().len(), 1);
    let again = post(&world, &path, json!({})).await;
    assert_eq!(again.refused(StatusCode::NOT_FOUND), "DeletedFlowNotFound");
}

#[tokio::test]
async fn a_flow_that_is_deleted_for_good_leaves_its_name_and_no_runs() {
    let (world, mut events) = world_with_session().await;
    assert_eq!(run(&world, json!({})).await.status, StatusCode::CREATED);
    until_run(&mut events, "completed").await;
    world.call(Method::DELETE, SESSIONS, &[], "").await;
    events.until_session("notExist").await;
    assert!(world.path("data/runs/greeter").exists());
    delete(&world, "flows/greeter").await;
    let emptied = delete(&world, "deleted-flows").await;
    assert_eq!(emptied.status, StatusCode::NO_CONTENT);
    assert_eq!(deleted(&world).await, [Value::Null; 0]);
    assert!(!world.path("data/runs/greeter").exists());
    assert_eq!(hidden(&world), [".flowdeck-bin"]);

    let asked = json!({"template": "standard", "folder": "greeter"});
    let made = post(&world, "flows", asked).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let runs = world.get(&format!("{PROJECT}/flows/greeter/runs")).await;
    assert_eq!(runs.json(), json!([]));
    let timeline = world
        .get(&format!("{PROJECT}/flows/greeter/session/timeline"))
        .await;
    assert_eq!(timeline.json(), json!({"lives": []}));
}

#[tokio::test]
async fn a_restore_overwrites_nothing() {
    let world = World::new().await;
    let gone = delete(&world, "flows/greeter").await.json();
    world.write("flows/greeter/flow.dag.yaml", "nodes: []\n");
    let path = format!("deleted-flows/{}/restore", gone["id"].as_str().unwrap());
    let refused = post(&world, &path, json!({})).await;
    assert_eq!(refused.refused(StatusCode::CONFLICT), "FlowExists");
    let kept = fs::read_to_string(world.path("flows/greeter/flow.dag.yaml")).unwrap();
    assert_eq!(kept, "nodes: []\n");
    assert_eq!(deleted(&world).await.len(), 1);
}

#[tokio::test]
async fn what_was_deleted_30_days_ago_is_gone_after_a_start() {
    let world = World::new().await;
    world.write("flows/other/flow.dag.yaml", "nodes: []\n");
    let old = delete(&world, "flows/greeter").await.json();
    delete(&world, "flows/other").await;
    let about = format!(
        "flows/.flowdeck-bin/{}/about.json",
        old["id"].as_str().unwrap()
    );
    let mut changed = old.clone();
    changed["ends"] = json!(1);
    world.write(&about, changed.to_string());
    let world = world.restarted("/").await;
    while deleted(&world).await.len() > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(deleted(&world).await[0]["flow"], "other");
}

#[tokio::test]
async fn what_a_killed_server_left_is_gone_after_a_start() {
    let world = World::new().await;
    world.write(
        "flows/.flowdeck-part-00.tmp/content/flow.dag.yaml",
        "nodes: []\n",
    );
    // Killed between the entry and the flow's rename, and between a restore's rename and the entry's removal.
    world.write("flows/.flowdeck-bin/0123/about.json", "{}");
    assert_eq!(deleted(&world).await, [Value::Null; 0]);
    assert_eq!(ids(&world).await, ["greeter"]);
    let flows = Flows::open(&world.path("flows")).unwrap();
    flows.remove_leftovers().unwrap();
    assert_eq!(hidden(&world), [".flowdeck-bin"]);
    assert!(!world.path("flows/.flowdeck-bin/0123").exists());
}

#[tokio::test]
async fn where_one_flow_is_served_none_comes_or_goes() {
    let world = World::of("flows/greeter").await;
    let list = world.get(&format!("{PROJECT}/flows")).await.json();
    assert!(
        list["fixed"].as_str().unwrap().contains("greeter"),
        "{list}"
    );
    let asked = json!({"template": "standard", "folder": "x"});
    let refused = post(&world, "flows", asked).await;
    assert_eq!(refused.refused(StatusCode::CONFLICT), "FlowsFixed");
    let refused = delete(&world, "flows/greeter").await;
    assert_eq!(refused.refused(StatusCode::CONFLICT), "FlowsFixed");
    assert!(world.path("flows/greeter/flow.dag.yaml").exists());
}
