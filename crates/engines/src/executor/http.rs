//! A small HTTP client for a service by its address.

use std::error::Error;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
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
        .map_err(|error| not_read(&*error))?;
    Ok(ExecutorReply {
        status,
        body: body.to_bytes().to_vec(),
    })
}

/// An answer that can't be read is too large, or it broke off with the runtime that gave it.
fn not_read(error: &(dyn Error + 'static)) -> EngineError {
    if !error.is::<LengthLimitError>() {
        return unreachable(&error.to_string());
    }
    let most = LARGEST_ANSWER >> 20;
    EngineError::new(
        "AnswerTooLarge",
        format!("The runtime’s answer is larger than {most} MiB."),
    )
    .with_remedy("Make the flow's outputs smaller: write large data to files and give their paths.")
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

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::UnixListener,
    };

    use super::*;

    #[tokio::test]
    async fn an_answer_that_breaks_off_is_that_of_a_runtime_that_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("runtime.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let dies = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            assert_ne!(stream.read(&mut request).await.unwrap(), 0);
            let begun = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{";
            stream.write_all(begun).await.unwrap();
        });
        let request = ExecutorRequest {
            path: "/health",
            body: None,
        };
        let error = send(&Address::Unix(socket), request).await.unwrap_err();
        assert_eq!(error.failure.code, codes::RUNTIME_UNREACHABLE);
        dies.await.unwrap();
    }

    #[tokio::test]
    async fn an_answer_beyond_the_limit_is_too_large() {
        let body = Limited::new(Full::new(Bytes::from_static(b"1234")), 3);
        let error = body.collect().await.unwrap_err();
        assert_eq!(not_read(&*error).failure.code, "AnswerTooLarge");
    }
}
