//! The body of a request while it arrives: each piece of it within a time.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use thiserror::Error;
use tokio::time::{Instant, Sleep, sleep};

use super::Slot;

/// How long a client may pause within a body.
const PAUSE: Duration = Duration::from_secs(20);

/// A body of which each piece is to arrive within [`PAUSE`] of the one before.
pub(super) struct Receiving {
    body: Incoming,
    patience: Pin<Box<Sleep>>,
    slot: Arc<Slot>,
}

/// Why a body was not read to its end.
#[derive(Debug, Error)]
pub(crate) enum BodyError {
    #[error("nothing more of it arrived for {} seconds", PAUSE.as_secs())]
    Paused,
    #[error(transparent)]
    Broken(#[from] hyper::Error),
}

impl Receiving {
    pub(super) fn new(body: Incoming, slot: Arc<Slot>) -> Self {
        if body.is_end_stream() {
            slot.answers();
        } else {
            slot.waits();
        }
        Self {
            body,
            patience: Box::pin(sleep(PAUSE)),
            slot,
        }
    }
}

impl Body for Receiving {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(frame) => {
                let next = Instant::now() + PAUSE;
                self.patience.as_mut().reset(next);
                if self.body.is_end_stream() {
                    self.slot.answers();
                }
                Poll::Ready(frame.map(|frame| frame.map_err(BodyError::from)))
            }
            Poll::Pending => {
                ready!(self.patience.as_mut().poll(context));
                Poll::Ready(Some(Err(BodyError::Paused)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What needs no more of the body answers without it.
impl Drop for Receiving {
    fn drop(&mut self) {
        self.slot.answers();
    }
}
