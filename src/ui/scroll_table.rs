//! A table in a place of its own height, where it scrolls below its headings. Where that place is narrow its rows are
//! cards, so that nothing scrolls sideways.

use leptos::prelude::*;

use super::Each;

stylance::import_crate_style!(style, "src/ui/scroll_table.module.css");

/// A table that scrolls below its headings.
#[component]
pub fn ScrollTable<T, I, K, C>(
    /// Its name.
    label: &'static str,
    /// Says how high it is.
    class: &'static str,
    /// The headings; the first column names the row.
    columns: &'static [&'static str],
    /// The rows.
    each: I,
    /// What tells a row from the others.
    key: K,
    /// A row's cells, one for each heading.
    cells: C,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + 'static,
    I: Fn() -> Vec<T> + Send + 'static,
    K: Fn(&T) -> String + Send + 'static,
    C: Fn(T) -> Vec<AnyView> + Send + Sync + 'static,
{
    let rows = view! {
        <Each each=each key=key let(item)>
            {row(cells(item))}
        </Each>
    };
    frame(label, class, columns, rows.into_any())
}

fn frame(
    label: &'static str,
    class: &'static str,
    columns: &'static [&'static str],
    rows: AnyView,
) -> AnyView {
    let heading = |name: &&'static str| view! { <th role="columnheader" scope="col">{*name}</th> };
    let headings = columns.iter().map(heading).collect_view();
    // A table that is laid out as cards stays a table for screen readers: the roles say so.
    view! {
        <div
            class=stylance::classes!(style::scroller, class)
            tabindex="0"
            role="group"
            aria-label=label
        >
            <table role="table" class=style::table>
                <thead role="rowgroup">
                    <tr role="row">{headings}</tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(cells: Vec<AnyView>) -> AnyView {
    let mut cells = cells.into_iter();
    let name = cells.next();
    let cell = |content| view! { <td role="cell">{content}</td> };
    let others = cells.map(cell).collect_view();
    view! {
        <tr role="row" class=style::row>
            <th role="rowheader" scope="row">
                {name}
            </th>
            {others}
        </tr>
    }
    .into_any()
}
