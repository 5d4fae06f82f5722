//! Ties a question about something to the dialog that asks it.

use leptos::prelude::*;

/// Whether the dialog is open: while there is something to ask about. Closing the dialog takes the question back.
pub(crate) fn open_while_asked<T: Send + Sync + 'static>(
    subject: RwSignal<Option<T>>,
) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        let asked = subject.with(Option::is_some);
        if open.get_untracked() != asked {
            open.set(asked);
        }
    });
    Effect::new(move |_| {
        if !open.get() && subject.with_untracked(Option::is_some) {
            subject.set(None);
        }
    });
    open
}
