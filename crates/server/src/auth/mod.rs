//! Who may use the server: a token makes a sign-in for browsers and stands in a header for other clients. Host and origin of
//! every request are checked, and a sign-in is of one origin, so that no other page in the browser can use it.

mod attempts;
mod browser;
mod cookie;
mod guard;
mod hosts;
mod keys;
mod origin;
mod secret_file;
mod sign_ins;
mod token;

pub(crate) use attempts::WayIn;
pub(crate) use guard::{Guard, NewSignIn};
pub use hosts::AllowedHosts;
pub use keys::ServerKey;
pub(crate) use origin::{is_document, is_same_origin};
pub(crate) use sign_ins::{Current, SignIns};
pub use token::Token;
pub(crate) use token::{load_or_make, token_file};
