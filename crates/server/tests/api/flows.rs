//! The flows of a project.

use std::{fs, os::unix::fs::symlink};

use axum::http::StatusCode;
use serde_json::Value;

use crate::world::{FLOW, World};

async fn flows(world: &World) -> Vec<Value> {
    let answer = world.get("/api/projects/default/flows").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["flows"].as_array().unwrap().clone()
}

fn find<'a>(flows: &'a [Value], id: &str) -> &'a Value {
    flows
        .iter()
        .find(|flow| flow["id"] == id)
        .unwrap_or_else(|| panic!("{id} is not in {flows:?}"))
}

#[tokio::test]
async fn a_project_says_what_it_is() {
    let world = World::new().await;
    let project = world.get("/api/projects/default").await.json();
    assert_eq!(project["name"], "default");
    assert_eq!(
        project["flowsFolder"],
        world
            .path("flows")
            .canonicalize()
            .unwrap()
            .to_str()
            .unwrap()
    );
    assert_eq!(project["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn flows_are_listed_with_name_type_time_and_session() {
    let world = World::new().await;
    world.write("flows/z-chat/flow.dag.yaml", "type: chat\nnodes: []\n");
    world.write("flows/flex/flow.flex.yaml", "entry: entry:main\n");
    world.write("flows/no-flow/readme.md", "");
    world.write("flows/.hidden/flow.dag.yaml", FLOW);
    world.write("flows/file.yaml", FLOW);
    let flows = flows(&world).await;
    let ids: Vec<_> = flows
        .iter()
        .map(|flow| flow["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["flex", "greeter", "z-chat"]);
    let greeter = find(&flows, "greeter");
    assert_eq!(greeter["name"], "Greeter");
    assert_eq!(greeter["description"], "Says hello");
    assert_eq!(greeter["flowType"], "standard");
    assert_eq!(greeter["session"], "notExist");
    assert!(greeter["changed"].as_i64().unwrap() > 1_600_000_000_000);
    assert!(greeter.get("problem").is_none());
    assert_eq!(find(&flows, "z-chat")["name"], "z-chat");
    assert_eq!(find(&flows, "flex")["flowType"], "flex");
}

#[tokio::test]
async fn a_flex_flow_s_inputs_are_those_of_its_entry() {
    let world = World::new().await;
    world.write("flows/flex/flow.flex.yaml", "entry: lib.main:greet\n");
    let inputs = async || {
        let flow = world.get("/api/projects/default/flows/flex").await;
        flow.json()["report"]["flow"]["inputs"].clone()
    };
    assert_eq!(inputs().await, serde_json::json!([]));
    let source = "def greet(name: str = \"you\"):\n    return name\n";
    world.write("flows/flex/lib/main.py", source);
    let inputs = inputs().await;
    assert_eq!(inputs[0]["name"], "name");
    assert_eq!(inputs[0]["default"], "you");
}

const PROMPTY: &str = "---\nname: Ask\nmodel:\n  configuration: {type: openai, model: m, connection: mine}\n  parameters: {}\ninputs:\n  question: {type: string}\n---\nuser:\n{{question}}\n";

#[tokio::test]
async fn prompty_files_are_flows_of_their_folder() {
    let world = World::new().await;
    world.write("flows/greeter/ask.prompty", PROMPTY);
    world.write("flows/prompts/deep/broken.prompty", "no front\n");
    world.write("flows/prompts/deep/flow.dag.yaml", FLOW);
    world.write("flows/prompts/deep/flow.flex.yaml", "entry: a:b\n");
    let flows = flows(&world).await;
    let mut ids: Vec<_> = flows
        .iter()
        .map(|flow| flow["id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    let expected = [
        "greeter",
        "greeter/ask.prompty",
        "prompts/deep",
        "prompts/deep/broken.prompty",
    ];
    assert_eq!(ids, expected);
    let ask = find(&flows, "greeter/ask.prompty");
    assert_eq!(
        (&ask["flowType"], &ask["name"]),
        (&"prompty".into(), &"Ask".into())
    );
    assert_eq!(ask["connection"]["code"], "ConnectionMissing");
    assert_eq!(ask["connection"]["line"], 4);
    let broken = find(&flows, "prompts/deep/broken.prompty");
    assert_eq!(broken["problem"]["code"], "PromptyFormat");
    // Where there are both, promptflow takes the DAG.
    assert_eq!(find(&flows, "prompts/deep")["flowType"], "standard");

    let path = "/api/projects/default/flows/greeter%2Fask.prompty";
    let detail = world.get(path).await.json();
    assert_eq!(detail["definitionPath"], "ask.prompty");
    assert_eq!(detail["yaml"], PROMPTY);
    assert_eq!(detail["report"]["kind"], "prompty");
    assert_eq!(detail["report"]["flow"]["inputs"][0]["name"], "question");
    let files = world.get(&format!("{path}/files")).await.json();
    assert!(files.to_string().contains("flow.dag.yaml"));
    fs::remove_file(world.path("flows/greeter/ask.prompty")).unwrap();
    assert_eq!(world.get(path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn broken_flows_are_listed_with_their_error() {
    let world = World::new().await;
    world.write("flows/cycle/flow.dag.yaml", "nodes:\n- {name: a, type: python, source: {type: code, path: a.py}, inputs: {x: '${b.output}'}}\n- {name: b, type: python, source: {type: code, path: b.py}, inputs: {x: '${a.output}'}}\n");
    world.write("flows/latin1/flow.dag.yaml", b"description: gr\xf6\xdfe\n");
    world.write("flows/huge/flow.dag.yaml", vec![b'#'; 2 * 1024 * 1024 + 1]);
    fs::create_dir_all(world.path("flows/folder/flow.dag.yaml")).unwrap();
    fs::create_dir_all(world.path("elsewhere")).unwrap();
    fs::write(world.path("elsewhere/flow.dag.yaml"), FLOW).unwrap();
    symlink("../elsewhere", world.path("flows/outside")).unwrap();
    fs::create_dir_all(world.path("flows/linked")).unwrap();
    symlink(
        "../../elsewhere/flow.dag.yaml",
        world.path("flows/linked/flow.dag.yaml"),
    )
    .unwrap();
    let flows = flows(&world).await;
    for (id, code) in [
        ("cycle", "NodeCircularDependency"),
        ("latin1", "FileNotText"),
        ("huge", "FileTooLarge"),
        ("folder", "FileIsFolder"),
        ("outside", "FlowFolderOutside"),
        ("linked", "FileOutside"),
    ] {
        assert_eq!(find(&flows, id)["problem"]["code"], code, "{id}");
        assert_eq!(find(&flows, id)["name"], id);
    }
    assert!(find(&flows, "cycle")["problem"]["line"].as_u64().unwrap() >= 1);
    let answer = world.get("/api/projects/default/flows/outside/files").await;
    assert_eq!(answer.refused(StatusCode::FORBIDDEN), "FlowFolderOutside");
}

#[tokio::test]
async fn a_flow_s_page_gets_its_definition_also_when_it_is_broken() {
    let world = World::new().await;
    let flow = world
        .get("/api/projects/default/flows/greeter")
        .await
        .json();
    assert_eq!(flow["yaml"], FLOW);
    assert_eq!(flow["definitionPath"], "flow.dag.yaml");
    assert_eq!(flow["summary"]["id"], "greeter");
    let file = world
        .get("/api/projects/default/flows/greeter/files/flow.dag.yaml")
        .await;
    assert_eq!(flow["etag"], file.header("etag"));
    world.write("flows/latin1/flow.dag.yaml", b"\xf6");
    let broken = world.get("/api/projects/default/flows/latin1").await.json();
    assert!(broken.get("yaml").is_none());
    assert_eq!(broken["summary"]["problem"]["code"], "FileNotText");
}

#[tokio::test]
async fn a_change_on_disk_shows_at_once() {
    let world = World::new().await;
    for name in ["One", "Two", "Six"] {
        world.write("flows/greeter/flow.dag.yaml", FLOW.replace("Greeter", name));
        assert_eq!(find(&flows(&world).await, "greeter")["name"], name);
    }
    fs::remove_dir_all(world.path("flows/greeter")).unwrap();
    assert!(flows(&world).await.is_empty());
}

#[tokio::test]
async fn hundreds_of_flows_are_listed() {
    let world = World::new().await;
    for number in 0..500 {
        world.write(&format!("flows/flow-{number}/flow.dag.yaml"), FLOW);
        world.write(&format!("flows/flow-{number}/greet.py"), "");
    }
    assert_eq!(flows(&world).await.len(), 501);
}
