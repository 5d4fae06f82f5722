//! The files API.

use std::{fs, os::unix::fs::symlink};

use axum::http::{Method, StatusCode};
use proptest::prelude::*;

use crate::world::{Answer, FLOW, World};

const FILES: &str = "/api/projects/default/flows/greeter/files";

fn url(path: &str) -> String {
    format!("{FILES}/{path}")
}

async fn put(
    world: &World,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<axum::body::Body>,
) -> Answer {
    world.call(Method::PUT, &url(path), headers, body).await
}

#[tokio::test]
async fn a_file_is_read_as_it_is_and_never_runs() {
    let world = World::new().await;
    world.write("flows/greeter/evil.html", "<script>alert(1)</script>");
    let answer = world.get(&url("evil.html")).await;
    assert_eq!(answer.text(), "<script>alert(1)</script>");
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert!(answer.header("content-security-policy").contains("sandbox"));
    assert_eq!(world.get(&url("greet.py")).await.text(), "print('hi')\r\n");
}

#[tokio::test]
async fn a_file_that_is_known_is_not_sent_again() {
    let world = World::new().await;
    let tag = world.get(&url("greet.py")).await.header("etag").to_owned();
    let again = world
        .call(
            Method::GET,
            &url("greet.py"),
            &[("if-none-match", &tag)],
            "",
        )
        .await;
    assert_eq!(
        (again.status, again.header("etag")),
        (StatusCode::NOT_MODIFIED, tag.as_str())
    );
}

#[tokio::test]
async fn the_tree_lists_what_can_be_opened_and_what_cannot() {
    let world = World::new().await;
    world.write("flows/greeter/.promptflow/flow.tools.json", "{}");
    world.write("flows/greeter/__pycache__/greet.pyc", "");
    world.write("flows/greeter/größe %2e.txt", "");
    let tree = world.get(FILES).await.json();
    let paths: Vec<_> = tree["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            ".promptflow",
            ".promptflow/flow.tools.json",
            "flow.dag.yaml",
            "greet.py",
            "größe %2e.txt"
        ]
    );
    assert_eq!(tree["leftOut"]["unusableNames"], 0);
    assert_eq!(tree["leftOut"]["beyondLimit"], 0);
    let strange = world.get(&url("gr%C3%B6%C3%9Fe%20%252e.txt")).await;
    assert_eq!(strange.status, StatusCode::OK);
}

#[tokio::test]
async fn saving_needs_the_tag_of_what_is_replaced() {
    let world = World::new().await;
    let blind = put(&world, "greet.py", &[], "x").await;
    assert_eq!(
        blind.refused(StatusCode::PRECONDITION_REQUIRED),
        "PreconditionRequired"
    );
    let tag = world.get(&url("greet.py")).await.header("etag").to_owned();
    let saved = put(&world, "greet.py", &[("if-match", &tag)], "one\r\ntwo").await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    assert_eq!(saved.json()["etag"], saved.header("etag"));
    assert_eq!(
        fs::read(world.path("flows/greeter/greet.py")).unwrap(),
        b"one\r\ntwo"
    );
    let stale = put(&world, "greet.py", &[("if-match", &tag)], "three").await;
    assert_eq!(
        stale.refused(StatusCode::PRECONDITION_FAILED),
        "FileChanged"
    );
    assert_eq!(stale.header("etag"), saved.header("etag"));
    assert_eq!(
        fs::read(world.path("flows/greeter/greet.py")).unwrap(),
        b"one\r\ntwo"
    );
    let unreadable = put(&world, "greet.py", &[("if-none-match", "\"x\"")], "").await;
    assert_eq!(unreadable.refused(StatusCode::BAD_REQUEST), "InvalidHeader");
}

#[tokio::test]
async fn a_new_file_replaces_none() {
    let world = World::new().await;
    let new = [("if-none-match", "*")];
    assert_eq!(
        put(&world, "sub/new.py", &new, "1").await.status,
        StatusCode::CREATED
    );
    let again = put(&world, "sub/new.py", &new, "2").await;
    assert_eq!(again.refused(StatusCode::PRECONDITION_FAILED), "FileExists");
    assert_eq!(
        fs::read(world.path("flows/greeter/sub/new.py")).unwrap(),
        b"1"
    );
    let gone = put(&world, "gone.py", &[("if-match", "*")], "").await;
    assert_eq!(gone.refused(StatusCode::PRECONDITION_FAILED), "FileChanged");
    let nowhere = world
        .call(
            Method::PUT,
            "/api/projects/default/flows/new/files/flow.dag.yaml",
            &new,
            "",
        )
        .await;
    assert_eq!(nowhere.refused(StatusCode::NOT_FOUND), "FlowNotFound");
}

#[tokio::test]
async fn many_writers_of_one_text_make_one_change() {
    let world = World::new().await;
    let tag = world.get(&url("greet.py")).await.header("etag").to_owned();
    let writes = (0..16).map(|number| {
        let (world, tag) = (&world, &tag);
        async move {
            put(world, "greet.py", &[("if-match", tag)], number.to_string())
                .await
                .status
        }
    });
    let statuses = futures_util::future::join_all(writes).await;
    assert_eq!(
        statuses
            .iter()
            .filter(|status| **status == StatusCode::OK)
            .count(),
        1,
        "{statuses:?}"
    );
}

#[tokio::test]
async fn what_is_no_text_is_named_as_such() {
    let world = World::new().await;
    world.write("flows/greeter/image.png", b"\x89PNG\0");
    world.write("flows/greeter/huge.txt", vec![b'a'; 2 * 1024 * 1024 + 1]);
    assert_eq!(
        world
            .get(&url("image.png"))
            .await
            .refused(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        "FileNotText"
    );
    assert_eq!(
        world
            .get(&url("huge.txt"))
            .await
            .refused(StatusCode::PAYLOAD_TOO_LARGE),
        "FileTooLarge"
    );
    let new = [("if-none-match", "*")];
    assert_eq!(
        put(&world, "x", &new, b"\xff".to_vec())
            .await
            .refused(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        "FileNotText"
    );
    for size in [2 * 1024 * 1024 + 1, 3 * 1024 * 1024] {
        let answer = put(&world, "x", &new, vec![b'a'; size]).await;
        assert_eq!(
            answer.refused(StatusCode::PAYLOAD_TOO_LARGE),
            "FileTooLarge"
        );
    }
    assert_eq!(
        put(&world, "x", &new, vec![b'a'; 2 * 1024 * 1024])
            .await
            .status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn a_file_is_removed_if_it_is_what_was_seen() {
    let world = World::new().await;
    let remove = |tag: &'static str| {
        world.call(
            Method::DELETE,
            "/api/projects/default/flows/greeter/files/greet.py",
            if tag.is_empty() {
                &[]
            } else {
                &[("if-match", "\"x\"")]
            },
            "",
        )
    };
    assert_eq!(
        remove("\"x\"")
            .await
            .refused(StatusCode::PRECONDITION_FAILED),
        "FileChanged"
    );
    assert_eq!(remove("").await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        remove("").await.refused(StatusCode::NOT_FOUND),
        "FileNotFound"
    );
    world.write("flows/greeter/sub/a.py", "");
    let folder = world.call(Method::DELETE, &url("sub"), &[], "").await;
    assert_eq!(folder.refused(StatusCode::CONFLICT), "FileIsFolder");
}

/// A flow with links out, and something to find there.
async fn world_with_a_way_out() -> World {
    let world = World::new().await;
    world.write("secret.txt", "secret");
    world.write("flows/other/flow.dag.yaml", "secret: 1\n");
    symlink("../../secret.txt", world.path("flows/greeter/link.txt")).unwrap();
    symlink("../..", world.path("flows/greeter/up")).unwrap();
    symlink(world.path(""), world.path("flows/greeter/absolute")).unwrap();
    world
}

#[tokio::test]
async fn no_path_leads_out_of_the_flow_folder() {
    let world = world_with_a_way_out().await;
    for path in [
        "../other/flow.dag.yaml",
        "..%2fother%2fflow.dag.yaml",
        "%2e%2e/other/flow.dag.yaml",
        "%2e%2e%2fother/flow.dag.yaml",
        "sub/../../other/flow.dag.yaml",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "..%5cother",
        "..\\other",
        "a%00b",
        "greet.py%00.txt",
        "./greet.py",
        "link.txt",
        "up/secret.txt",
        "up/flows/other/flow.dag.yaml",
        "absolute/secret.txt",
        ".git/config",
        "",
    ] {
        for (method, headers) in [
            (Method::GET, &[][..]),
            (Method::PUT, &[("if-match", "*")][..]),
            (Method::PUT, &[("if-none-match", "*")][..]),
            (Method::DELETE, &[("if-match", "*")][..]),
        ] {
            let Ok(request) = axum::http::Uri::try_from(url(path)) else {
                continue;
            };
            let answer = world
                .call(method.clone(), &request.to_string(), headers, "pwned")
                .await;
            assert!(
                answer.status.is_client_error(),
                "{method} {path}: {} {}",
                answer.status,
                answer.text()
            );
            assert!(
                !answer.text().contains("secret: 1") && !answer.text().contains("root:"),
                "{path}"
            );
        }
    }
    assert_eq!(
        fs::read_to_string(world.path("secret.txt")).unwrap(),
        "secret"
    );
    assert_eq!(
        fs::read_to_string(world.path("flows/other/flow.dag.yaml")).unwrap(),
        "secret: 1\n"
    );
    let answer = world.get(&url("link.txt")).await;
    assert_eq!(answer.refused(StatusCode::FORBIDDEN), "FileOutside");
}

/// Names that a file system takes, each of which is easily mistaken for another.
const NAMES: [&str; 12] = [
    "a b.txt",
    "a%20b.txt",
    "a%2520b.txt",
    "a%2Fb.txt",
    "a+b.txt",
    "a&b=c.txt",
    "a#b?c.txt",
    " a.txt ",
    "\u{e9}.txt",
    "e\u{301}.txt",
    "\u{202e}txt.py",
    "a;b,c'd\"e.txt",
];

fn file_at(name: &str) -> String {
    url(&flowdeck_contract::address::encode(name))
}

#[tokio::test]
async fn a_file_is_made_read_listed_and_removed_under_its_own_name() {
    let world = World::new().await;
    let new = [("if-none-match", "*")];
    for name in NAMES {
        let saved = put(
            &world,
            &flowdeck_contract::address::encode(name),
            &new,
            name,
        )
        .await;
        assert_eq!(saved.status, StatusCode::CREATED, "{name}");
        assert_eq!(saved.json()["path"], name);
        let on_disk = world.path(&format!("flows/greeter/{name}"));
        assert_eq!(fs::read_to_string(on_disk).unwrap(), name);
    }
    let tree = world.get(FILES).await.json();
    let listed: Vec<&str> = tree["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["path"].as_str())
        .collect();
    for name in NAMES {
        assert!(listed.contains(&name), "{name}");
        assert_eq!(world.get(&file_at(name)).await.text(), name);
        let removed = world.call(Method::DELETE, &file_at(name), &[], "").await;
        assert_eq!(removed.status, StatusCode::NO_CONTENT, "{name}");
        assert!(!world.path(&format!("flows/greeter/{name}")).exists());
    }
}

#[tokio::test]
async fn a_name_that_no_file_can_have_here_is_refused() {
    let world = World::new().await;
    for name in ["a\\b", "a\nb", "a\u{7f}"] {
        let answer = put(
            &world,
            &flowdeck_contract::address::encode(name),
            &[("if-none-match", "*")],
            "",
        )
        .await;
        assert_eq!(
            answer.refused(StatusCode::BAD_REQUEST),
            "InvalidPath",
            "{name:?}"
        );
    }
}

#[tokio::test]
async fn a_flow_is_reached_by_its_own_name() {
    let world = World::new().await;
    for name in NAMES {
        world.write(&format!("flows/{name}/flow.dag.yaml"), "outputs: {}\n");
        world.write(&format!("flows/{name}/own.txt"), name);
    }
    for name in NAMES {
        let flow = format!(
            "/api/projects/default/flows/{}",
            flowdeck_contract::address::encode(name)
        );
        assert_eq!(world.get(&flow).await.json()["summary"]["id"], name);
        assert_eq!(
            world.get(&format!("{flow}/files/own.txt")).await.text(),
            name
        );
    }
}

#[tokio::test]
async fn a_socket_is_no_file_to_open() {
    let world = World::new().await;
    let _socket =
        std::os::unix::net::UnixListener::bind(world.path("flows/greeter/a.sock")).unwrap();
    let answer = world.get(&url("a.sock")).await;
    assert_eq!(
        answer.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        "FileSpecial"
    );
}

#[tokio::test]
async fn a_name_is_decoded_once() {
    let world = world_with_a_way_out().await;
    let saved = put(
        &world,
        "%252e%252e/other/flow.dag.yaml",
        &[("if-none-match", "*")],
        "inside",
    )
    .await;
    assert_eq!(saved.json()["path"], "%2e%2e/other/flow.dag.yaml");
    assert_eq!(
        fs::read_to_string(world.path("flows/greeter/%2e%2e/other/flow.dag.yaml")).unwrap(),
        "inside"
    );
}

/// Pieces of paths, as they stand in an address.
fn piece() -> impl Strategy<Value = String> {
    let fixed = [
        "..",
        ".",
        "",
        "%2e%2e",
        "%2E.",
        "%252e%252e",
        "..%2f",
        "%2f",
        "%5c",
        "up",
        "link.txt",
        "absolute",
        "secret.txt",
        "flows",
        "other",
        "%00",
    ];
    prop_oneof![
        4 => proptest::sample::select(fixed.map(str::to_owned).to_vec()),
        1 => "[a-z%.~-]{1,5}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    /// Whatever stands in the address: nothing beyond the flow folder is read, written or removed.
    #[test]
    fn no_address_leads_out(pieces in proptest::collection::vec(piece(), 1..6)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let world = world_with_a_way_out().await;
            let address = url(&pieces.join("/"));
            if address.parse::<axum::http::Uri>().is_err() {
                return Ok(());
            }
            let read = world.get(&address).await;
            prop_assert!(!String::from_utf8_lossy(&read.body).contains("secret: 1") && read.body != b"secret");
            for headers in [[("if-match", "*")], [("if-none-match", "*")]] {
                world.call(Method::PUT, &address, &headers, "pwned").await;
            }
            world.call(Method::DELETE, &address, &[], "").await;
            prop_assert_eq!(fs::read_to_string(world.path("secret.txt")).unwrap(), "secret");
            prop_assert_eq!(fs::read_to_string(world.path("flows/other/flow.dag.yaml")).unwrap(), "secret: 1\n");
            prop_assert_eq!(fs::read_dir(world.path("flows")).unwrap().count(), 2);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_name_that_reorders_text_is_served_as_itself_and_told_by_its_codes() {
    let world = World::new().await;
    world.write("flows/\u{202e}gnp/flow.dag.yaml", FLOW);
    world.write("flows/\u{202e}gnp/sub/\u{202e}gnp.exe.py", "x");
    let flow = "/api/projects/default/flows/%E2%80%AEgnp";
    let page = world.get(flow).await.json();
    assert_eq!(page["summary"]["id"], "\u{202e}gnp");
    let tree = world.get(&format!("{flow}/files")).await.json();
    let paths: Vec<_> = tree["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["path"].clone())
        .collect();
    assert!(
        paths.contains(&"sub/\u{202e}gnp.exe.py".into()),
        "{paths:?}"
    );
    let file = format!("{flow}/files/sub/%E2%80%AEgnp.exe.py");
    assert_eq!(world.get(&file).await.text(), "x");
    let sessions = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/%E2%80%AEgnp/sessions";
    let started = world
        .call(
            Method::POST,
            sessions,
            &[("content-type", "application/json")],
            "{}",
        )
        .await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{}", started.text());
    let missing = world.get(&format!("{flow}/files/%E2%80%AEno")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.text().contains("‹U+202E›no"), "{}", missing.text());
}
