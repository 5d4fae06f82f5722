//! Answers that no registry should give, and those that few do.

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse as _, Redirect},
    routing::get,
};
use flowdeck_compute::{identity::Credential, registry::RegistryError};
use serde_json::json;

use crate::{
    images::{Authorization, Pusher},
    password,
    ports::{serve, taken},
    real::{Access, RealRegistry},
    resolve,
};

#[tokio::test]
async fn a_limit_of_requests_is_told_with_the_time_to_wait() {
    let limited = async || {
        let body = json!({"errors": [{"code": "TOOMANYREQUESTS", "message": "slow down"}]});
        (
            StatusCode::TOO_MANY_REQUESTS,
            [("Retry-After", "120")],
            Json(body),
        )
    };
    let registry = serve(Router::new().fallback(limited)).await;
    let error = resolve(&format!("{}/a", registry.host), &Credential::anonymous())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "The request limit of the registry {} is reached for the next 120 seconds.",
            registry.host
        )
    );
    assert!(
        error.remedy().contains("choose an identity"),
        "{}",
        error.remedy()
    );
}

#[tokio::test]
async fn a_host_that_is_none_a_port_that_is_closed_and_a_web_site_are_told_apart() {
    let nobody = Credential::anonymous();
    let none = resolve("registry.invalid/a:1", &nobody).await.unwrap_err();
    let is_without_resolver = none.to_string().contains("Temporary failure");
    assert!(
        none.code() == "RegistryNotFound" || is_without_resolver,
        "{none}"
    );
    let (listener, host) = taken().await;
    drop(listener);
    let closed = resolve(&format!("{host}/a"), &nobody).await.unwrap_err();
    assert!(
        matches!(&closed, RegistryError::Unreachable { why, .. } if why.contains("refused")),
        "{closed}"
    );
    let site =
        serve(Router::new().fallback(async || (StatusCode::NOT_FOUND, Html("<p>gone")))).await;
    let error = resolve(&format!("{}/a", site.host), &nobody)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "RegistryAnswerInvalid");
    let old = Router::new().fallback(async || Json(json!({"schemaVersion": 1, "name": "a"})));
    let old = serve(old).await;
    let error = resolve(&format!("{}/a", old.host), &nobody)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "ImageFormatOutdated");
    let wrong = Router::new().fallback(async || "{}");
    let wrong = serve(wrong).await;
    let digest = format!("{}/a@sha256:{}", wrong.host, "0".repeat(64));
    let error = resolve(&digest, &nobody).await.unwrap_err();
    assert!(error.to_string().contains("has another digest"), "{error}");
}

#[tokio::test]
async fn a_credential_does_not_follow_where_a_registry_sends_us() {
    let Some(real) = RealRegistry::start(&Access::Open) else {
        return;
    };
    Pusher::new(&real.host, "a", Authorization::Nothing)
        .image("linux/amd64", Some("1"))
        .await;
    let behind = real.host.clone();
    // It wants a password, and hands everything over to another host, which must not see it.
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let storage = async move |headers: HeaderMap, uri: axum::http::Uri| {
        assert!(!headers.contains_key("authorization"));
        let accept = headers["accept"].clone();
        let address = format!("http://{behind}{}", uri.path());
        let answer = client
            .get(address)
            .header("accept", accept)
            .send()
            .await
            .unwrap();
        answer.bytes().await.unwrap()
    };
    let storage = serve(Router::new().fallback(storage)).await;
    let target = storage.host.clone();
    let front = async move |headers: HeaderMap, uri: axum::http::Uri| {
        if headers.contains_key("authorization") {
            Redirect::temporary(&format!("http://{target}{}", uri.path())).into_response()
        } else {
            (
                StatusCode::UNAUTHORIZED,
                [("WWW-Authenticate", "Basic realm=x")],
            )
                .into_response()
        }
    };
    let front = serve(Router::new().route("/{*path}", get(front))).await;
    let image = format!("{}/a:1", front.host);
    assert_eq!(
        resolve(&image, &password("u", "p")).await.unwrap().layers,
        2
    );
    // One that turns in a circle.
    let circle = Router::new().fallback(async || Redirect::temporary("/v2/"));
    let circle = serve(circle).await;
    let error = resolve(&format!("{}/a", circle.host), &Credential::anonymous())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("it redirects too often"),
        "{error}"
    );
}
