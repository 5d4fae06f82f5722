//! Files and folders of a flow that somebody keeps.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
    os::unix::fs::symlink,
};

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::world::{Answer, World};

const HERE: &str = "/api/projects/default/flows/greeter";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

async fn archive(world: &World, paths: &[&str]) -> Answer {
    let path = format!("{HERE}/file-archive");
    let asked = json!({"paths": paths}).to_string();
    world.call(Method::POST, &path, &JSON, asked).await
}

fn unpacked(answer: &Answer) -> BTreeMap<String, Vec<u8>> {
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    assert_eq!(answer.header("content-type"), "application/zip");
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.body.clone())).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

#[tokio::test]
async fn any_file_is_given_byte_for_byte_and_never_shown() {
    let world = World::new().await;
    let large: Vec<u8> = (0..3_000_000u32).map(|at| at.to_le_bytes()[0]).collect();
    world.write("flows/greeter/data/größe %2e.bin", &large);
    let path = format!("{HERE}/file-contents/data/gr%C3%B6%C3%9Fe%20%252e.bin");
    let answer = world.get(&path).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body == large);
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment")
    );
}

#[tokio::test]
async fn a_folder_is_packed_by_its_name_and_several_by_their_paths() {
    let world = World::new().await;
    world.write("flows/greeter/data/deep/a.bin", [0, 255]);
    world.write("flows/greeter/data/b.txt", "b\r\n");
    world.write("flows/greeter/data/__pycache__/c.pyc", "c");
    world.write("flows/greeter/data/.flowdeck-deleted/1/0", "d");
    world.write("secret.txt", "secret");
    symlink(
        world.path("secret.txt"),
        world.path("flows/greeter/data/link"),
    )
    .unwrap();
    let folder = unpacked(&archive(&world, &["data/deep"]).await);
    assert_eq!(
        folder,
        BTreeMap::from([("deep/a.bin".to_owned(), vec![0, 255])])
    );
    let several = unpacked(&archive(&world, &["data", "greet.py"]).await);
    let names: Vec<&str> = several.keys().map(String::as_str).collect();
    assert_eq!(names, ["data/b.txt", "data/deep/a.bin", "greet.py"]);
    assert_eq!(several["data/b.txt"], b"b\r\n");
}

#[tokio::test]
async fn nothing_beyond_the_flow_s_folder_is_given() {
    let world = World::new().await;
    world.write("secret.txt", "secret");
    world.write("flows/greeter/.git/config", "secret");
    symlink(world.path("secret.txt"), world.path("flows/greeter/out")).unwrap();
    symlink(world.path(""), world.path("flows/greeter/up")).unwrap();
    for name in [
        "out",
        "up",
        "up/secret.txt",
        ".git/config",
        ".git",
        "none",
        "../secret.txt",
        "/etc/passwd",
        "",
    ] {
        let packed = archive(&world, &[name]).await;
        assert!(packed.status.is_client_error(), "{name}: {}", packed.status);
        let path = format!("{HERE}/file-contents/{}", name.replace("..", "%2e%2e"));
        let read = world.get(&path).await;
        assert!(read.status.is_client_error(), "{name}: {}", read.status);
        assert!(!String::from_utf8_lossy(&read.body).contains("secret\n"));
    }
    let folder = world.get(&format!("{HERE}/file-contents/up")).await;
    assert!(folder.status.is_client_error());
}
