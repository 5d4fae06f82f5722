//! Small servers of the tests' own.

use std::net::SocketAddr;

use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

/// A server on a free port of loopback, ended with the test.
pub(crate) struct Served {
    task: JoinHandle<()>,
    /// Host and port.
    pub(crate) host: String,
}

/// A free port, taken.
pub(crate) async fn taken() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    (listener, address.to_string())
}

/// Serves at a port that was taken.
pub(crate) fn serve_at((listener, host): (TcpListener, String), router: Router) -> Served {
    let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Served { task, host }
}

/// Serves at a free port.
pub(crate) async fn serve(router: Router) -> Served {
    serve_at(taken().await, router)
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}
