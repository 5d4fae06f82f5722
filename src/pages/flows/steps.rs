//! Many rows come in steps. Making a thousand of them takes as long as a person notices, and a key that is pressed
//! meanwhile would wait for it.

use leptos::prelude::*;

use super::listed::Listed;
use crate::routes::FlowsView;

/// How many rows come at once: more than a large screen shows.
const FIRST: usize = 80;

/// How many more come with each step.
const STEP: usize = 120;

/// How far the rows of a view have come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Progress {
    view: FlowsView,
    rows: usize,
}

impl Progress {
    /// How many rows of `view` are to be there.
    fn rows_of(&self, view: &FlowsView) -> usize {
        if self.view == *view {
            self.rows.max(FIRST)
        } else {
            FIRST
        }
    }

    /// After the next step of `view`.
    fn next(&self, view: FlowsView) -> Self {
        Self {
            rows: self.rows_of(&view) + STEP,
            view,
        }
    }
}

/// The rows of `found`, of which the first are there at once. Another `view` begins anew; news of flows change what is
/// there and take nothing away.
pub(super) fn in_steps(found: Memo<Vec<Listed>>, view: Memo<FlowsView>) -> Memo<Vec<Listed>> {
    let progress = RwSignal::new(Progress::default());
    let rows = Memo::new(move |_| view.with(|view| progress.with(|so_far| so_far.rows_of(view))));
    Effect::new(move |_| {
        if rows.get() < found.with(Vec::len) {
            // After what is there has been painted.
            request_animation_frame(move || {
                let step = move || {
                    // The page may have been left since.
                    if let Some(view) = view.try_get_untracked() {
                        progress.try_update(|so_far| *so_far = so_far.next(view));
                    }
                };
                set_timeout(step, std::time::Duration::ZERO);
            });
        }
    });
    Memo::new(move |_| {
        let rows = rows.get();
        found.with(|found| found.iter().take(rows).cloned().collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_grows_by_steps_and_another_begins_anew() {
        let all = FlowsView::default();
        let searched = FlowsView {
            search: Some("a".into()),
            ..FlowsView::default()
        };
        let begun = Progress::default();
        assert_eq!(begun.rows_of(&all), FIRST);
        assert_eq!(begun.rows_of(&searched), FIRST);
        let grown = begun.next(all.clone()).next(all.clone());
        assert_eq!(grown.rows_of(&all), FIRST + 2 * STEP);
        assert_eq!(grown.rows_of(&searched), FIRST);
        assert_eq!(
            grown.next(searched.clone()).rows_of(&searched),
            FIRST + STEP
        );
    }
}
