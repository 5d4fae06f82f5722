//! What the search for flows didn't look at.

use flowdeck_contract::flows::Searched;
use leptos::prelude::*;

use crate::ui::Icon;

stylance::import_crate_style!(style, "src/pages/flows/searched.module.css");

/// A note below the flows; nothing when all folders were looked at.
#[component]
pub(super) fn SearchedNote(searched: Memo<Searched>) -> impl IntoView {
    move || {
        gaps(searched.get()).map(|text| {
            view! { <p class=style::note>{Icon::Warning.view()} " " {text}</p> }
        })
    }
}

/// What wasn't looked at, and what to do about it.
pub(super) fn gaps(searched: Searched) -> Option<String> {
    let mut sentences = Vec::new();
    if searched.left_out > 0 {
        let folders = count(searched.left_out, "folder is", "folders are");
        sentences.push(format!(
            "{folders} too deep or too many to search. Start the server with --flows and a folder nearer to your flows."
        ));
    }
    if searched.unreadable > 0 {
        let entries = count(searched.unreadable, "file or folder", "files or folders");
        sentences.push(format!(
            "The server can’t read {entries}. Check the permissions."
        ));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// How many folders were looked into.
pub(super) fn folders(searched: Searched) -> String {
    count(searched.folders, "folder", "folders")
}

fn count(count: u32, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_missed_is_told() {
        let all = Searched {
            folders: 7,
            ..Searched::default()
        };
        assert_eq!(gaps(all), None);
        assert_eq!(folders(all), "7 folders");
        let some = gaps(Searched {
            left_out: 1,
            unreadable: 2,
            ..all
        });
        let some = some.unwrap();
        assert!(some.starts_with("1 folder is too deep"), "{some}");
        assert!(some.contains("can’t read 2 files or folders"), "{some}");
    }
}
