//! The server behind the `flowdeck` command: HTTP API, live events, authentication and the browser app's files.
//!
//! Stands on `flowdeck_compute` for sessions and runs and on `flowdeck_flow` for what a flow's definition says; knows the
//! screen only as files to hand out.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod app;
mod assets;
mod auth;
mod base_path;
pub mod cli;
mod config;
mod connections;
mod diagnostics;
mod events;
pub mod files;
pub mod flows;
mod help;
pub mod http;
mod random;
mod serving;
mod time;

pub use app::{App, Settings};
pub use assets::Assets;
pub use auth::{AllowedHosts, ServerKey, Token};
pub use base_path::{BasePath, InvalidBasePath};
pub use diagnostics::RecentLog;

use http::error::{ApiError, ApiResult};

/// Runs what may wait for the disk where it holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> ApiResult<T> + Send + 'static,
) -> ApiResult<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(ApiError::internal("The server failed.", error)),
    }
}
