//! Who is let in, and who is not.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use http_body_util::BodyExt as _;

use crate::world::{Answer, TOKEN, World};

const FLOWS: &str = "/api/projects/default/flows";

async fn with(world: &World, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = World::anonymous(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.answer(request.body(Body::empty()).unwrap()).await
}

async fn status(world: &World, cookie: &str, key: &str) -> StatusCode {
    let headers = [("cookie", cookie), ("x-flowdeck-key", key)];
    with(world, Method::GET, FLOWS, &headers).await.status
}

#[tokio::test]
async fn nothing_of_the_api_is_open_but_health() {
    let world = World::new().await;
    for path in [
        FLOWS,
        "/api/projects/default",
        "/api/projects/default/flows/greeter/files/greet.py",
        "/api/projects/default/flows/greeter/events",
        "/api/openapi.json",
        "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows",
    ] {
        let answer = with(&world, Method::GET, path, &[]).await;
        assert_eq!(
            answer.refused(StatusCode::UNAUTHORIZED),
            "SignInRequired",
            "{path}"
        );
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    assert_eq!(
        with(&world, Method::GET, "/api/health", &[]).await.json()["status"],
        "ok"
    );
}

#[tokio::test]
async fn a_bearer_token_opens_the_api_and_a_wrong_one_does_not() {
    let world = World::new().await;
    assert_eq!(world.get(FLOWS).await.status, StatusCode::OK);
    for header in [
        "Bearer wrong",
        "Bearer ",
        &format!("Basic {TOKEN}"),
        TOKEN,
        &format!("Bearer {TOKEN}2"),
    ] {
        let answer = with(&world, Method::GET, FLOWS, &[("authorization", header)]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{header}");
    }
}

#[tokio::test]
async fn a_link_with_the_token_gives_the_cookie_and_takes_the_token_out_of_the_address() {
    let world = World::new().await;
    let answer = with(
        &world,
        Method::GET,
        &format!("/flows/greeter?a=1&token={TOKEN}"),
        &[],
    )
    .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let (address, key) = answer.header("location").split_once("#key=").unwrap();
    assert_eq!((address, key.len()), ("/flows/greeter?a=1", 64));
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("flowdeck_8642="), "{cookie}");
    for part in ["; HttpOnly", "; SameSite=Strict", "; Path=/;"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains(TOKEN));
    let pair = cookie.split(';').next().unwrap();
    assert!(!pair.contains(key));
    assert_eq!(status(&world, pair, key).await, StatusCode::OK);
    // Another port of the host can put one of the same name beside it.
    let others = format!("a=b; flowdeck_8642=x; {pair}; c=d");
    assert_eq!(status(&world, &others, key).await, StatusCode::OK);
}

#[tokio::test]
async fn the_cookie_without_its_key_opens_nothing() {
    let world = World::new().await;
    let (cookie, key) = world.browser().await;
    let answer = with(&world, Method::GET, FLOWS, &[("cookie", &cookie)]).await;
    assert_eq!(answer.refused(StatusCode::UNAUTHORIZED), "SignInRequired");
    let answer = with(&world, Method::GET, FLOWS, &[("x-flowdeck-key", &key)]).await;
    assert_eq!(answer.refused(StatusCode::UNAUTHORIZED), "SignInRequired");
    let secret = cookie.split_once('=').unwrap().1;
    let (other, other_key) = world.browser().await;
    assert_ne!(cookie, other);
    for wrong in ["", secret, TOKEN, &other_key] {
        let got = status(&world, &cookie, wrong).await;
        assert_eq!(got, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    assert_eq!(status(&world, &cookie, &key).await, StatusCode::OK);
}

#[tokio::test]
async fn a_browser_that_opens_the_link_again_keeps_its_sign_in() {
    let world = World::new().await;
    let (cookie, key) = world.browser().await;
    let link = format!("/?token={TOKEN}");
    let again = with(&world, Method::GET, &link, &[("cookie", &cookie)]).await;
    assert_eq!(again.cookie(), cookie);
    assert_eq!(again.header("location"), format!("/#key={key}"));
    let ended = [("cookie", "flowdeck_8642=00")];
    let new = with(&world, Method::GET, &link, &ended).await;
    assert_ne!(new.cookie(), cookie);
}

#[tokio::test]
async fn sign_ins_outlive_a_restart_and_end_with_the_token() {
    let world = World::new().await;
    let (cookie, key) = world.browser().await;
    let world = world.restarted("/").await;
    assert_eq!(status(&world, &cookie, &key).await, StatusCode::OK);
    let world = world
        .restarted_with("/", "another-token-0123456789abcdef")
        .await;
    assert_eq!(
        status(&world, &cookie, &key).await,
        StatusCode::UNAUTHORIZED
    );
    let world = world.restarted("/").await;
    assert_eq!(
        status(&world, &cookie, &key).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn sign_ins_are_listed_and_ended_one_by_one_or_all_at_once() {
    let world = World::new().await;
    let agent = [(
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
    )];
    let link = format!("/?token={TOKEN}");
    let first = with(&world, Method::GET, &link, &agent).await;
    let first = first.signed_in();
    let [second, third] = [world.browser().await, world.browser().await];
    let ask = async |method: Method, path: &str, (cookie, key): &(String, String)| {
        with(
            &world,
            method,
            path,
            &[("cookie", cookie), ("x-flowdeck-key", key)],
        )
        .await
    };
    let list = ask(Method::GET, "/api/sign-ins", &first).await.json();
    let list = list["signIns"].as_array().unwrap();
    let current: Vec<_> = list.iter().filter(|one| one["isCurrent"] == true).collect();
    assert_eq!((list.len(), current.len()), (3, 1));
    assert_eq!(current[0]["browser"], "Firefox 141 on Linux");
    assert_eq!(current[0]["address"], "127.0.0.1");
    let text = serde_json::to_string(&list).unwrap();
    assert!(!text.contains(&first.1) && !text.contains(first.0.split_once('=').unwrap().1));

    let own = current[0]["id"].as_str().unwrap();
    let other = list.iter().find(|one| one["isCurrent"] == false).unwrap();
    let other = format!("/api/sign-ins/{}", other["id"].as_str().unwrap());
    let ended = ask(Method::DELETE, &other, &first).await;
    assert_eq!(
        (ended.status, ended.header("set-cookie")),
        (StatusCode::NO_CONTENT, "")
    );
    let again = ask(Method::DELETE, &other, &first).await;
    assert_eq!(again.refused(StatusCode::NOT_FOUND), "SignInNotFound");
    let left = [
        status(&world, &second.0, &second.1).await,
        status(&world, &third.0, &third.1).await,
    ];
    assert_eq!(left.iter().filter(|one| **one == StatusCode::OK).count(), 1);

    let out = ask(Method::DELETE, "/api/sign-ins/current", &first).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(
        out.header("set-cookie")
            .starts_with("flowdeck_8642=; Path=/; Max-Age=0;")
    );
    assert_eq!(
        status(&world, &first.0, &first.1).await,
        StatusCode::UNAUTHORIZED
    );
    let list = world.get("/api/sign-ins").await.json();
    assert_eq!(list["signIns"].as_array().unwrap().len(), 1);
    assert!(!list.to_string().contains(own));

    let token = world
        .call(Method::DELETE, "/api/sign-ins/current", &[], "")
        .await;
    assert_eq!(token.refused(StatusCode::NOT_FOUND), "SignInNotFound");
    assert_eq!(
        world
            .call(Method::DELETE, "/api/sign-ins", &[], "")
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        world.get("/api/sign-ins").await.json()["signIns"],
        serde_json::json!([])
    );
    for (cookie, key) in [&second, &third] {
        assert_eq!(status(&world, cookie, key).await, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn live_events_end_with_the_sign_in_that_they_were_asked_for_with() {
    let world = World::new().await;
    let (cookie, key) = world.browser().await;
    let request = World::anonymous(Method::GET, "/api/projects/default/events")
        .header("cookie", &cookie)
        .header("x-flowdeck-key", &key);
    let response = world.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let all = response.into_body().collect();
    let end = world.call(Method::DELETE, "/api/sign-ins", &[], "");
    let (all, end) = tokio::join!(tokio::time::timeout(Duration::from_secs(10), all), end);
    assert_eq!(end.status, StatusCode::NO_CONTENT);
    all.unwrap().unwrap();
}

#[tokio::test]
async fn cookies_that_were_not_given_are_not_taken() {
    let world = World::new().await;
    for cookie in [
        "flowdeck_8642=",
        &format!("flowdeck_8642={}", "0".repeat(64)),
        &format!("flowdeck_8642={TOKEN}"),
        "flowdeck_1=x",
        "flowdeck_8642",
        "",
    ] {
        let got = status(&world, cookie, &"0".repeat(64)).await;
        assert_eq!(got, StatusCode::UNAUTHORIZED, "{cookie}");
    }
}

#[tokio::test]
async fn a_link_with_a_wrong_token_shows_the_page_without_a_cookie() {
    let world = World::new().await;
    world.write("dist/index.html", "<head><base href=\"/\" /></head>");
    let world = world.restarted("/").await;
    let answer = with(&world, Method::GET, "/?token=wrong", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("set-cookie"), "");
}

#[tokio::test]
async fn a_link_never_redirects_to_another_host() {
    let world = World::new().await;
    for path in ["//evil.example/", "///evil.example"] {
        let answer = with(&world, Method::GET, &format!("{path}?token={TOKEN}"), &[]).await;
        assert!(
            answer.header("location").starts_with("/evil.example"),
            "{path}: {}",
            answer.header("location")
        );
    }
}

#[tokio::test]
async fn signing_in_gives_the_cookie_and_the_key() {
    let world = World::new().await;
    let json = [("content-type", "application/json")];
    let sign_in = |body: &str| world.call(Method::POST, "/api/sign-in", &json, body.to_owned());
    let answer = sign_in(&format!(r#"{{"token": "{TOKEN}"}}"#)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let key = answer.json()["key"].as_str().unwrap().to_owned();
    let cookie = answer.cookie();
    assert_eq!(status(&world, &cookie, &key).await, StatusCode::OK);
    assert_eq!(
        sign_in(r#"{"token": "x"}"#)
            .await
            .refused(StatusCode::UNAUTHORIZED),
        "WrongToken"
    );
    assert_eq!(
        sign_in(r#"{"toke": "x"}"#)
            .await
            .refused(StatusCode::BAD_REQUEST),
        "InvalidBody"
    );
    assert_eq!(
        sign_in("").await.refused(StatusCode::BAD_REQUEST),
        "InvalidBody"
    );
}

async fn guess(world: &World) -> Answer {
    let guess = [("authorization", "Bearer guess")];
    with(world, Method::GET, FLOWS, &guess).await
}

async fn guess_until_refused(world: &World) {
    for _ in 0..100 {
        if guess(world).await.status == StatusCode::TOO_MANY_REQUESTS {
            return;
        }
    }
    panic!("a hundred guesses were taken");
}

#[tokio::test]
async fn guessing_is_slowed_down_and_never_keeps_the_right_token_out() {
    let world = World::new().await;
    guess_until_refused(&world).await;
    let answer = guess(&world).await;
    assert_eq!(
        answer.refused(StatusCode::TOO_MANY_REQUESTS),
        "TooManyAttempts"
    );
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(world.get(FLOWS).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_sign_in_page_takes_few_wrong_tokens_and_keeps_nobody_else_out() {
    let world = World::new().await;
    let json = [("content-type", "application/json")];
    let sign_in = |token: &str| {
        let body = format!(r#"{{"token": "{token}"}}"#);
        world.call(Method::POST, "/api/sign-in", &json, body)
    };
    let mut taken = 0;
    let refused = loop {
        let answer = sign_in("guess").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        assert_eq!(answer.refused(StatusCode::UNAUTHORIZED), "WrongToken");
        taken += 1;
        assert!(taken < 60, "sixty wrong tokens were taken");
    };
    assert!(taken >= 30, "only {taken} were taken");
    assert_eq!(
        refused.refused(StatusCode::TOO_MANY_REQUESTS),
        "TooManyAttempts"
    );
    assert_eq!(refused.header("retry-after"), "1");
    // Other ways in have allowances of their own.
    assert_eq!(guess(&world).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.get(FLOWS).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_short_enough_to_be_guessed_waits_as_well() {
    let world = World::with_token("short").await;
    guess_until_refused(&world).await;
    let right = [("authorization", "Bearer short")];
    let answer = with(&world, Method::GET, FLOWS, &right).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    // It is the guesser's own allowance at this way in alone.
    let link = with(&world, Method::GET, "/?token=short", &[]).await;
    assert_eq!(link.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn only_opening_a_page_follows_a_link() {
    let world = World::with_token("short").await;
    world.write("dist/index.html", "<head><base href=\"/\" /></head>");
    for destination in ["image", "iframe", "script", "empty"] {
        let headers = [
            ("sec-fetch-dest", destination),
            ("sec-fetch-site", "cross-site"),
        ];
        let answer = with(&world, Method::GET, "/?token=short", &headers).await;
        assert_eq!(answer.header("set-cookie"), "", "{destination}");
        for _ in 0..75 {
            with(&world, Method::GET, "/?token=x", &headers).await;
        }
    }
    let head = with(&world, Method::HEAD, "/?token=short", &[]).await;
    assert_eq!(head.header("set-cookie"), "");
    // The images have used up nothing.
    let opened = [("sec-fetch-dest", "document"), ("sec-fetch-site", "none")];
    let answer = with(&world, Method::GET, "/?token=short", &opened).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_ne!(answer.header("set-cookie"), "");
}

#[tokio::test]
async fn a_second_host_or_origin_is_refused() {
    let world = World::new().await;
    for other in ["127.0.0.1:8642", "evil.example"] {
        let answer = with(&world, Method::GET, "/api/health", &[("host", other)]).await;
        assert_eq!(answer.refused(StatusCode::BAD_REQUEST), "InvalidHeader");
    }
    let activity = "/api/projects/default/flows/greeter/session/activity";
    let own = ("origin", "http://127.0.0.1:8642");
    for other in [own, ("origin", "http://evil.example")] {
        let answer = world.call(Method::POST, activity, &[own, other], "").await;
        assert_eq!(answer.refused(StatusCode::FORBIDDEN), "OriginNotAllowed");
    }
    let other_port = [
        ("sec-fetch-site", "none"),
        ("origin", "http://127.0.0.1:9999"),
    ];
    let answer = world.call(Method::POST, activity, &other_port, "").await;
    assert_eq!(answer.refused(StatusCode::FORBIDDEN), "OriginNotAllowed");
}

#[tokio::test]
async fn other_names_of_the_server_are_refused_everywhere() {
    let world = World::new().await;
    for path in ["/", FLOWS, "/api/health", "/app.js"] {
        for host in ["evil.example", "127.0.0.1.evil.example:8642", ""] {
            let request = axum::http::Request::builder()
                .uri(path)
                .header("host", host);
            let answer = world.answer(request.body(Body::empty()).unwrap()).await;
            assert_eq!(
                answer.refused(StatusCode::FORBIDDEN),
                "HostNotAllowed",
                "{host} {path}"
            );
        }
    }
    let request = axum::http::Request::builder()
        .uri("/api/health")
        .header("host", "deck.example");
    assert_eq!(
        world
            .answer(request.body(Body::empty()).unwrap())
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn pages_of_other_sites_cannot_use_the_cookie() {
    let world = World::new().await;
    let (cookie, key) = world.browser().await;
    let activity = "/api/projects/default/flows/greeter/session/activity";
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:9999"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for (method, path) in [(Method::POST, activity), (Method::GET, FLOWS)] {
            let headers = [
                ("cookie", cookie.as_str()),
                ("x-flowdeck-key", key.as_str()),
                (name, value),
            ];
            let answer = with(&world, method, path, &headers).await;
            assert_eq!(
                answer.refused(StatusCode::FORBIDDEN),
                "OriginNotAllowed",
                "{name}: {value}"
            );
        }
    }
    let own = [
        ("cookie", cookie.as_str()),
        ("x-flowdeck-key", key.as_str()),
        ("origin", "http://127.0.0.1:8642"),
        ("sec-fetch-site", "same-origin"),
    ];
    assert_eq!(
        with(&world, Method::POST, activity, &own).await.status,
        StatusCode::NO_CONTENT
    );
    // Nor may they sign in, with whatever token they have.
    let sign_in = world
        .call(
            Method::POST,
            "/api/sign-in",
            &[("origin", "http://evil.example")],
            "{}",
        )
        .await;
    assert_eq!(sign_in.refused(StatusCode::FORBIDDEN), "OriginNotAllowed");
}

#[tokio::test]
async fn below_a_base_path_the_cookie_and_the_links_stay_below_it() {
    let world = World::below("/deck").await;
    let answer = with(
        &world,
        Method::GET,
        &format!("/deck/?token={TOKEN}"),
        &[("x-forwarded-prefix", "/evil")],
    )
    .await;
    assert!(answer.header("location").starts_with("/deck/#key="));
    assert!(answer.header("set-cookie").contains("; Path=/deck;"));
    assert_eq!(
        world.get("/deck/api/projects/default/flows").await.status,
        StatusCode::OK
    );
    assert_eq!(
        world.get(FLOWS).await.refused(StatusCode::NOT_FOUND),
        "NotFound"
    );
    assert_eq!(
        world.get("/deckapi/health").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn editors_get_the_schema_of_a_definition_without_a_sign_in() {
    let world = World::new().await;
    let answer = with(&world, Method::GET, "/schemas/flow.dag.schema.json", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer
            .header("content-type")
            .starts_with("application/json")
    );
    let schema = answer.json();
    assert_eq!(
        schema["else"]["properties"]["nodes"]["anyOf"][0]["type"],
        "array"
    );
    let validator = jsonschema::validator_for(&schema).unwrap();
    let is_valid = |flow| validator.is_valid(&flow);
    assert!(is_valid(
        serde_json::json!({"nodes": [{"name": "a", "type": "llm"}]})
    ));
    assert!(!is_valid(
        serde_json::json!({"nodes": [{"name": "a", "type": "lm"}]})
    ));
}
