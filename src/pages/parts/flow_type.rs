//! The words for the types of flows.

use flowdeck_contract::flows::FlowType;
use leptos::prelude::*;

stylance::import_crate_style!(style, "src/pages/parts/flow_type.module.css");

/// What the screen calls a type of flow.
#[must_use]
pub fn type_label(kind: FlowType) -> &'static str {
    match kind {
        FlowType::Standard => "Standard",
        FlowType::Chat => "Chat",
        FlowType::Evaluation => "Evaluation",
        FlowType::Flex => "Flex",
        FlowType::Prompty => "Prompty",
    }
}

/// A type of flow as a chip.
#[component]
pub fn TypeChip(
    /// The type.
    kind: FlowType,
) -> impl IntoView {
    view! { <span class=style::chip>{type_label(kind)}</span> }
}
