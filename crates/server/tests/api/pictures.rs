//! Pictures for a flow's inputs: what is taken, and what a run makes of it.

use std::{fs, os::unix::fs::symlink};

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    runs::{FLOW, PICTURE, run, until_run, world_with_session},
    world::{Answer, World},
};

const BYTES: [(&str, &str); 1] = [("content-type", "application/octet-stream")];

async fn keep(world: &World, bytes: &[u8]) -> Answer {
    let path = format!("{FLOW}/pictures");
    world
        .call(Method::POST, &path, &BYTES, bytes.to_vec())
        .await
}

#[tokio::test]
async fn a_picture_is_kept_by_its_content_and_given_again() {
    let world = World::new().await;
    let kept = keep(&world, PICTURE).await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text());
    let kept = kept.json();
    assert_eq!(
        (&kept["mediaType"], &kept["bytes"]),
        (&json!("image/gif"), &json!(PICTURE.len()))
    );
    assert_eq!(
        keep(&world, PICTURE).await.json(),
        kept,
        "the same one again"
    );
    let name = kept["name"].as_str().unwrap();
    let picture = world.get(&format!("{FLOW}/pictures/{name}")).await;
    assert_eq!(picture.status, StatusCode::OK, "{}", picture.text());
    assert_eq!(picture.header("content-type"), "image/gif");
    assert_eq!(picture.header("x-content-type-options"), "nosniff");

    let other = name.replace(".gif", ".png");
    let missing = world.get(&format!("{FLOW}/pictures/{other}")).await;
    assert_eq!(missing.refused(StatusCode::NOT_FOUND), "PictureNotKept");
    for name in ["a.gif", "..%2Fa.gif", "%00", "flow.dag.yaml"] {
        let wrong = world.get(&format!("{FLOW}/pictures/{name}")).await;
        wrong.refused(StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_is_refused_with_what_to_do() {
    let world = World::new().await;
    let drawing = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    for bytes in [
        &drawing[..],
        b"<?xml version='1.0'?><svg/>",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"GIF7",
        b"",
    ] {
        let refused = keep(&world, bytes).await;
        let text = refused.text();
        assert_eq!(
            refused.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            "NotAPicture"
        );
        assert!(text.contains("Choose a PNG"), "{text}");
    }
    let mut large = PICTURE.to_vec();
    large.resize(10_000_000, 0);
    assert_eq!(keep(&world, &large).await.status, StatusCode::CREATED);
    large.push(0);
    let refused = keep(&world, &large).await;
    assert!(refused.text().contains("Choose a smaller picture"));
    assert_eq!(
        refused.refused(StatusCode::PAYLOAD_TOO_LARGE),
        "PictureTooLarge"
    );
    let path = "/api/projects/default/flows/gone/pictures";
    let gone = world.call(Method::POST, path, &BYTES, PICTURE).await;
    gone.refused(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_run_is_given_the_file_of_a_picture_and_shows_its_name() {
    let (world, mut events) = world_with_session().await;
    let name = keep(&world, PICTURE).await.json()["name"].clone();
    let name = name.as_str().unwrap();
    let picture = json!({"data:image/gif;path": name});
    let inputs = json!({"name": ["Ada", picture]});
    let begun = run(&world, json!({ "inputs": inputs })).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
    let done = until_run(&mut events, "completed").await;
    assert_eq!(done["inputs"], inputs);
    let path = world.path("data/runs/greeter/pictures").join(name);
    let given = &done["nodes"][0]["inputs"]["name"][1]["data:image/gif;path"];
    assert_eq!(
        fs::canonicalize(given.as_str().unwrap()).unwrap(),
        fs::canonicalize(&path).unwrap()
    );

    fs::remove_file(&path).unwrap();
    let refused = run(&world, json!({ "inputs": inputs })).await;
    assert!(
        refused.text().contains("Choose it again"),
        "{}",
        refused.text()
    );
    assert_eq!(refused.refused(StatusCode::BAD_REQUEST), "PictureNotKept");
}

#[tokio::test]
async fn what_the_flow_puts_in_the_place_of_a_picture_is_not_followed() {
    let world = World::new().await;
    let name = keep(&world, PICTURE).await.json()["name"].clone();
    let folder = world.path("data/runs/greeter/pictures");
    let file = folder.join(name.as_str().unwrap());
    let address = format!("{FLOW}/pictures/{}", name.as_str().unwrap());
    let outside = world.path("data/outside.gif");
    fs::write(&outside, PICTURE).unwrap();
    fs::remove_file(&file).unwrap();
    symlink(&outside, &file).unwrap();
    world.get(&address).await.refused(StatusCode::NOT_FOUND);
    fs::remove_file(&file).unwrap();
    fs::write(&file, "<html><script>alert(1)</script>").unwrap();
    world.get(&address).await.refused(StatusCode::NOT_FOUND);
    fs::remove_dir_all(&folder).unwrap();
    symlink(world.path("data"), &folder).unwrap();
    keep(&world, PICTURE)
        .await
        .refused(StatusCode::INTERNAL_SERVER_ERROR);
}
