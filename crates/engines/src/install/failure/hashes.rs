//! Packages that are not what their hashes say.

use flowdeck_contract::codes;

use super::message::Message;
use crate::engine::EngineError;

/// `Hash mismatch for `x==1` Expected: sha256:… Computed: sha256:…`.
pub(super) fn hashes(message: &Message) -> Option<EngineError> {
    let package = message.between("Hash mismatch for `", "`")?;
    let expected = message
        .between("Expected: ", " Computed:")
        .unwrap_or("no hash");
    let computed = message.whole.split_once("Computed: ");
    let computed = computed.and_then(|(_, rest)| rest.split_whitespace().next());
    let text = format!(
        "‘{package}’ doesn’t match its hash. Expected: {expected}. Computed: {}.",
        computed.unwrap_or("unknown")
    );
    let remedy = "Check where the package comes from. If you trust it, update the hash in the requirements file.";
    Some(
        EngineError::new(codes::HASH_MISMATCH, text)
            .with_remedy(remedy)
            .about([package]),
    )
}
