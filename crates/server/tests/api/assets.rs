//! The browser app's files, and what a browser may do with them.

use std::io::Read;

use axum::http::{Method, StatusCode};

use crate::world::World;

const INDEX: &str =
    "<!doctype html><head><base href=\"/\" /><script type=\"module\">init()</script></head>";

async fn world(base_path: &str) -> World {
    let world = World::below(base_path).await;
    // As long as one that is worth compressing.
    let index = format!("{INDEX}<!--{}-->", " ".repeat(512));
    world.write("dist/index.html", &index);
    world.write("dist/app-0123456789abcdef.js", "plain");
    world.write("dist/app-0123456789abcdef.js.br", "brotli");
    world.write("dist/app-0123456789abcdef.js.gz", "gzip");
    world.write("dist/app-0123456789abcdef_bg.wasm", "\0asm");
    world.write("dist/favicon.svg", "<svg/>");
    world.write("secret.txt", "secret");
    world.restarted(base_path).await
}

#[tokio::test]
async fn every_client_route_gets_the_page_with_a_policy_of_its_own() {
    let world = world("/").await;
    for path in [
        "/",
        "/flows/greeter",
        "/flows/greeter/files/a.b.py",
        "/index.html",
        "/flow",
    ] {
        let answer = world.get(path).await;
        if path == "/flow" {
            answer.refused(StatusCode::NOT_FOUND);
            continue;
        }
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    }
    let (one, two) = (world.get("/").await, world.get("/").await);
    assert_ne!(
        one.header("content-security-policy"),
        two.header("content-security-policy")
    );
    let nonce = one
        .text()
        .split("name=\"csp-nonce\" content=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let policy = one.header("content-security-policy");
    for part in [
        "default-src 'none'".to_owned(),
        "script-src 'self' 'wasm-unsafe-eval' 'sha256-".to_owned(),
        format!("style-src 'self' 'nonce-{nonce}'"),
        "connect-src 'self'".to_owned(),
        "img-src 'self' data: blob:".to_owned(),
        "base-uri 'self'".to_owned(),
        "form-action 'self'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
    ] {
        assert!(policy.contains(&part), "{part}: {policy}");
    }
    assert!(!policy.contains("unsafe-inline"));
}

#[tokio::test]
async fn every_answer_says_that_it_is_what_it_says() {
    let world = world("/").await;
    for path in [
        "/",
        "/favicon.svg",
        "/api/health",
        "/api/nothing",
        "/api/projects/default/flows/greeter/files/greet.py",
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn compressed_forms_are_sent_to_those_who_take_them() {
    let world = world("/").await;
    let path = "/app-0123456789abcdef.js";
    for (accepts, encoding, body) in [
        ("gzip, deflate, br", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("br;q=0, gzip", "gzip", "gzip"),
        ("identity", "", "plain"),
    ] {
        let answer = world
            .call(Method::GET, path, &[("accept-encoding", accepts)], "")
            .await;
        assert_eq!(
            (answer.header("content-encoding"), answer.text()),
            (encoding, body),
            "{accepts}"
        );
        assert_eq!(
            answer.header("content-type"),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
    }
    let wasm = world.get("/app-0123456789abcdef_bg.wasm").await;
    assert_eq!(wasm.header("content-type"), "application/wasm");
    assert_eq!(
        world.get("/favicon.svg").await.header("cache-control"),
        "no-cache"
    );
}

#[tokio::test]
async fn the_page_is_compressed_for_those_who_take_that() {
    let world = world("/").await;
    for (accepts, encoding) in [("gzip, br", "gzip"), ("br", ""), ("gzip;q=0", "")] {
        let answer = world
            .call(
                Method::GET,
                "/flows/greeter",
                &[("accept-encoding", accepts)],
                "",
            )
            .await;
        assert_eq!(answer.header("content-encoding"), encoding, "{accepts}");
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        let mut html = String::new();
        match encoding {
            "gzip" => {
                let mut decoder = flate2::read::GzDecoder::new(&answer.body[..]);
                decoder.read_to_string(&mut html).unwrap();
            }
            _ => html.push_str(answer.text()),
        }
        assert!(html.contains("csp-nonce"), "{html}");
    }
}

#[tokio::test]
async fn json_is_compressed_for_those_who_take_that() {
    let world = world("/").await;
    let path = "/api/openapi.json";
    let accepts = [("accept-encoding", "gzip")];
    let zipped = world.call(Method::GET, path, &accepts, "").await;
    let plain = world.get(path).await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    assert_eq!(plain.header("content-encoding"), "");
    let mut json = String::new();
    let mut decoder = flate2::read::GzDecoder::new(&zipped.body[..]);
    decoder.read_to_string(&mut json).unwrap();
    assert_eq!(json, plain.text());
}

#[tokio::test]
async fn a_script_of_an_older_build_is_not_answered_with_the_page() {
    let world = world("/").await;
    let answer = world.get("/app-ffffffffffffffff.js").await;
    assert_eq!(answer.refused(StatusCode::NOT_FOUND), "AssetNotFound");
}

#[tokio::test]
async fn no_path_leads_out_of_the_app_s_folder() {
    let world = world("/").await;
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//etc/passwd",
        "/%00",
    ] {
        let answer = world.get(path).await;
        assert!(
            !answer.text().contains("secret") && !answer.text().contains("root:"),
            "{path}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn below_a_base_path_the_page_says_so() {
    let world = world("/deck").await;
    for path in ["/deck", "/deck/", "/deck/flows/greeter"] {
        let answer = world.get(path).await;
        assert!(
            answer.text().contains("<base href=\"/deck/\" />"),
            "{path}: {}",
            answer.text()
        );
    }
    assert_eq!(world.get("/deck/favicon.svg").await.text(), "<svg/>");
}

#[tokio::test]
async fn pages_are_read_only() {
    let world = world("/").await;
    let answer = world.call(Method::POST, "/flows/greeter", &[], "").await;
    assert_eq!(
        answer.refused(StatusCode::METHOD_NOT_ALLOWED),
        "MethodNotAllowed"
    );
}

#[tokio::test]
async fn without_the_app_the_server_says_how_to_build_it() {
    let world = World::new().await;
    let answer = world.get("/").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        answer.text().contains("cargo xtask build"),
        "{}",
        answer.text()
    );
    assert_eq!(world.get("/api/health").await.status, StatusCode::OK);
}
