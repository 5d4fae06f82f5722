//! Logs are files of lines.
//!
//! A line's number is its place in the file, so numbering survives whatever writes to it:
//! we, and the runtime itself, which appends what it prints and goes on while no server runs.

mod file;
mod limit;
mod tail;

pub use file::LogFile;
pub use limit::{LIMIT, Limit};
pub use tail::{Tail, last_lines};
