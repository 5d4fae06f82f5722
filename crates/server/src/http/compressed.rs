//! Answers that are compressed when they're given: the page and JSON. The app's files were compressed when it was built, and
//! what is sent piece by piece, as live events and large files are, goes out as it comes.

use axum::http::{Response, header};
use hyper::body::Body;
use tower_http::compression::{CompressionLayer, Predicate};

/// Below this many bytes, a compressed answer isn't worth the work.
const WORTH_IT: u64 = 512;

/// The layer that compresses them, by gzip, for clients that take it.
pub(super) fn layer() -> CompressionLayer<Whole> {
    CompressionLayer::new().compress_when(Whole)
}

/// Text that is all here.
#[derive(Clone, Copy)]
pub(super) struct Whole;

impl Predicate for Whole {
    fn should_compress<B: Body>(&self, response: &Response<B>) -> bool {
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_text = kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| {
                kind.starts_with("application/json") || kind.starts_with("text/html")
            });
        let length = response.body().size_hint().exact();
        is_text && length.is_some_and(|length| length >= WORTH_IT)
    }
}
