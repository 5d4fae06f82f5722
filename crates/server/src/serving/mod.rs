//! Takes connections and answers what comes over them, within bounds of number and time, so that clients that hold on to
//! connections keep nobody else out.

mod answered;
mod limits;
mod peer;
mod receiving;
mod slots;

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use answered::Answered;
pub(crate) use limits::{Limits, raise_file_limit};
pub(crate) use peer::Peer;
pub(crate) use receiving::BodyError;
use receiving::Receiving;
use slots::{Slot, Slots};

/// How long a client may take to send the headers of a request, and how long a connection may stay open without one.
const HEADERS: Duration = Duration::from_secs(10);

/// How long an answer waits for a client that takes nothing of it.
const STALLED: Duration = Duration::from_secs(60);

/// After a failure to take a connection, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves `router` until `closing`, then lets what is being answered end.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    closing: CancellationToken,
) {
    let slots = Slots::new(limits);
    let connections = TaskTracker::new();
    while let Some(accepted) = closing.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, address)) => {
                let Some(slot) = slots.take(Peer::of(address.ip())) else {
                    tracing::warn!(%address, "refused a connection: too many are open");
                    continue;
                };
                let connection = Connection {
                    address,
                    slot: Arc::new(slot),
                    router: router.clone(),
                };
                connections.spawn(connection.serve(stream, closing.clone()));
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                slots.make_room();
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

/// One connection and what answers it.
struct Connection {
    address: SocketAddr,
    slot: Arc<Slot>,
    router: Router,
}

impl Connection {
    async fn serve(self, stream: TcpStream, closing: CancellationToken) {
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(STALLED));
        let (address, given_up) = (self.address, self.slot.given_up());
        let service = service_fn(|request| self.answer(request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .serve_connection(TokioIo::new(Box::pin(stream)), service)
            .with_upgrades();
        let mut connection = std::pin::pin!(connection);
        let mut is_closing = false;
        loop {
            tokio::select! {
                served = connection.as_mut() => {
                    if let Err(error) = served {
                        tracing::trace!(%address, %error, "a connection failed");
                    }
                    return;
                }
                () = closing.cancelled(), if !is_closing => {
                    is_closing = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = given_up.cancelled() => {
                    tracing::debug!(%address, "closed a connection that waited, for another");
                    return;
                }
            }
        }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Answered<Body>>, Infallible> {
        let receiving = |body| Body::new(Receiving::new(body, Arc::clone(&self.slot)));
        let mut request = request.map(receiving);
        request.extensions_mut().insert(Peer::of(self.address.ip()));
        let response = self.router.clone().oneshot(request).await?;
        Ok(response.map(|body| Answered::new(body, Arc::clone(&self.slot))))
    }
}
