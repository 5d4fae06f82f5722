//! The diagnostics of a session: everything that helps to find out what went wrong, as one archive. Whatever goes into it
//! goes through [`redact::Redactor`].

mod archive;
mod gather;
mod recent;
mod redact;
mod secrets;

pub(crate) use gather::{Subject, diagnostics, packages};
pub use recent::RecentLog;
