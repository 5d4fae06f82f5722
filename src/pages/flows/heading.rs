//! The heading of a column, which sorts by it.

use leptos::prelude::*;

use super::{
    search::{show, use_view},
    table::style,
};
use crate::{
    nav::use_nav,
    routes::{Direction, FlowColumn, FlowOrder, FlowsView},
    ui::Icon,
};

fn label(column: FlowColumn) -> &'static str {
    match column {
        FlowColumn::Name => "Name",
        FlowColumn::Type => "Type",
        FlowColumn::Session => "Compute session",
        FlowColumn::LastRun => "Last run",
        FlowColumn::Changed => "Last changed",
    }
}

/// How the column is sorted, as ARIA says it: times come newest first as one wants them.
fn aria_sort(column: FlowColumn, order: FlowOrder) -> Option<&'static str> {
    if order.by != column {
        return None;
    }
    let falls = matches!(column, FlowColumn::LastRun | FlowColumn::Changed);
    Some(match (falls, order.direction) {
        (false, Direction::Usual) | (true, Direction::Reversed) => "ascending",
        (false, Direction::Reversed) | (true, Direction::Usual) => "descending",
    })
}

/// The order after a press on the heading.
fn pressed(column: FlowColumn, order: FlowOrder) -> FlowOrder {
    FlowOrder {
        by: column,
        direction: if order.by == column {
            order.direction.turned()
        } else {
            Direction::Usual
        },
    }
}

#[component]
pub(super) fn Heading(column: FlowColumn) -> impl IntoView {
    let nav = use_nav();
    let view = use_view();
    let sorted = Memo::new(move |_| view.with(|view| aria_sort(column, view.order)));
    let sort = move |_| {
        let view = view.get_untracked();
        let order = pressed(column, view.order);
        show(nav, FlowsView { order, ..view });
    };
    let class = match column {
        FlowColumn::Name | FlowColumn::Session => style::heading.to_owned(),
        FlowColumn::Type | FlowColumn::LastRun => {
            stylance::classes!(style::heading, style::middle)
        }
        FlowColumn::Changed => stylance::classes!(style::heading, style::wide),
    };
    view! {
        <th role="columnheader" scope="col" class=class aria-sort=move || sorted.get()>
            <button type="button" class=style::sort on:click=sort>
                {label(column)}
                <span class=style::arrow>{Icon::Chevron.view()}</span>
            </button>
        </th>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_sorts_as_one_wants_the_column_and_the_next_turns_it() {
        let first = pressed(FlowColumn::LastRun, FlowOrder::default());
        assert_eq!(aria_sort(FlowColumn::LastRun, first), Some("descending"));
        assert_eq!(aria_sort(FlowColumn::Name, first), None);
        let second = pressed(FlowColumn::LastRun, first);
        assert_eq!(aria_sort(FlowColumn::LastRun, second), Some("ascending"));
        assert_eq!(pressed(FlowColumn::LastRun, second), first);
        let name = pressed(FlowColumn::Name, first);
        assert_eq!(aria_sort(FlowColumn::Name, name), Some("ascending"));
    }
}
