//! The packages installed in the session, searched by name or by where they came from.

use flowdeck_contract::packages::PackageView;
use leptos::{html, prelude::*};

use super::origin;
use crate::ui::{CopyButton, ScrollTable, focus_when_shown, unique_id};

stylance::import_crate_style!(style, "src/pages/flow/dialogs/packages/listing.module.css");

/// A package in words.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    name: String,
    version: String,
    origin: String,
}

impl Row {
    fn of(package: PackageView) -> Self {
        Self {
            origin: origin::words(&package.origin),
            name: package.name,
            version: package.version,
        }
    }

    /// `search` in lower case.
    fn matches(&self, search: &str) -> bool {
        [&self.name, &self.origin]
            .iter()
            .any(|text| text.to_lowercase().contains(search))
    }

    fn cells(self) -> Vec<AnyView> {
        let version = view! { <code>{self.version}</code> };
        vec![
            self.name.into_any(),
            version.into_any(),
            self.origin.into_any(),
        ]
    }
}

#[component]
pub(super) fn Listing(
    packages: Vec<PackageView>,
    /// What the base image is called.
    base: String,
    /// What is copied.
    lock: String,
) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let id = unique_id("search");
    let input = NodeRef::<html::Input>::new();
    focus_when_shown(input);
    let total = packages.len();
    let rows: Vec<Row> = packages.into_iter().map(Row::of).collect();
    let rows = StoredValue::new(rows);
    let found = Memo::new(move |_| {
        let search = search.get().trim().to_lowercase();
        rows.with_value(|rows| {
            let rows = rows.iter().filter(|row| row.matches(&search));
            rows.cloned().collect::<Vec<_>>()
        })
    });
    view! {
        <div class=style::head>
            <div role="search" class=style::search>
                <label for=id.clone() class="visually-hidden">
                    "Search packages"
                </label>
                <input
                    node_ref=input
                    id=id
                    type="search"
                    placeholder="Search by name or origin"
                    on:input=move |event| search.set(event_target_value(&event))
                />
            </div>
            <CopyButton text=Signal::stored(lock) what="lock file" word="Copy lock file" />
        </div>
        <p class=style::count>
            <span role="status">
                {move || format!("{} of {total} packages", found.with(Vec::len))}
            </span>
            <span>{format!("Base image: {base}")}</span>
        </p>
        <ScrollTable
            label="Packages"
            class=style::packages
            columns=&["Package", "Version", "Origin"]
            each=move || found.get()
            key=|row: &Row| row.name.clone()
            cells=Row::cells
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::packages::Origin;

    #[test]
    fn a_package_is_found_by_its_name_and_by_its_origin() {
        let row = Row::of(PackageView {
            name: "Flask".into(),
            version: "3".into(),
            origin: Origin::ByHand,
        });
        assert!(
            ["flask", "by hand", ""]
                .iter()
                .all(|text| row.matches(text))
        );
        assert!(!row.matches("base"));
    }
}
