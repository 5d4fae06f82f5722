//! t
pub mod files;
mod random;
mod time;
