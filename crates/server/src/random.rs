//! Names and secrets that nobody can guess.

use std::fmt::Write as _;

use axum::http::HeaderValue;

/// `bytes` random bytes from the operating system, as lower-case hexadecimal digits.
///
/// # Panics
/// When the operating system has no randomness to give: nothing the server does is safe then.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "without randomness no secret can be made"
)]
pub(crate) fn hex(bytes: usize) -> String {
    let mut buffer = vec![0_u8; bytes];
    getrandom::fill(&mut buffer).expect("the operating system gives no random bytes");
    to_hex(&buffer)
}

/// Lower-case hexadecimal digits of `bytes`.
#[must_use]
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            // Writing to a String cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// A fresh id that can stand in a header.
pub(crate) fn header_value() -> HeaderValue {
    HeaderValue::from_str(&hex(16)).unwrap_or_else(|_| HeaderValue::from_static("none"))
}
