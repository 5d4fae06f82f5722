//! A keyed list that is compiled once. Leptos's own `For` is compiled anew for each kind of item, some 7 KB every time,
//! and every list of the app is part of what a first visit loads.

use std::sync::Arc;

use leptos::prelude::*;

struct Entry {
    key: String,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

/// Shows `each` in order; what keeps its key keeps its elements.
#[component]
pub fn Each<T, I, K, C, V>(
    /// The items.
    each: I,
    /// What tells an item from the others: unique in the list.
    key: K,
    /// Shows an item.
    children: C,
) -> impl IntoView
where
    T: Send + 'static,
    I: Fn() -> Vec<T> + Send + 'static,
    K: Fn(&T) -> String + Send + 'static,
    C: Fn(T) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let children = Arc::new(children);
    let entries = move || {
        let entry = |item| {
            let children = Arc::clone(&children);
            Entry {
                key: key(&item),
                view: Box::new(move || children(item).into_any()),
            }
        };
        each().into_iter().map(entry).collect()
    };
    list(Box::new(entries))
}

fn list(entries: Box<dyn Fn() -> Vec<Entry> + Send>) -> AnyView {
    view! {
        <For each=entries key=|entry| entry.key.clone() let(entry)>
            {(entry.view)()}
        </For>
    }
    .into_any()
}
