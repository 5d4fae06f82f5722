//! A page's heading, which also names the document and announces the page.

use std::sync::atomic::{AtomicBool, Ordering};

use leptos::{html, prelude::*};

use crate::ui::Status;

/// Whether a page was shown before: the first one is announced by the browser itself.
static SHOWN_BEFORE: AtomicBool = AtomicBool::new(false);

/// The `h1` of a page. When one page follows another it takes the focus and is announced: to a screen reader nothing
/// else tells that the page has changed.
#[component]
pub fn PageHeading(
    /// What the page is.
    #[prop(into)]
    title: Signal<String>,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    let status = Status::from_context();
    Effect::new(move |_| document().set_title(&format!("{} · flowdeck", title.get())));
    Effect::new(move |_| {
        let Some(heading) = heading.get() else { return };
        if SHOWN_BEFORE.swap(true, Ordering::Relaxed) {
            // Focusing an element that is shown cannot fail.
            let _ = heading.focus();
            status.announce(title.get_untracked());
        }
    });
    view! {
        <h1 node_ref=heading tabindex="-1" title=move || title.get()>
            {title}
        </h1>
    }
}
