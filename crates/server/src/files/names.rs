//! Which names in a flow folder are not the person's own.

/// Folders that tools keep for themselves: large, and nobody edits them by hand.
const TOOL_FOLDERS: [&str; 3] = [".git", "__pycache__", DELETED];

/// Holds a flow's deleted files.
pub(super) const DELETED: &str = ".flowdeck-deleted";

const LEFTOVER_START: &str = ".flowdeck-save-";
const LEFTOVER_END: &str = ".tmp";

/// Whether a path is neither listed nor served: below a tool's folder, or a save in progress.
#[must_use]
pub fn is_hidden(path: &str) -> bool {
    path.split('/')
        .any(|name| TOOL_FOLDERS.contains(&name) || is_leftover(name))
}

/// Whether a file is a save's temporary one; after a crash it is a leftover.
#[must_use]
pub fn is_leftover(name: &str) -> bool {
    name.starts_with(LEFTOVER_START) && name.ends_with(LEFTOVER_END)
}

/// A fresh name for a save's temporary file.
pub(crate) fn temporary() -> String {
    format!(
        "{LEFTOVER_START}{}{LEFTOVER_END}",
        crate::random::hex_digits(8)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_folders_of_promptflow_are_shown_and_those_of_tools_are_not() {
        assert!(!is_hidden(".promptflow/flow.tools.json"));
        assert!(!is_hidden("src/git/main.py"));
        assert!(is_hidden(".git"));
        assert!(is_hidden(".flowdeck-deleted/1/about.json"));
        assert!(is_hidden("src/__pycache__/a.pyc"));
        assert!(is_hidden(&format!("src/{}", temporary())));
    }
}
