//! Answers that are read whole before they are sent: so many at once, whatever is asked for, so that their memory is
//! bounded and other requests find the disk free.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::{ApiError, ApiResult};

/// So many are read and sent at once; others wait.
const AT_ONCE: usize = 8;

/// What is handed to a connection at once, in bytes.
const PIECE: usize = 64 * 1024;

/// The bound on large answers.
#[derive(Clone, Debug)]
pub(crate) struct LargeAnswers(Arc<Semaphore>);

/// Leave to make one; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Leave {
    _permit: OwnedSemaphorePermit,
}

impl Default for LargeAnswers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl LargeAnswers {
    /// Waits for its turn; a client that goes away meanwhile costs nothing.
    pub(crate) async fn leave(&self) -> ApiResult<Leave> {
        match Arc::clone(&self.0).acquire_owned().await {
            Ok(permit) => Ok(Leave { _permit: permit }),
            Err(error) => Err(ApiError::internal("The server failed.", error)),
        }
    }

    /// Reads a text where it holds up nobody. What a client that went away had begun still counts until it has ended.
    pub(crate) async fn text(
        &self,
        read: impl FnOnce() -> ApiResult<String> + Send + 'static,
    ) -> ApiResult<Body> {
        let leave = self.leave().await?;
        crate::blocking(move || Ok(leave.body(read()?))).await
    }
}

impl Leave {
    /// The answer, which keeps the leave until it is sent or given up.
    pub(crate) fn body(self, content: impl Into<Bytes>) -> Body {
        Body::new(Large {
            left: content.into(),
            _leave: self,
        })
    }
}

struct Large {
    left: Bytes,
    _leave: Leave,
}

impl HttpBody for Large {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.left.len().min(PIECE);
        Poll::Ready((piece > 0).then(|| Ok(Frame::data(self.left.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn a_large_answer_keeps_its_place_until_it_is_sent_or_given_up() {
        let large = LargeAnswers::default();
        let text = "x".repeat(3 * PIECE + 1);
        let mut bodies = Vec::new();
        for _ in 0..AT_ONCE {
            let text = text.clone();
            bodies.push(large.text(move || Ok(text)).await.unwrap());
        }
        assert_eq!(large.0.available_permits(), 0);
        let mut sent = bodies.pop().unwrap();
        assert_eq!(sent.size_hint().exact(), Some(text.len() as u64));
        let first = sent.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!((first.len(), large.0.available_permits()), (PIECE, 0));
        let rest = sent.collect().await.unwrap().to_bytes();
        assert_eq!(first.len() + rest.len(), text.len());
        assert_eq!(large.0.available_permits(), 1);
        drop(bodies);
        assert_eq!(large.0.available_permits(), AT_ONCE);
    }

    #[tokio::test]
    async fn one_that_cannot_be_read_keeps_no_place() {
        let large = LargeAnswers::default();
        let failed = large.text(|| Err(ApiError::not_found("Gone", "It is gone.")));
        assert!(failed.await.is_err());
        assert_eq!(large.0.available_permits(), AT_ONCE);
    }
}
