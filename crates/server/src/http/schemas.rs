//! JSON Schemas for editors, which don't sign in.

use axum::{Json, Router, routing::get};
use flowdeck_flow::keys::{SCHEMA_ADDRESS, schema};

use crate::App;

/// Where editors find them.
pub(super) fn routes() -> Router<App> {
    Router::new().route(SCHEMA_ADDRESS, get(async || Json(schema())))
}
