//! When a flow was last changed.

use cap_std::fs::Dir;
use flowdeck_contract::Millis;

use crate::files::{is_hidden, modified};

/// A folder with more entries than this is not walked to its end.
const WALK_LIMIT: usize = 2_000;

/// Written by tools and runs, not by people.
const SYSTEM_FOLDER: &str = ".promptflow";

/// The newest time of a file below `dir`, tools' and system folders aside; `None` when nothing can be read.
pub(crate) fn newest(dir: &Dir) -> Option<Millis> {
    let mut newest = None;
    let mut left = WALK_LIMIT;
    let mut folders = vec![dir.try_clone().ok()?];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = folder.entries() else {
            continue;
        };
        for entry in entries.flatten().take(left) {
            left -= 1;
            let name = entry.file_name();
            if name == SYSTEM_FOLDER || is_hidden(&name.to_string_lossy()) {
                continue;
            }
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if metadata.is_dir() {
                folders.extend(entry.open_dir().ok());
            } else {
                newest = newest.max(Some(modified(&metadata)));
            }
        }
    }
    newest
}
