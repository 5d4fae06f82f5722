//! What the page of a list looks like.

use crate::api::Load;

/// What the page of a list looks like; unlike the list it seldom changes, so the page is seldom rebuilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListShape {
    /// Nothing is known yet.
    Loading,
    /// The list couldn't be loaded.
    Failed,
    /// There is nothing in it.
    Empty,
    /// There is something in it.
    Full,
}

impl ListShape {
    /// The shape of a list, by whether what has loaded is empty.
    pub fn of<T>(list: &Load<T>, is_empty: impl FnOnce(&T) -> bool) -> Self {
        match list {
            Load::Loading => Self::Loading,
            Load::Failed(_) => Self::Failed,
            Load::Ready(list) if is_empty(list) => Self::Empty,
            Load::Ready(_) => Self::Full,
        }
    }
}
