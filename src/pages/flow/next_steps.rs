//! What can be done next when the server refused or failed, as buttons of the notice that says so.

use leptos::prelude::{Callable as _, Callback};

use flowdeck_contract::codes;

use super::{FlowContext, actions::open_wizard};
use crate::{api::ApiError, ui::NextStep};

/// The steps for a failure of something that `again` would try once more.
pub(super) fn next_steps(
    context: FlowContext,
    error: &ApiError,
    again: Callback<()>,
) -> Vec<NextStep> {
    match error.code.as_str() {
        codes::QUOTA_EXCEEDED => vec![
            open_sessions(context),
            NextStep::new("Choose a smaller size", move || open_wizard(context)),
        ],
        codes::COMPUTE_INSTANCE_STOPPED
        | codes::COMPUTE_INSTANCE_NOT_FOUND
        | codes::IDLE_TIME_INVALID => {
            vec![NextStep::new("Change settings", move || {
                open_wizard(context);
            })]
        }
        codes::BASE_IMAGE_INVALID | codes::FLOW_UNREADABLE | codes::FLOW_INVALID => {
            open_definition(context)
        }
        _ if is_passing(error) => vec![NextStep::new("Retry", move || again.run(()))],
        _ => Vec::new(),
    }
}

/// Shows what holds the quota.
pub(super) fn open_sessions(context: FlowContext) -> NextStep {
    NextStep::new("Open compute sessions", move || context.show_sessions())
}

fn open_definition(context: FlowContext) -> Vec<NextStep> {
    let path = context.definition_path();
    let open = path.map(|path| {
        NextStep::new("Open the flow’s definition", move || {
            context.open_file(path.clone(), None);
        })
    });
    open.into_iter().collect()
}

/// Whether the same request may succeed when it is made again.
fn is_passing(error: &ApiError) -> bool {
    error.status.is_none_or(|status| status >= 500)
}
