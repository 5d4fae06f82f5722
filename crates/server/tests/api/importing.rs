//! Flows that come in an archive.

use std::{
    fs,
    io::{Cursor, Write as _},
};

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::world::{Answer, FLOW, World};

const IMPORTS: &str = "/api/projects/default/flow-imports";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn look(world: &World, name: &str, archive: Vec<u8>) -> Answer {
    let path = format!("{IMPORTS}?name={name}");
    let bytes = [("content-type", "application/octet-stream")];
    world.call(Method::POST, &path, &bytes, archive).await
}

async fn import(world: &World, found: &Value, asked: Value) -> Answer {
    let path = format!("{IMPORTS}/{}/flows", found["id"].as_str().unwrap());
    world
        .call(Method::POST, &path, &JSON, asked.to_string())
        .await
}

/// What is in the flows folder.
fn there(world: &World) -> Vec<String> {
    let entries = fs::read_dir(world.path("flows")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_zip_as_azure_s_download_gives_it_is_looked_at_and_imported() {
    let world = World::new().await;
    let definition = "display_name: Web\nnodes:\n- name: a\n  type: llm\n  source: {type: code, path: a.jinja2}\n  inputs: {model: m}\n  connection: mine\n  api: chat\n- name: b\n  type: python\n  source: {type: code, path: gone.py}\n  inputs: {}\n";
    let archive = zip(&[
        ("flow.dag.yaml", definition.as_bytes()),
        ("a.jinja2", b"user:\nhi\n"),
        ("data/x.jsonl", b"{}\n"),
        (".runs/1/x.json", b"{}"),
        (".promptflow/flow.tools.json", b"{}"),
        ("__MACOSX/._a", b"x"),
        (".git/HEAD", b"x"),
    ]);
    let answer = look(&world, "greeter.zip", archive).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let found = answer.json();
    let flow = &found["flows"][0];
    assert_eq!(found["flows"].as_array().unwrap().len(), 1);
    assert_eq!((&flow["path"], &flow["name"]), (&"".into(), &"Web".into()));
    assert_eq!(flow["flowType"], "standard");
    assert_eq!((&flow["files"], &found["leftOut"]), (&5.into(), &0.into()));
    // The name of the archive is that of a flow that is there.
    assert_eq!(
        (&flow["folder"], &flow["isTaken"]),
        (&"greeter-2".into(), &true.into())
    );
    assert_eq!(flow["extras"], json!([".promptflow", ".runs"]));
    let lacks = flow["lacks"].as_array().unwrap();
    assert_eq!(lacks.len(), 1, "{flow}");
    assert_eq!(
        (&lacks[0]["name"], &lacks[0]["node"]),
        (&"mine".into(), &"a".into())
    );
    let problems = flow["problems"].to_string();
    assert!(problems.contains("gone.py"), "{problems}");
    assert_eq!(there(&world), ["greeter"]);

    let taken = json!({"path": "", "folder": "greeter"});
    let refused = import(&world, &found, taken).await;
    assert_eq!(refused.refused(StatusCode::CONFLICT), "FlowExists");
    let asked = json!({"path": "", "folder": "web"});
    let made = import(&world, &found, asked).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(made.json(), json!({"id": "web"}));
    let read = |path: &str| fs::read_to_string(world.path("flows/web").join(path)).ok();
    assert_eq!(read("flow.dag.yaml").as_deref(), Some(definition));
    assert_eq!(read("data/x.jsonl").as_deref(), Some("{}\n"));
    for left in [".runs", ".promptflow", "__MACOSX", ".git"] {
        assert!(!world.path("flows/web").join(left).exists(), "{left}");
    }
    let asked = json!({"path": "", "folder": "web-2", "keepExtras": true});
    assert_eq!(
        import(&world, &found, asked).await.status,
        StatusCode::CREATED
    );
    assert!(world.path("flows/web-2/.runs/1/x.json").exists());
    assert_eq!(there(&world), ["greeter", "web", "web-2"]);
}

#[tokio::test]
async fn each_flow_of_many_is_taken_alone() {
    let world = World::new().await;
    let prompty = b"---\nname: Ask\nmodel:\n  configuration: {type: openai, model: m, connection: c}\n---\nuser:\nhi\n";
    let archive = zip(&[
        ("all/greeter/flow.dag.yaml", FLOW.as_bytes()),
        ("all/greeter/greet.py", b"x = 1\n"),
        ("all/greeter/evaluation/flow.dag.yaml", b"nodes: []\n"),
        ("all/flex/flow.flex.yaml", b"entry: a:b\n"),
        ("all/ask/ask.prompty", prompty),
        ("all/readme.md", b"x"),
    ]);
    let found = look(&world, "all.zip", archive).await.json();
    let flows = found["flows"].as_array().unwrap();
    let paths: Vec<_> = flows
        .iter()
        .map(|flow| flow["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["all/ask", "all/flex", "all/greeter"]);
    assert_eq!(found["leftOut"], 1);
    assert_eq!(flows[2]["folder"], "greeter-2");
    assert_eq!(flows[2]["files"], 3);
    let made = import(&world, &found, json!({"path": "all/ask", "folder": "ask"})).await;
    assert_eq!(made.json(), json!({"id": "ask/ask.prompty"}));
    let made = import(
        &world,
        &found,
        json!({"path": "all/greeter", "folder": "greeter-2"}),
    )
    .await;
    assert_eq!(made.json(), json!({"id": "greeter-2"}));
    assert!(
        world
            .path("flows/greeter-2/evaluation/flow.dag.yaml")
            .exists()
    );
    let none = import(&world, &found, json!({"path": "all", "folder": "x"})).await;
    assert_eq!(none.refused(StatusCode::NOT_FOUND), "FlowNotFound");
    let path = format!("{IMPORTS}/{}", found["id"].as_str().unwrap());
    let forgotten = world.call(Method::DELETE, &path, &[], "").await;
    assert_eq!(forgotten.status, StatusCode::NO_CONTENT);
    let gone = import(&world, &found, json!({"path": "all/flex", "folder": "x"})).await;
    assert_eq!(gone.refused(StatusCode::NOT_FOUND), "ArchiveNotFound");
    assert_eq!(there(&world), ["ask", "greeter", "greeter-2"]);
}

#[tokio::test]
async fn a_folder_as_a_browser_packs_it_is_imported_with_all_5000_files() {
    let world = World::new().await;
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |path: &str, content: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, content).unwrap();
    };
    add("big/flow.dag.yaml", FLOW.as_bytes());
    for number in 0..5000 {
        add(&format!("big/data/{}/{number}.txt", number / 100), b"x\n");
    }
    let archive = tar.into_inner().unwrap();
    let found = look(&world, "big", archive).await.json();
    assert_eq!(found["flows"][0]["files"], 5001, "{found}");
    let made = import(&world, &found, json!({"path": "big", "folder": "big"})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert!(world.path("flows/big/data/49/4999.txt").exists());
}

#[tokio::test]
async fn hostile_archives_are_refused_with_what_and_why() {
    let world = World::new().await;
    let flow = ("flow.dag.yaml", FLOW.as_bytes());
    let bomb = vec![0u8; 30 << 20];
    // Names that the writer itself would mend are written by hand: one for another of the same length.
    let renamed = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let archive = zip(&[flow, (from, b"x")]);
        let mut text = archive.clone();
        for at in 0..archive.len() - from.len() {
            if archive[at..].starts_with(from.as_bytes()) {
                text[at..at + from.len()].copy_from_slice(to.as_bytes());
            }
        }
        text
    };
    let mut link = ZipWriter::new(Cursor::new(Vec::new()));
    link.add_symlink("link", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let link = link.finish().unwrap().into_inner();
    let mut latin = zip(&[flow, ("gr#ss.txt", b"x")]);
    for byte in &mut latin {
        if *byte == b'#' {
            *byte = 0xF6;
        }
    }
    let mut encrypted = zip(&[flow]);
    // The first flag of the local and of the central header.
    encrypted[6] |= 1;
    let central = encrypted.windows(4).position(|at| at == b"PK\x01\x02");
    encrypted[central.unwrap() + 8] |= 1;
    for (archive, code, told) in [
        (
            renamed("aaaaa.py", "../aa.py"),
            "ArchiveNameRefused",
            "../aa.py",
        ),
        (
            renamed("aaaaa.py", "/aaaa.py"),
            "ArchiveNameRefused",
            "/aaaa.py",
        ),
        (
            renamed("aaaaa.py", "a\\aaa.py"),
            "ArchiveNameRefused",
            "backslashes",
        ),
        (renamed("a.py", "b.py"), "", ""),
        (
            zip(&[flow, ("a.py", b""), ("A.py", b"")]),
            "ArchiveNameRefused",
            "capital",
        ),
        (
            zip(&[flow, ("a", b""), ("a/b", b"")]),
            "ArchiveNameRefused",
            "file and a folder",
        ),
        (
            zip(&[flow, ("x.bin", &bomb)]),
            "ArchiveFileRefused",
            "200 times",
        ),
        (link, "ArchiveFileRefused", "link"),
        (latin, "ArchiveNameRefused", "UTF-8"),
        (encrypted, "ArchiveFileRefused", "encrypted"),
        (renamed("flow.dag.yaM", "flow.dag.yam"), "", ""),
        (
            zip(&[("readme.md", b"x")]),
            "ArchiveWithoutFlow",
            "flow.dag.yaml",
        ),
        (b"PK\x03\x04 broken".to_vec(), "ArchiveUnreadable", "zip"),
        (b"neither".to_vec(), "ArchiveUnreadable", "zip"),
    ] {
        let answer = look(&world, "x.zip", archive).await;
        if code.is_empty() {
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
            continue;
        }
        assert_eq!(answer.refused(StatusCode::BAD_REQUEST), code, "{told}");
        assert!(answer.text().contains(told), "{}", answer.text());
    }
    assert_eq!(there(&world), ["greeter"]);
}

#[tokio::test]
async fn a_broken_file_of_an_archive_leaves_nothing() {
    let world = World::new().await;
    let mut archive = zip(&[
        ("flow.dag.yaml", FLOW.as_bytes()),
        ("z.txt", "some text that is packed".repeat(50).as_bytes()),
    ]);
    let at = archive.windows(5).position(|at| at == b"z.txt").unwrap() + 8;
    archive[at] ^= 0xFF;
    let found = look(&world, "x.zip", archive).await.json();
    let refused = import(&world, &found, json!({"path": "", "folder": "x"})).await;
    assert_eq!(
        refused.refused(StatusCode::BAD_REQUEST),
        "ArchiveUnreadable"
    );
    assert_eq!(there(&world), ["greeter"]);
}
