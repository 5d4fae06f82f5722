//! Packages that have to be built, and cannot be.

use flowdeck_contract::codes;

use super::message::Message;
use crate::engine::EngineError;

pub(super) fn build(message: &Message) -> Option<EngineError> {
    let package = message
        .between("Failed to build `", "`")
        .or_else(|| message.between("Failed to build: `", "`"))
        .or_else(|| message.between("Failed to download and build `", "`"))?;
    // The compiler's first error is the cause; what the build's Python says of it afterwards is not.
    let why = message.compiler_error.clone().or_else(|| {
        let (before, after) = message.whole.rsplit_once("Error: ")?;
        let kind = before.rsplit(' ').next().unwrap_or("");
        Some(format!("{kind}Error: {after}"))
    });
    let why = why
        .map(|why| format!(": {}", shortened(&why)))
        .unwrap_or_default();
    let text = format!("‘{package}’ has no wheel for this Python, and building it failed{why}.");
    let remedy = "Choose a version that has a wheel for this Python, or install the compiler and libraries that the build needs on the server.";
    Some(
        EngineError::new(codes::BUILD_FAILED, text)
            .with_remedy(remedy)
            .about([package]),
    )
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 240;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
