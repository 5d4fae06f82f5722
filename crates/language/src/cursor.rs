//! A place that is asked about.

use flowdeck_flow::Position;

use crate::position::Lines;
use crate::workspace::Workspace;

/// A place in a file of a workspace.
#[derive(Debug)]
pub(crate) struct Cursor<'w> {
    pub(crate) workspace: &'w Workspace,
    pub(crate) file: &'w str,
    /// The text of the file.
    pub(crate) lines: Lines<'w>,
    pub(crate) at: Position,
}

impl Cursor<'_> {
    /// Whether it's in the flow's definition.
    pub(crate) fn is_in_definition(&self) -> bool {
        self.workspace.is_definition(self.file)
    }
}
