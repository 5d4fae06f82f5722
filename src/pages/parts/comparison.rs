//! Two versions of a text as one table: what only one of them has, and where it stands.

use leptos::prelude::*;

use super::diff::{Row, compare};

stylance::import_crate_style!(style, "src/pages/parts/comparison.module.css");

/// More rows than anybody reads; browsers are slow with tables of many thousands.
const ROWS_SHOWN: usize = 2000;

/// What differs between two versions of a text.
#[component]
pub fn Comparison(
    /// What the differences are called, where a page has several.
    #[prop(into, default = "Differences".to_owned())]
    label: String,
    /// The version on the left.
    old: String,
    /// What it is called.
    #[prop(into)]
    old_name: String,
    /// The version on the right.
    new: String,
    /// What it is called.
    #[prop(into)]
    new_name: String,
) -> impl IntoView {
    let rows = compare(&old, &new);
    if rows.is_empty() {
        return view! { <p>"The lines are the same. Only line endings or a byte order mark differ."</p> }
            .into_any();
    }
    let more = rows.len().saturating_sub(ROWS_SHOWN);
    let only = |sign: &str, name: &str| format!("{sign} only {}", name.to_lowercase());
    let (removed, added) = (only("−", &old_name), only("+", &new_name));
    view! {
        // A region that scrolls has to be reachable by keyboard.
        <div class=style::scroll role="region" aria-label=label tabindex="0">
            <table class=style::table>
                <thead>
                    <tr>
                        <th scope="col">{old_name}</th>
                        <th scope="col">{new_name}</th>
                        <th scope="col">
                            <span class=style::removed>{removed}</span>
                            <span class=style::added>{added}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows.iter().take(ROWS_SHOWN).map(row).collect_view()}</tbody>
            </table>
            {(more > 0).then(|| view! { <p>{format!("{more} more rows aren’t shown.")}</p> })}
        </div>
    }
    .into_any()
}

fn row(row: &Row<'_>) -> impl IntoView {
    let (class, old, new, sign, text) = match row {
        Row::Same { old, new, text } => (
            style::same,
            Some(*old),
            Some(*new),
            "\u{a0}",
            (*text).to_owned(),
        ),
        Row::Removed { old, text } => (style::removed, Some(*old), None, "−", (*text).to_owned()),
        Row::Added { new, text } => (style::added, None, Some(*new), "+", (*text).to_owned()),
        Row::Skipped(count) => (
            style::skipped,
            None,
            None,
            "\u{a0}",
            if *count == 1 {
                "1 unchanged line".to_owned()
            } else {
                format!("{count} unchanged lines")
            },
        ),
    };
    view! {
        <tr class=class>
            <td class=style::number>{old}</td>
            <td class=style::number>{new}</td>
            <td class=style::text>{sign} " " {text}</td>
        </tr>
    }
}
