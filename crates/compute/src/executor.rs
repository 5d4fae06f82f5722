//! What promptflow's executor service is asked, and how its answers are read. Knows nothing of sessions.

mod answer;
mod bounds;
pub(crate) mod death;
mod error;
pub(crate) mod health;
pub(crate) mod http;
pub(crate) mod json;
mod pieces;
mod progress;
mod request;
mod template;
mod traceback;
mod variables;

pub(crate) use answer::{Outcome, read_answer, whole_output};
pub(crate) use error::{PROCESS_KILLED, interrupted};
pub(crate) use pieces::{Piece, piece};
pub(crate) use progress::progress;
pub(crate) use request::{Execution, cancel};
pub(crate) use template::Templates;
pub(crate) use variables::VARIABLES;

/// The service as a Python program, with its socket as the only argument.
pub(crate) const SERVICE: &str = include_str!("executor/service.py");
