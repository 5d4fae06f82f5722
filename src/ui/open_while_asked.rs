//! Ties a question about a file to the dialog that asks it.

use flowdeck_contract::ids::FilePath;
use leptos::prelude::*;

/// Whether the dialog is open: while there is a file to ask about. Closing the dialog takes the question back.
pub(crate) fn open_while_asked(subject: RwSignal<Option<FilePath>>) -> RwSignal<bool> {
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
