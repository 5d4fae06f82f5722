//! Names and secrets that nobody can guess.

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
pub(crate) fn hex_digits(bytes: usize) -> String {
    let mut buffer = vec![0_u8; bytes];
    getrandom::fill(&mut buffer).expect("the operating system gives no random bytes");
    hex::encode(buffer)
}

/// A fresh id that can stand in a header.
pub(crate) fn header_value() -> HeaderValue {
    HeaderValue::from_str(&hex_digits(16)).unwrap_or_else(|_| HeaderValue::from_static("none"))
}
