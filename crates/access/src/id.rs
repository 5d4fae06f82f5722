//! Random names.

use flowdeck_contract::ids::{ConversationId, InvalidId, OperationId, RunId, SessionId};

/// Ids that are a random token.
pub trait RandomId: for<'a> TryFrom<&'a str, Error = InvalidId> {}
impl RandomId for SessionId {}
impl RandomId for RunId {}
impl RandomId for OperationId {}
impl RandomId for ConversationId {}

/// A new id.
#[expect(
    clippy::expect_used,
    reason = "hexadecimal digits are a valid token by its rule"
)]
pub fn random<T: RandomId>() -> T {
    T::try_from(token().as_str()).expect("hexadecimal digits are a token")
}

/// 16 hexadecimal digits that nobody had before.
#[expect(
    clippy::expect_used,
    reason = "a kernel without random numbers cannot run a server"
)]
pub fn token() -> String {
    format!(
        "{:016x}",
        getrandom::u64().expect("the kernel gives random numbers")
    )
}
