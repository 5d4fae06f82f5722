//! Failures: one shape, the right status, an id that is in the log too.

use axum::http::{Method, StatusCode};

use crate::world::World;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let world = World::new().await;
    for (path, code) in [
        ("/api/nothing", "NotFound"),
        ("/api", "NotFound"),
        ("/flow/api/nothing", "NotFound"),
        ("/api/projects/other", "ProjectNotFound"),
        ("/api/projects/other/flows", "ProjectNotFound"),
        ("/api/projects/other/events", "ProjectNotFound"),
        ("/api/projects/default/flows/gone", "FlowNotFound"),
        ("/api/projects/default/flows/gone/files", "FlowNotFound"),
        ("/api/projects/default/flows/gone/session", "FlowNotFound"),
        ("/api/projects/default/flows/gone/events", "FlowNotFound"),
        ("/api/projects/default/flows/gone/runs", "FlowNotFound"),
        (
            "/api/projects/default/flows/greeter/files/gone.py",
            "FileNotFound",
        ),
        (
            "/api/projects/default/flows/greeter/runs/gone",
            "RunNotFound",
        ),
    ] {
        assert_eq!(
            world.get(path).await.refused(StatusCode::NOT_FOUND),
            code,
            "{path}"
        );
    }
}

#[tokio::test]
async fn names_that_can_be_no_names_are_refused() {
    let world = World::new().await;
    for path in [
        "/api/projects/default/flows/..%2f",
        "/api/projects/default/flows/.git",
        "/api/projects/default/flows/a%00b",
        "/api/projects/default/flows/%ff",
        "/api/projects/default/flows/greeter/runs/a%20b",
    ] {
        assert_eq!(
            world.get(path).await.refused(StatusCode::BAD_REQUEST),
            "InvalidPath",
            "{path}"
        );
    }
}

#[tokio::test]
async fn methods_and_bodies_are_checked() {
    let world = World::new().await;
    let runs = "/api/projects/default/flows/greeter/runs";
    let delete = world.call(Method::DELETE, runs, &[], "").await;
    assert_eq!(
        delete.refused(StatusCode::METHOD_NOT_ALLOWED),
        "MethodNotAllowed"
    );
    let json = [("content-type", "application/json")];
    for (body, word) in [
        ("{", "EOF"),
        (r#"{"inputs": 1}"#, "inputs"),
        (r#"{"nodes": "x"}"#, "nodes"),
    ] {
        let answer = world.call(Method::POST, runs, &json, body).await;
        assert_eq!(answer.refused(StatusCode::BAD_REQUEST), "InvalidBody");
        assert!(answer.text().contains(word), "{}", answer.text());
    }
    let untyped = world.call(Method::POST, runs, &[], "{}").await;
    assert_eq!(
        untyped.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        "UnsupportedMediaType"
    );
    let huge = world
        .call(Method::POST, runs, &json, vec![b' '; 3 * 1024 * 1024])
        .await;
    assert_eq!(huge.refused(StatusCode::PAYLOAD_TOO_LARGE), "BodyTooLarge");
}

#[tokio::test]
async fn a_client_s_own_request_id_is_kept_when_it_is_a_plain_word() {
    let world = World::new().await;
    let given = world
        .call(
            Method::GET,
            "/api/nothing",
            &[("x-request-id", "my-1.a_B")],
            "",
        )
        .await;
    assert_eq!(given.header("x-request-id"), "my-1.a_B");
    given.refused(StatusCode::NOT_FOUND);
    for hostile in ["", "two words", "<b>", &"x".repeat(65)] {
        let answer = world
            .call(
                Method::GET,
                "/api/nothing",
                &[("x-request-id", hostile)],
                "",
            )
            .await;
        assert_ne!(answer.header("x-request-id"), hostile);
        assert_eq!(answer.header("x-request-id").len(), 32);
    }
}
