//! What an editor is answered.

#![expect(clippy::panic, reason = "a test may stop at what is not there")]

mod any_text;
mod completion;
mod flow;
mod format;
mod navigation;
mod rename;
