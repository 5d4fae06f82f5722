//! The words for the types of flows.

use flowdeck_contract::flows::FlowType;

/// What the screen calls a type of flow.
#[must_use]
pub fn type_label(kind: FlowType) -> &'static str {
    match kind {
        FlowType::Standard => "Standard",
        FlowType::Chat => "Chat",
        FlowType::Evaluation => "Evaluation",
        FlowType::Flex => "Flex",
    }
}
