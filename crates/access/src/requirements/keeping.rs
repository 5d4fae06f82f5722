//! Requirements that leave the runtime's packages at the base's versions.

use flowdeck_flow::{keeping_base, requirement_lines};

use super::RequirementSet;

impl RequirementSet {
    /// The same without the versions that its files give packages of prompt flow's runtime; `None` where they give none.
    pub fn keeping_base(&self) -> Option<Self> {
        let mut kept = self.clone();
        let mut is_changed = false;
        for file in &mut kept.files {
            if let Some(text) = keeping_base(&file.text) {
                is_changed = true;
                file.lines = requirement_lines(&text);
                // What is on disk says something else, so that an installer needs a copy.
                (file.text, file.is_plain) = (text, false);
            }
        }
        is_changed.then_some(kept)
    }
}
