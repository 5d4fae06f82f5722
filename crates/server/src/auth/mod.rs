//! Who may use the server: a token opens a session cookie for browsers and stands in a header for other clients. Host and
//! origin of every request are checked, so that no other page in the browser can use the cookie.

mod attempts;
mod cookie;
mod guard;
mod hosts;
mod origin;
mod token;

pub(crate) use attempts::WayIn;
pub(crate) use guard::Guard;
pub use hosts::AllowedHosts;
pub(crate) use origin::{is_document, is_same_origin};
pub use token::Token;
pub(crate) use token::load_or_make;
