//! What promptflow's executor service is asked, and how its answers are read. Knows nothing of sessions.

mod answer;
mod bounds;
mod calls;
pub(crate) mod death;
mod error;
pub(crate) mod health;
pub(crate) mod http;
pub(crate) mod json;
mod pieces;
pub(crate) mod playground;
mod progress;
mod request;
mod template;
mod traceback;
mod variables;

pub use answer::{Outcome, read_answer, whole_output};
pub use error::{PROCESS_KILLED, interrupted};
pub use pieces::{Piece, piece};
pub use playground::{
    CALL_DEFINITION, CALL_NODE, CallPiece, call_files, call_inputs, call_piece, traced_call,
};
pub use progress::progress;
pub use request::{Execution, cancel, package_tools, tool_meta};
pub use template::Templates;
pub(crate) use variables::VARIABLES;

/// The service as a Python program, with its socket as the only argument.
pub(crate) const SERVICE: &str = include_str!("executor/service.py");
