//! Folders that are made, and files and folders that are moved, deleted and restored.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

use axum::http::{Method, StatusCode};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{Answer, World};

const HERE: &str = "/api/projects/default/flows/greeter";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

async fn post(world: &World, path: &str, body: &Value) -> Answer {
    let path = format!("{HERE}/{path}");
    world
        .call(Method::POST, &path, &JSON, body.to_string())
        .await
}

async fn make_folder(world: &World, path: &str) -> Answer {
    post(world, "file-folders", &json!({"path": path})).await
}

async fn rename(world: &World, moves: &[(&str, &str)]) -> Answer {
    let moves: Vec<_> = moves
        .iter()
        .map(|(from, to)| json!({"from": from, "to": to}))
        .collect();
    post(world, "file-moves", &json!({"moves": moves})).await
}

async fn delete(world: &World, paths: &[&str]) -> Answer {
    let files: Vec<_> = paths.iter().map(|path| json!({"path": path})).collect();
    post(world, "deleted-files", &json!({"files": files})).await
}

async fn restore(world: &World, id: &str) -> Answer {
    post(world, &format!("deleted-files/{id}/restore"), &json!({})).await
}

/// Everything beneath a folder: what files hold with their mode, where links lead.
fn snapshot(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(below).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            let metadata = path.symlink_metadata().unwrap();
            if name == ".flowdeck-deleted" {
                continue;
            }
            let what = if metadata.is_symlink() {
                format!("{:?}", fs::read_link(&path).unwrap())
            } else if metadata.is_dir() {
                folders.push(path);
                "folder".to_owned()
            } else {
                let mode = metadata.permissions().mode();
                format!("{mode:o} {:?}", fs::read(&path).unwrap())
            };
            all.insert(name, what);
        }
    }
    all
}

#[tokio::test]
async fn a_folder_is_made_with_those_that_it_is_in_and_never_over_anything() {
    let world = World::new().await;
    let made = make_folder(&world, "prompts/sub").await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(made.json()["kind"], "folder");
    assert!(world.path("flows/greeter/prompts/sub").is_dir());
    for taken in ["prompts", "greet.py"] {
        let again = make_folder(&world, taken).await;
        assert_eq!(again.refused(StatusCode::PRECONDITION_FAILED), "FileExists");
    }
    let below = make_folder(&world, "greet.py/a").await;
    assert_eq!(below.refused(StatusCode::CONFLICT), "FolderIsFile");
}

#[tokio::test]
async fn what_moves_is_the_same_at_its_new_place() {
    let world = World::new().await;
    world.write("flows/greeter/lib/a.bin", [0, 159, 146, 150]);
    world.write("flows/greeter/lib/deep/b.txt", "b\r\n");
    symlink("a.bin", world.path("flows/greeter/lib/link")).unwrap();
    let script = world.path("flows/greeter/greet.py");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o750)).unwrap();
    let before = snapshot(&world.path("flows/greeter/lib"));
    let moved = rename(&world, &[("lib", "src/lib"), ("greet.py", "src/hello.py")]).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text());
    let entries = moved.json()["entries"].clone();
    assert_eq!(
        (&entries[0]["path"], &entries[1]["path"]),
        (&json!("src/lib"), &json!("src/hello.py"))
    );
    assert_eq!(snapshot(&world.path("flows/greeter/src/lib")), before);
    assert!(!world.path("flows/greeter/lib").exists() && !script.exists());
    let mode = fs::metadata(world.path("flows/greeter/src/hello.py")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o750);
}

#[tokio::test]
async fn all_move_or_none_and_nothing_is_overwritten() {
    let world = World::new().await;
    world.write("flows/greeter/a.txt", "a");
    world.write("flows/greeter/b.txt", "b");
    world.write("flows/greeter/sub/b.txt", "other");
    let before = snapshot(&world.path("flows/greeter"));
    for (moves, status, code) in [
        (
            vec![("a.txt", "sub/a.txt"), ("b.txt", "sub/b.txt")],
            StatusCode::PRECONDITION_FAILED,
            "FileExists",
        ),
        (
            vec![("a.txt", "b.txt")],
            StatusCode::PRECONDITION_FAILED,
            "FileExists",
        ),
        (
            vec![("a.txt", "sub")],
            StatusCode::PRECONDITION_FAILED,
            "FileExists",
        ),
        (
            vec![("a.txt", "sub/a.txt"), ("none.txt", "sub/none.txt")],
            StatusCode::NOT_FOUND,
            "FileNotFound",
        ),
        (
            vec![("a.txt", "b.txt/a.txt")],
            StatusCode::CONFLICT,
            "FolderIsFile",
        ),
        (
            vec![("sub", "sub/below")],
            StatusCode::CONFLICT,
            "FolderInItself",
        ),
        (vec![], StatusCode::BAD_REQUEST, "TooManyFiles"),
    ] {
        let answer = rename(&world, &moves).await;
        assert_eq!(answer.refused(status), code, "{moves:?}");
        assert_eq!(snapshot(&world.path("flows/greeter")), before, "{moves:?}");
    }
}

#[tokio::test]
async fn names_of_another_case_are_other_names() {
    let world = World::new().await;
    world.write("flows/greeter/readme.md", "small");
    world.write("flows/greeter/README.md", "large");
    let clash = rename(&world, &[("readme.md", "README.md")]).await;
    assert_eq!(clash.refused(StatusCode::PRECONDITION_FAILED), "FileExists");
    let moved = rename(&world, &[("readme.md", "Readme.md")]).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text());
    let text = |name: &str| fs::read_to_string(world.path("flows/greeter").join(name)).unwrap();
    assert_eq!(
        (text("Readme.md"), text("README.md")),
        ("small".into(), "large".into())
    );
}

#[tokio::test]
async fn no_name_leads_out_or_into_what_tools_keep() {
    let world = World::new().await;
    fs::create_dir(world.path("outside")).unwrap();
    world.write("outside/kept.txt", "kept");
    world.write("flows/greeter/a.txt", "a");
    symlink(world.path("outside"), world.path("flows/greeter/out")).unwrap();
    let before = (
        snapshot(&world.path("flows/greeter")),
        snapshot(&world.path("outside")),
    );
    let long = "x".repeat(256);
    let many = "d/".repeat(600) + "e";
    for name in [
        "",
        ".",
        "..",
        "../x",
        "/etc/x",
        "a/../../x",
        "sub//x",
        "sub/",
        "a\\b",
        "a\0b",
        "a\nb",
        "a\u{7f}b",
        &long,
        &many,
        ".git/x",
        "x/__pycache__/y",
        ".flowdeck-deleted/x",
        ".flowdeck-save-1.tmp",
        "out/x",
        "out/kept.txt",
    ] {
        for answer in [
            make_folder(&world, name).await,
            rename(&world, &[("a.txt", name)]).await,
            rename(&world, &[(name, "b.txt")]).await,
            delete(&world, &[name]).await,
        ] {
            assert!(
                answer.status.is_client_error(),
                "{name:?}: {}",
                answer.text()
            );
            assert!(
                !answer.json()["error"]["message"]
                    .as_str()
                    .unwrap()
                    .is_empty()
            );
        }
        let now = (
            snapshot(&world.path("flows/greeter")),
            snapshot(&world.path("outside")),
        );
        assert_eq!(now, before, "{name:?}");
    }
    for id in ["..", "%2e%2e", "0", "zz", "a%2fb", "%00"] {
        let answer = restore(&world, id).await;
        assert!(answer.status.is_client_error(), "{id}: {}", answer.text());
    }
}

#[tokio::test]
async fn the_longest_name_and_odd_ones_that_a_disk_takes_are_taken() {
    let world = World::new().await;
    world.write("flows/greeter/a.txt", "a");
    let long = "x".repeat(255);
    let mut now = "a.txt";
    for name in [
        &*long,
        "größe %2e&?#.txt",
        "a\u{202e}b",
        ".env",
        "ctl\u{feff}",
    ] {
        let moved = rename(&world, &[(now, name)]).await;
        assert_eq!(moved.status, StatusCode::OK, "{name:?}: {}", moved.text());
        now = name;
    }
    assert_eq!(
        fs::read_to_string(world.path("flows/greeter").join(now)).unwrap(),
        "a"
    );
}

#[tokio::test]
async fn what_makes_a_folder_a_flow_stays() {
    let world = World::new().await;
    world.write("flows/greeter/inner/flow.dag.yaml", "nodes: []\n");
    world.write(
        "flows/greeter/sub/one.prompty",
        "---\nname: a\n---\nsystem:\nhi\n",
    );
    let before = snapshot(&world.path("flows/greeter"));
    for (path, code) in [
        ("flow.dag.yaml", "FileIsDefinition"),
        ("inner", "FileOfOtherFlow"),
        ("sub", "FileOfOtherFlow"),
        ("sub/one.prompty", "FileOfOtherFlow"),
    ] {
        let to = format!("new/{path}");
        let moved = rename(&world, &[(path, &to)]).await;
        assert_eq!(moved.refused(StatusCode::CONFLICT), code, "{path}");
        assert!(
            moved.text().contains("Prompt flow page"),
            "{}",
            moved.text()
        );
        let deleted = delete(&world, &[path]).await;
        assert_eq!(deleted.refused(StatusCode::CONFLICT), code, "{path}");
        assert_eq!(snapshot(&world.path("flows/greeter")), before, "{path}");
    }
}

#[tokio::test]
async fn the_definition_names_what_has_moved_when_that_is_asked_for() {
    let world = World::new().await;
    let text =
        "# mine\nnodes:\n- name: a # one\n  type: python\n  source: {type: code, path: greet.py}\n";
    world.write("flows/greeter/flow.dag.yaml", text);
    let asked =
        json!({"moves": [{"from": "greet.py", "to": "src/greet.py"}], "updateDefinition": true});
    let moved = post(&world, "file-moves", &asked).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text());
    let definition = || fs::read_to_string(world.path("flows/greeter/flow.dag.yaml")).unwrap();
    assert_eq!(definition(), text.replace("greet.py", "src/greet.py"));
    let read = world.get(&format!("{HERE}/files/flow.dag.yaml")).await;
    assert_eq!(moved.json()["definition"]["etag"], read.header("etag"));

    let back = rename(&world, &[("src/greet.py", "greet.py")]).await;
    assert_eq!(back.json().get("definition"), None);
    assert!(definition().contains("src/greet.py"));

    let shared = "x: &p greet.py\nnodes:\n- {name: a, source: {path: *p}}\n";
    world.write("flows/greeter/flow.dag.yaml", shared);
    let refused = post(&world, "file-moves", &asked).await;
    assert_eq!(
        refused.refused(StatusCode::CONFLICT),
        "DefinitionPathsNotUpdated"
    );
    assert!(world.path("flows/greeter/greet.py").exists());
    assert_eq!(definition(), shared);
}

#[tokio::test]
async fn what_is_deleted_comes_back_byte_for_byte() {
    let world = World::new().await;
    world.write("flows/greeter/data/a.bin", [0, 255, 13, 10]);
    world.write("flows/greeter/data/deep/b.txt", "b");
    fs::create_dir(world.path("flows/greeter/data/empty")).unwrap();
    symlink("/nowhere", world.path("flows/greeter/data/link")).unwrap();
    let flow = world.path("flows/greeter");
    let before = snapshot(&flow);
    let deleted = delete(&world, &["data", "greet.py"]).await;
    assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.text());
    let deleted = deleted.json();
    assert!(!flow.join("data").exists() && !flow.join("greet.py").exists());
    let listed = world.get(&format!("{HERE}/deleted-files")).await.json();
    assert_eq!(listed["deleted"], json!([deleted]));
    let days = deleted["ends"].as_i64().unwrap() - deleted["deleted"].as_i64().unwrap();
    assert_eq!(days, 30 * 24 * 60 * 60 * 1000);
    // Neither the list of files nor a download of the flow has what was deleted.
    let tree = world.get(&format!("{HERE}/files")).await;
    assert!(!tree.text().contains("flowdeck-deleted"), "{}", tree.text());

    let id = deleted["id"].as_str().unwrap();
    let restored = restore(&world, id).await;
    assert_eq!(
        restored.status,
        StatusCode::NO_CONTENT,
        "{}",
        restored.text()
    );
    assert_eq!(snapshot(&flow), before);
    let again = restore(&world, id).await;
    assert_eq!(again.refused(StatusCode::NOT_FOUND), "DeletedFilesNotFound");
    let listed = world.get(&format!("{HERE}/deleted-files")).await.json();
    assert_eq!(listed["deleted"], json!([]));
}

#[tokio::test]
async fn a_restore_brings_back_all_or_nothing_and_never_over_another_file() {
    let world = World::new().await;
    world.write("flows/greeter/a.txt", "a");
    world.write("flows/greeter/b.txt", "b");
    let deleted = delete(&world, &["a.txt", "b.txt"]).await.json();
    let id = deleted["id"].as_str().unwrap();
    world.write("flows/greeter/b.txt", "new");
    let refused = restore(&world, id).await;
    assert_eq!(
        refused.refused(StatusCode::PRECONDITION_FAILED),
        "FileExists"
    );
    let flow = world.path("flows/greeter");
    assert!(!flow.join("a.txt").exists());
    assert_eq!(fs::read_to_string(flow.join("b.txt")).unwrap(), "new");
    fs::remove_file(flow.join("b.txt")).unwrap();
    let restored = restore(&world, id).await;
    assert_eq!(
        restored.status,
        StatusCode::NO_CONTENT,
        "{}",
        restored.text()
    );
    assert_eq!(fs::read_to_string(flow.join("b.txt")).unwrap(), "b");
}

#[tokio::test]
async fn a_file_that_changed_meanwhile_is_not_deleted_and_neither_are_the_others() {
    let world = World::new().await;
    world.write("flows/greeter/a.txt", "a");
    let files = json!({"files": [
        {"path": "a.txt", "etag": ""},
        {"path": "greet.py", "etag": "\"0\""},
    ]});
    let refused = post(&world, "deleted-files", &files).await;
    assert_eq!(
        refused.refused(StatusCode::PRECONDITION_FAILED),
        "FileChanged"
    );
    assert!(world.path("flows/greeter/a.txt").exists());
}

#[tokio::test]
async fn what_was_deleted_goes_where_its_flow_goes() {
    let world = World::new().await;
    world.write("flows/greeter/a.txt", "a");
    let deleted = delete(&world, &["a.txt"]).await.json();
    let gone = world.call(Method::DELETE, HERE, &[], "").await.json();
    let flow = format!(
        "/api/projects/default/deleted-flows/{}/restore",
        gone["id"].as_str().unwrap()
    );
    let back = world.call(Method::POST, &flow, &JSON, "{}").await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text());
    let restored = restore(&world, deleted["id"].as_str().unwrap()).await;
    assert_eq!(
        restored.status,
        StatusCode::NO_CONTENT,
        "{}",
        restored.text()
    );
    assert_eq!(
        fs::read_to_string(world.path("flows/greeter/a.txt")).unwrap(),
        "a"
    );
}

#[tokio::test]
async fn what_was_deleted_long_ago_is_deleted_for_good_when_the_server_starts() {
    let world = World::new().await;
    let all = "flows/greeter/.flowdeck-deleted";
    let about =
        |ends: i64| json!({"id": "a", "paths": ["a.txt"], "deleted": 0, "ends": ends}).to_string();
    world.write(&format!("{all}/aa/about.json"), about(1));
    world.write(&format!("{all}/aa/0"), "old");
    world.write(&format!("{all}/bb/about.json"), about(i64::MAX));
    world.write(&format!("{all}/bb/0"), "new");
    world.write(&format!("{all}/cc/about.json"), "unreadable");
    let world = world.restarted("/").await;
    let old = world.path(&format!("{all}/aa"));
    let removed = async {
        while old.exists() {
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_secs(30);
    tokio::time::timeout(patience, removed).await.unwrap();
    assert!(world.path(&format!("{all}/bb/0")).exists());
    assert!(world.path(&format!("{all}/cc/about.json")).exists());
    let restored = restore(&world, "bb").await;
    assert_eq!(
        restored.status,
        StatusCode::NO_CONTENT,
        "{}",
        restored.text()
    );
}

/// What somebody does to a flow's files.
#[derive(Clone, Debug)]
enum Act {
    Move(Vec<(usize, usize)>),
    Delete(Vec<usize>),
    Restore(usize),
    Make(usize),
}

const NAMES: [&str; 7] = ["a", "b", "a/b", "a/b/c", "b/a", "c", "c/a"];

fn act() -> impl Strategy<Value = Act> {
    let name = 0..NAMES.len();
    prop_oneof![
        proptest::collection::vec((name.clone(), name.clone()), 1..3).prop_map(Act::Move),
        proptest::collection::vec(name.clone(), 1..3).prop_map(Act::Delete),
        (0..4usize).prop_map(Act::Restore),
        name.prop_map(Act::Make),
    ]
}

/// What all files hold, where they are and in the bin.
fn contents(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(below).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "about.json"
                && path.file_name().unwrap() != ".gitignore"
            {
                all.push(fs::read_to_string(&path).unwrap());
            }
        }
    }
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_is_moved_deleted_and_restored_no_file_is_ever_lost(acts in proptest::collection::vec(act(), 1..12)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            for (path, text) in [("a/b/c", "1"), ("b/a", "2"), ("c", "3")] {
                world.write(&format!("flows/greeter/{path}"), text);
            }
            let flow = world.path("flows/greeter");
            let before = contents(&flow);
            let mut ids = Vec::new();
            for act in acts {
                let seen = snapshot(&flow);
                let answer = match &act {
                    Act::Move(moves) => {
                        let moves: Vec<_> = moves.iter().map(|(from, to)| (NAMES[*from], NAMES[*to])).collect();
                        rename(&world, &moves).await
                    }
                    Act::Delete(names) => {
                        let names: Vec<_> = names.iter().map(|name| NAMES[*name]).collect();
                        delete(&world, &names).await
                    }
                    Act::Restore(at) => restore(&world, ids.get(*at).map_or("0", String::as_str)).await,
                    Act::Make(name) => make_folder(&world, NAMES[*name]).await,
                };
                assert!(answer.status.as_u16() < 500, "{act:?}: {}", answer.text());
                assert_eq!(contents(&flow), before, "{act:?}");
                let now = snapshot(&flow);
                if answer.status.is_success() {
                    if let Act::Delete(_) = act {
                        ids.push(answer.json()["id"].as_str().unwrap().to_owned());
                    }
                } else {
                    // Folders on the way may have come; nothing else has changed.
                    assert!(seen.iter().all(|(name, what)| now.get(name) == Some(what)), "{act:?}");
                    assert!(now.iter().all(|(name, what)| seen.contains_key(name) || what == "folder"), "{act:?}");
                }
            }
        });
    }
}
