//! A line of a requirements file, and the way to it.

use flowdeck_contract::{ids::FilePath, packages::AskedBy};
use leptos::prelude::*;

use super::{Dialogs, FlowContext};
use crate::ui::Button;

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
    let context = FlowContext::from_context();
    let plan = Dialogs::from_context().plan;
    let label = format!("Open {}", place(&line));
    let AskedBy { file, line, .. } = line;
    FilePath::try_from(file).ok().map(|path| {
        let open = move |()| {
            // A dialog would cover the editor.
            plan.set(false);
            context.open_file(path.clone(), Some(line));
        };
        view! { <div><Button on_press=open>{label}</Button></div> }
    })
}
