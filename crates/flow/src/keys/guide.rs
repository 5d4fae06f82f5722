//! The page of the guide about the keys, made of the table.

use std::fmt::Write;

use super::Section;

/// `docs/definition.md`.
#[must_use]
pub fn guide() -> String {
    let mut page = String::from(
        "# The keys of flow.dag.yaml\n\nThis page is made from the table that flowdeck's checks, completion and JSON Schema \
         use. promptflow refuses a flow\nwithout a key that is marked *required*. It ignores keys that aren't listed.\n",
    );
    for section in Section::ALL {
        // Writing to a String cannot fail.
        let _ = write!(
            page,
            "\n## Keys {}\n\n| key | holds | what it means | read by |\n|---|---|---|---|\n",
            section.title()
        );
        for key in section.keys() {
            let required = if key.is_required { " *(required)*" } else { "" };
            let _ = writeln!(
                page,
                "| `{}`{required} | {} | {} | {} |",
                key.name,
                key.holds.title(),
                key.meaning,
                key.source
            );
        }
    }
    page
}
