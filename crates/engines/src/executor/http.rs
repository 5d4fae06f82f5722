//! A small HTTP client for a service by its address.

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request,
    body::Bytes,
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;

use flowdeck_contract::codes;

use crate::engine::{Address, EngineError, ExecutorReply, ExecutorRequest};

/// A larger answer is refused rather than kept in memory.
const LARGEST_ANSWER: usize = 256 * 1024 * 1024;

/// Sends a request and waits for the whole answer, however long it takes.
pub(crate) async fn send(
    address: &Address,
    request: ExecutorRequest,
) -> Result<ExecutorReply, EngineError> {
    let Address::Unix(socket) = address;
    let stream = UnixStream::connect(socket)
        .await
        .map_err(|error| unreachable(&error.to_string()))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| unreachable(&error.to_string()))?;
    let driver = tokio::spawn(connection);
    let _guard = AbortOnDrop(driver.abort_handle());
    let (method, body) = match request.body {
        Some(body) => (Method::POST, Bytes::from(body)),
        None => (Method::GET, Bytes::new()),
    };
    let request = Request::builder()
        .method(method)
        .uri(request.path)
        .header(HOST, "executor")
        .header(CONTENT_TYPE, "application/json");
    let request = request
        .body(Full::new(body))
        .map_err(|error| EngineError::new("Internal", error.to_string()))?;
    let answer = sender
        .send_request(request)
        .await
        .map_err(|error| unreachable(&error.to_string()))?;
    let status = answer.status().as_u16();
    let body = Limited::new(answer.into_body(), LARGEST_ANSWER)
        .collect()
        .await
        .map_err(|error| {
            EngineError::new(
                "AnswerTooLarge",
                format!("Can’t read the runtime’s answer: {error}."),
            )
            .with_remedy(
                "Make the flow's outputs smaller: write large data to files and give their paths.",
            )
        })?;
    Ok(ExecutorReply {
        status,
        body: body.to_bytes().to_vec(),
    })
}

fn unreachable(why: &str) -> EngineError {
    EngineError::new(
        codes::RUNTIME_UNREACHABLE,
        format!("The runtime doesn’t answer: {why}."),
    )
    .with_remedy("Reset the compute session.")
}

struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
