//! Testing the feeds of a requirements file.

use axum::http::{Method, StatusCode};
use axum::{
    Router, extract::Path, http::header::CONTENT_TYPE, response::IntoResponse, routing::get,
};
use flowdeck_contract::feeds::{FeedOutcome, FeedTest, PackageAnswer};
use serde_json::json;

use crate::world::World;

const TEST: &str = "/api/projects/default/flows/greeter/session/feeds/test";

async fn test(world: &World, body: &'static str) -> FeedTest {
    let json = [("content-type", "application/json")];
    let answer = world.call(Method::POST, TEST, &json, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    serde_json::from_value(answer.json()).unwrap()
}

#[tokio::test]
async fn each_feed_of_the_text_or_the_file_is_answered_for() {
    let world = World::new().await;
    let text = r##"{"text": "# feeds\n-i https://{private}@feed.example/simple/\n--extra-index-url http://u:p4ss@127.0.0.1:9/simple/\n-f ./wheels\n"}"##;
    let tested = test(&world, text).await;
    let seen: Vec<_> = tested
        .feeds
        .iter()
        .map(|feed| (feed.line, feed.url.as_str(), feed.private, feed.outcome))
        .collect();
    assert_eq!(
        seen,
        [
            (
                2,
                "https://feed.example/simple/",
                true,
                FeedOutcome::NoIdentity
            ),
            (
                3,
                "http://127.0.0.1:9/simple/",
                false,
                FeedOutcome::Unreachable
            ),
        ]
    );
    let advice = tested.feeds[0].remedy.as_deref().unwrap();
    assert!(
        advice.contains("Azure DevOps organization")
            && advice.contains("Start with advanced settings")
    );
    assert!(!serde_json::to_string(&tested).unwrap().contains("p4ss"));

    world.write(
        "flows/greeter/requirements.txt",
        "-i http://127.0.0.1:9/x/\nalpha\n",
    );
    let tested = test(&world, "{}").await;
    assert_eq!(tested.feeds[0].outcome, FeedOutcome::Unreachable);
    assert_eq!(tested.feeds[0].file, "requirements.txt");

    let nowhere = TEST.replace("greeter", "nowhere");
    let json = [("content-type", "application/json")];
    let answer = world.call(Method::POST, &nowhere, &json, "{}").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn where_sessions_have_a_network_of_their_own_the_servers_is_not_asked() {
    let world = World::new().await;
    world.engine.run_images();
    let text = r##"{"text": "-i http://127.0.0.1:9/simple/\n--extra-index-url http://localhost:9/simple/\n--extra-index-url http://169.254.169.254/latest/\n"}"##;
    let tested = test(&world, text).await;
    assert_eq!(tested.feeds.len(), 3);
    for feed in tested.feeds {
        assert_eq!(feed.outcome, FeedOutcome::Unreachable);
        assert!(
            feed.message.contains("address of the server’s own machine"),
            "{}",
            feed.message
        );
        assert!(feed.remedy.unwrap().contains("`hosts` of an identity"));
    }
}

const PACKAGES: &str = "/api/projects/default/flows/greeter/packages";

/// An index on loopback with `alpha` as JSON, `beta` as HTML, and what says that it is one; its address.
async fn index(has_pip: bool) -> String {
    let page = async move |Path(name): Path<String>| match name.as_str() {
        "alpha" => {
            let files = [
                "alpha-1.9.tar.gz",
                "alpha-1.10.tar.gz",
                "alpha-2.0-py3-none-any.whl",
            ];
            let files = files.map(|file| json!({"filename": file, "url": file}));
            let json = "application/vnd.pypi.simple.v1+json";
            ([(CONTENT_TYPE, json)], json!({"files": files}).to_string()).into_response()
        }
        "beta" => {
            let html = "<a href='../f/beta-0.1-py3-none-any.whl#sha256=0'>beta</a>";
            ([(CONTENT_TYPE, "text/html")], html).into_response()
        }
        "pip" if has_pip => {
            ([(CONTENT_TYPE, "text/html")], "<a href=pip-1.tar.gz>").into_response()
        }
        "broken" => StatusCode::BAD_GATEWAY.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    };
    let routes = Router::new().route("/simple/{name}/", get(page));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}/simple/")
}

async fn look_up(world: &World, name: &str, text: &str) -> PackageAnswer {
    let json = [("content-type", "application/json")];
    let path = format!("{PACKAGES}/look-up");
    let body = json!({"name": name, "text": text}).to_string();
    let answer = world.call(Method::POST, &path, &json, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    serde_json::from_value(answer.json()).unwrap()
}

#[tokio::test]
async fn a_package_is_looked_up_in_the_index_that_the_file_names() {
    let world = World::new().await;
    let text = format!("-i {}\nalpha\n", index(true).await);
    let found = |versions: &[&str]| PackageAnswer::Found {
        versions: versions
            .iter()
            .map(|version| (*version).to_owned())
            .collect(),
    };
    assert_eq!(
        look_up(&world, "Alpha", &text).await,
        found(&["2.0", "1.10", "1.9"])
    );
    assert_eq!(look_up(&world, "beta", &text).await, found(&["0.1"]));
    let missing = look_up(&world, "alhpa", &text).await;
    assert!(
        matches!(missing, PackageAnswer::Missing { .. }),
        "{missing:?}"
    );
}

fn is_unknown(answer: &PackageAnswer) -> bool {
    matches!(
        answer,
        PackageAnswer::Unknown { .. } | PackageAnswer::NotAsked { .. }
    )
}

#[tokio::test]
async fn an_index_that_cannot_answer_is_never_one_without_the_package() {
    let world = World::new().await;
    let index = index(false).await;
    for (name, text) in [
        ("broken", format!("-i {index}\n")),
        ("alhpa", format!("-i {index}\n")),
        ("alhpa", "-i http://127.0.0.1:9/simple/\n".to_owned()),
        ("alhpa", "--no-index\n".to_owned()),
        (
            "alhpa",
            format!("-i {index}\nalpha\n-f http://127.0.0.1:9/\n"),
        ),
        ("alhpa", format!("-i {index}\n-r missing.txt\n")),
    ] {
        let answer = look_up(&world, name, &text).await;
        assert!(is_unknown(&answer), "{text}: {answer:?}");
    }
    // Another package of the file says that it is an index.
    let known = look_up(&world, "alhpa", &format!("-i {index}\nalpha\n")).await;
    assert!(matches!(known, PackageAnswer::Missing { .. }), "{known:?}");
}

#[tokio::test]
async fn names_are_known_without_an_index_and_only_a_name_is_asked_for() {
    let world = World::new().await;
    world.write("flows/other/flow.dag.yaml", crate::world::FLOW);
    world.write("flows/other/requirements.txt", "house-of-ours>=1\nnumpy\n");
    let known = world.get(PACKAGES).await.json();
    let names = known["names"].as_array().unwrap();
    for name in ["house-of-ours", "numpy", "promptflow-core"] {
        let count = names.iter().filter(|known| *known == name).count();
        assert_eq!(count, 1, "{name}");
    }
    let json = [("content-type", "application/json")];
    let path = format!("{PACKAGES}/look-up");
    let body = json!({"name": "../alpha"}).to_string();
    let answer = world.call(Method::POST, &path, &json, body).await;
    assert_eq!(
        answer.refused(StatusCode::BAD_REQUEST),
        "PackageNameInvalid"
    );
}
