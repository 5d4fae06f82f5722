//! A line of a requirements file, and the way to it.

use flowdeck_contract::{ids::FilePath, packages::AskedBy};
use leptos::prelude::*;

use super::{Dialogs, FlowContext};
use crate::ui::{NextStep, StepButton};

/// Where it stands, in words.
pub(super) fn place(line: &AskedBy) -> String {
    format!("{} line {}", line.file, line.line)
}

/// Opens the line in the editor; nothing for one of a file outside of the flow folder.
#[component]
pub(super) fn OpenLine(
    /// The line.
    line: AskedBy,
) -> impl IntoView {
    open_line(&line).map(|step| view! { <div><StepButton step=step /></div> })
}

/// Opening the line in the editor, as a step; `None` for one of a file outside of the flow folder.
pub(super) fn open_line(line: &AskedBy) -> Option<NextStep> {
    let context = FlowContext::from_context();
    let plan = Dialogs::from_context().plan;
    let path = FilePath::try_from(line.file.as_str()).ok()?;
    let number = line.line;
    Some(NextStep::new(format!("Open {}", place(line)), move || {
        // A dialog would cover the editor.
        plan.set(false);
        context.open_file(path.clone(), Some(number));
    }))
}
