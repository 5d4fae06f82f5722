//! The flow page.

pub mod context;

use flowdeck_contract::ids::FlowId;
use leptos::prelude::*;
/// The flow page.
#[component]
pub fn FlowPage(
    /// The flow.
    flow: FlowId,
) -> impl IntoView {
    flow.to_string()
}
