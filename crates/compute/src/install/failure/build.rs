//! Packages that have to be built, and cannot be.

use super::message::Message;
use crate::engine::EngineError;

pub(super) fn build(message: &Message) -> Option<EngineError> {
    let package = message
        .between("Failed to build `", "`")
        .or_else(|| message.between("Failed to build: `", "`"))
        .or_else(|| message.between("Failed to download and build `", "`"))?;
    let last = message.whole.rsplit_once("Error: ").map(|(before, after)| {
        let kind = before.rsplit(' ').next().unwrap_or("");
        format!(": {kind}Error: {after}")
    });
    Some(EngineError::new("BuildFailed", format!("‘{package}’ has no ready-made wheel for this Python, and building it failed{}.", shortened(last.as_deref().unwrap_or(""))))
        .with_remedy("Ask for a version that has a wheel, or install the compiler and libraries it needs on the server.")
        .about([package]))
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 240;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
