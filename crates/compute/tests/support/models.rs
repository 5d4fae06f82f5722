//! A model server for tests: OpenAI's and Azure's paths, with the key checked. The name of the model or deployment says
//! what it plays.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, Uri},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

/// What a request that asks for a model looks like.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) body: Value,
    /// The organization that a chat was asked for, by OpenAI's header.
    pub(crate) organization: Option<String>,
}

/// A server on loopback, which ends with the test.
pub(crate) struct Models {
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    state: Played,
}

#[derive(Clone)]
struct Played {
    key: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Models {
    /// One that `key` opens.
    pub(crate) async fn start(key: &str) -> Self {
        let state = Played {
            key: key.to_owned(),
            calls: Arc::default(),
        };
        let open_ai = Router::new()
            .route("/chat/completions", post(chat))
            .route("/completions", post(completion))
            .route("/embeddings", post(embedding))
            .route("/models", get(models));
        let deployment = "/openai/deployments/{deployment}";
        let router = Router::new()
            .nest("/v1", open_ai)
            .route(&format!("{deployment}/chat/completions"), post(azure_chat))
            .route(&format!("{deployment}/completions"), post(completion))
            .route(&format!("{deployment}/embeddings"), post(embedding))
            .route("/openai/models", get(models))
            .layer(from_fn_with_state(state.clone(), check_key))
            .with_state(state.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, state }
    }

    /// The calls that came with the right key, in order.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state.calls.lock().unwrap().clone()
    }
}

async fn check_key(State(state): State<Played>, request: Request, next: Next) -> Response {
    let given = key(&request);
    if given != state.key {
        // As the real ones do, who repeat what they were given.
        let message = format!("Incorrect API key provided: {given}.");
        return error(StatusCode::UNAUTHORIZED, "invalid_api_key", &message);
    }
    next.run(request).await
}

/// OpenAI's header, or Azure's.
fn key(request: &Request) -> String {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let bearer = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let given = match request.uri().path().starts_with("/openai/") {
        true => header("api-key").or(bearer),
        false => bearer,
    };
    given.unwrap_or_default().to_owned()
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let body =
        json!({"error": {"message": message, "type": "invalid_request_error", "code": code}});
    (status, Json(body)).into_response()
}

async fn models() -> Json<Value> {
    Json(json!({"object": "list", "data": [{"id": "gpt-test", "object": "model"}]}))
}

async fn azure_chat(
    state: State<Played>,
    Path(deployment): Path<String>,
    body: Json<Value>,
) -> Response {
    let path = format!("/openai/deployments/{deployment}/chat/completions");
    let call = Call {
        path,
        body: body.0,
        organization: None,
    };
    answer(&state, &deployment, call).await
}

async fn chat(state: State<Played>, headers: HeaderMap, body: Json<Value>) -> Response {
    let model = body.0["model"].as_str().unwrap_or_default().to_owned();
    let organization = headers.get("openai-organization");
    let call = Call {
        path: "/v1/chat/completions".to_owned(),
        body: body.0,
        organization: organization.map(|value| value.to_str().unwrap().to_owned()),
    };
    answer(&state, &model, call).await
}

async fn answer(state: &Played, model: &str, call: Call) -> Response {
    let body = call.body.clone();
    let before = {
        let mut calls = state.calls.lock().unwrap();
        let is_same = |known: &&Call| known.body["model"] == call.body["model"];
        let before = calls
            .iter()
            .filter(|known| known.path == call.path)
            .filter(is_same)
            .count();
        calls.push(call);
        before
    };
    match model {
        "missing" => {
            return error(
                StatusCode::NOT_FOUND,
                "DeploymentNotFound",
                "No such model.",
            );
        }
        "bad" => {
            return error(
                StatusCode::BAD_REQUEST,
                "invalid",
                "max_tokens is too large.",
            );
        }
        "busy" if before == 0 => {
            let refusal = error(StatusCode::TOO_MANY_REQUESTS, "429", "Too many requests.");
            return ([("retry-after", "1")], refusal).into_response();
        }
        "old" if !body["stream_options"].is_null() => {
            let message = "Unrecognized request argument supplied: stream_options";
            return error(StatusCode::BAD_REQUEST, "invalid", message);
        }
        "slow" => tokio::time::sleep(Duration::from_secs(2)).await,
        "silent" => std::future::pending().await,
        _ => {}
    }
    let asked = body["messages"]
        .as_array()
        .and_then(|messages| messages.last());
    // Content is a text, or parts of which some are pictures.
    let asked = asked.map(|message| match &message["content"] {
        Value::String(text) => text.clone(),
        parts => parts.to_string(),
    });
    let asked = asked.unwrap_or_default();
    let text = format!("You said: {asked}");
    match body["stream"].as_bool() {
        Some(true) => streamed(model, &text),
        _ => Json(completed(model, &text)).into_response(),
    }
}

fn usage() -> Value {
    json!({
        "prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16,
        "prompt_tokens_details": {"cached_tokens": 3},
        "completion_tokens_details": {"reasoning_tokens": 2},
    })
}

fn completed(model: &str, text: &str) -> Value {
    json!({
        "id": "c-1", "object": "chat.completion", "created": 1, "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": usage(),
    })
}

/// In chunks, the usage last; a model called `cut` breaks off before.
fn streamed(model: &str, text: &str) -> Response {
    let chunk = |delta: Value, usage: Value| {
        let choices = match usage.is_null() {
            true => json!([{"index": 0, "delta": delta, "finish_reason": null}]),
            false => json!([]),
        };
        let chunk = json!({"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": choices, "usage": usage});
        format!("data: {chunk}\n\n")
    };
    let mut chunks: Vec<String> = text
        .split_inclusive(' ')
        .map(|word| chunk(json!({"content": word}), Value::Null))
        .collect();
    let is_cut = model == "cut";
    match is_cut {
        true => chunks.truncate(1),
        false => chunks.extend([chunk(json!({}), usage()), "data: [DONE]\n\n".to_owned()]),
    }
    let chunks = chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk)));
    let end = stream::iter(is_cut.then_some(())).then(async |()| {
        // What was sent before is to arrive.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::Error::other("the connection breaks"))
    });
    let body = Body::from_stream(stream::iter(chunks).chain(end));
    ([("content-type", "text/event-stream")], body).into_response()
}

/// Remembers a call of a route whose answer is always the same.
fn remember(state: &Played, path: &str, body: Value) {
    let path = path.to_owned();
    state.calls.lock().unwrap().push(Call {
        path,
        body,
        organization: None,
    });
}

async fn completion(state: State<Played>, uri: Uri, body: Json<Value>) -> Json<Value> {
    remember(&state, uri.path(), body.0);
    Json(json!({
        "id": "c-1", "object": "text_completion", "created": 1, "model": "gpt-test",
        "choices": [{"index": 0, "text": "completed", "finish_reason": "stop", "logprobs": null}],
        "usage": usage(),
    }))
}

async fn embedding(state: State<Played>, uri: Uri, body: Json<Value>) -> Json<Value> {
    remember(&state, uri.path(), body.0);
    Json(json!({
        "object": "list", "model": "embed-test",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.25, -0.5]}],
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    }))
}
