//! Answers that are made whole before they are sent, as files: a limited number at once, so that other requests
//! find the disk free. The work for a client that has left ends.

use std::{
    fs::File,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    error::{ApiError, ApiResult},
    streamed::streamed,
};

/// So many are made and sent at once; others wait.
const AT_ONCE: usize = 4;

/// The bound on large answers.
#[derive(Clone, Debug)]
pub(crate) struct LargeAnswers(Arc<Semaphore>);

/// Whether the client that an answer is made for has left.
#[derive(Debug)]
pub(crate) struct Client(CancellationToken);

impl Client {
    /// A client that has left once the second part is dropped, as it is with the future that answers it.
    pub(crate) fn watched() -> (Self, DropGuard) {
        let left = CancellationToken::new();
        (Self(left.clone()), left.drop_guard())
    }

    /// Refuses to go on for one that has.
    pub(crate) fn is_there(&self) -> ApiResult<()> {
        if self.0.is_cancelled() {
            let message = "The client has left.";
            return Err(ApiError::bad_request("ClientLeft", message));
        }
        Ok(())
    }
}

impl Default for LargeAnswers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl LargeAnswers {
    /// Makes an answer where it holds up nobody, once it is its turn. What a client that went away had begun counts
    /// until it has ended.
    pub(crate) async fn make(
        &self,
        work: impl FnOnce(&Client) -> ApiResult<File> + Send + 'static,
    ) -> ApiResult<Body> {
        let permit = Arc::clone(&self.0).acquire_owned().await;
        let permit = permit.map_err(|error| ApiError::internal("The server failed.", error))?;
        let (client, _leaving) = Client::watched();
        crate::blocking(move || {
            client.is_there()?;
            let made = work(&client)?;
            let unread = |error| ApiError::internal("The server failed.", error);
            let left = made.metadata().map_err(unread)?.len();
            Ok(Body::new(Large {
                body: streamed(made).map_err(unread)?,
                left,
                _permit: permit,
            }))
        })
        .await
    }
}

struct Large {
    body: Body,
    /// How many bytes are still to come.
    left: u64,
    _permit: OwnedSemaphorePermit,
}

impl HttpBody for Large {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(piece) = frame.data_ref()
        {
            self.left = self.left.saturating_sub(piece.len() as u64);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Seek as _, Write as _},
        sync::mpsc,
        time::Duration,
    };

    use http_body_util::BodyExt as _;

    use super::*;

    const PIECE: usize = 64 * 1024;

    fn file_of(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        file
    }

    #[tokio::test]
    async fn a_large_answer_keeps_its_place_until_it_is_sent_or_given_up() {
        let large = LargeAnswers::default();
        let made = vec![b'x'; 3 * PIECE + 1];
        let mut bodies = Vec::new();
        for _ in 0..AT_ONCE {
            let made = made.clone();
            bodies.push(large.make(move |_| Ok(file_of(&made))).await.unwrap());
        }
        assert_eq!(large.0.available_permits(), 0);
        let mut sent = bodies.pop().unwrap();
        assert_eq!(sent.size_hint().exact(), Some(made.len() as u64));
        let first = sent.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!((first.len(), large.0.available_permits()), (PIECE, 0));
        let rest = sent.collect().await.unwrap().to_bytes();
        assert_eq!([first, rest].concat(), made);
        assert_eq!(large.0.available_permits(), 1);
        drop(bodies);
        assert_eq!(large.0.available_permits(), AT_ONCE);
    }

    #[tokio::test]
    async fn one_that_cannot_be_made_keeps_no_place() {
        let large = LargeAnswers::default();
        let failed = large.make(|_| Err(ApiError::not_found("Gone", "It is gone.")));
        assert!(failed.await.is_err());
        assert_eq!(large.0.available_permits(), AT_ONCE);
    }

    #[tokio::test]
    async fn the_work_for_a_client_that_has_left_ends_and_gives_back_its_place() {
        let large = LargeAnswers::default();
        let (told, ended) = mpsc::channel();
        let made = large.make(move |client| {
            loop {
                if let Err(left) = client.is_there() {
                    let _ = told.send(());
                    return Err(left);
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        assert!(
            tokio::time::timeout(Duration::from_millis(100), made)
                .await
                .is_err()
        );
        let waited =
            tokio::task::spawn_blocking(move || ended.recv_timeout(Duration::from_secs(10)));
        waited.await.unwrap().unwrap();
        let all = u32::try_from(AT_ONCE).unwrap();
        let free = large.0.acquire_many(all);
        let free = tokio::time::timeout(Duration::from_secs(10), free).await;
        assert!(free.is_ok_and(|free| free.is_ok()));
    }
}
