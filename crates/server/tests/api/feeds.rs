//! Testing the feeds of a requirements file.

use axum::http::{Method, StatusCode};
use flowdeck_contract::feeds::{FeedOutcome, FeedTest};

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
