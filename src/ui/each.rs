//! A keyed list that is compiled once. Leptos's own `For` is compiled again for each kind of item, some 7 KB every
//! time, and every list of the app is part of what a first visit loads.

use std::sync::{Arc, Mutex, PoisonError};

use leptos::prelude::*;

struct ListEntry {
    /// What identifies the item, and how often it has changed since it came.
    key: (String, u32),
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

/// An item as it was shown last.
struct Shown<T> {
    key: (String, u32),
    item: T,
}

/// Shows `each` in order. An item that stays the same keeps its elements; one that changes gets new ones.
#[component]
pub fn Each<T, I, K, C, V>(
    /// The items.
    each: I,
    /// What identifies an item: unique in the list, and the same however the item changes.
    key: K,
    /// Shows an item.
    children: C,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + 'static,
    I: Fn() -> Vec<T> + Send + 'static,
    K: Fn(&T) -> String + Send + 'static,
    C: Fn(T) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let children = Arc::new(children);
    let shown = Mutex::new(Vec::new());
    let entries = move || {
        let items = each();
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = compare(&shown, &items, &key);
        let keys = shown.iter().map(|shown| shown.key.clone());
        let entry = |(item, key)| {
            let children = Arc::clone(&children);
            let view = Box::new(move || children(item).into_any());
            ListEntry { key, view }
        };
        items.into_iter().zip(keys).map(entry).collect()
    };
    list(Box::new(entries))
}

/// The items with their keys, after those that were shown before.
fn compare<T: Clone + PartialEq>(
    before: &[Shown<T>],
    items: &[T],
    key: &impl Fn(&T) -> String,
) -> Vec<Shown<T>> {
    // Most lists change at an end or in one place, so that an item is found where the one before it led.
    let mut next = 0;
    let with_key = |item: &T| {
        let id = key(item);
        let is_same = |shown: &Shown<T>| shown.key.0 == id;
        let at = match before.get(next).is_some_and(is_same) {
            true => Some(next),
            false => before.iter().position(is_same),
        };
        next = at.map_or(next, |at| at + 1);
        let changes = match at.and_then(|at| before.get(at)) {
            Some(known) if known.item == *item => known.key.1,
            Some(known) => known.key.1.wrapping_add(1),
            None => 0,
        };
        Shown {
            key: (id, changes),
            item: item.clone(),
        }
    };
    items.iter().map(with_key).collect()
}

fn list(entries: Box<dyn Fn() -> Vec<ListEntry> + Send>) -> AnyView {
    view! {
        <For each=entries key=|entry| entry.key.clone() let(entry)>
            {(entry.view)()}
        </For>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Item = (&'static str, u32);

    fn keys(before: &[Shown<Item>], items: &[Item]) -> (Vec<Shown<Item>>, Vec<(String, u32)>) {
        let shown = compare(before, items, &|item| item.0.to_owned());
        let keys = shown.iter().map(|shown| shown.key.clone()).collect();
        (shown, keys)
    }

    #[test]
    fn an_item_keeps_its_key_until_its_value_changes() {
        let key = |id: &str, changes| (id.to_owned(), changes);
        let (first, _) = keys(&[], &[("a", 1), ("b", 1)]);
        let (second, changed) = keys(&first, &[("c", 1), ("b", 2), ("a", 1)]);
        assert_eq!(changed, [key("c", 0), key("b", 1), key("a", 0)]);
        let (_, same) = keys(&second, &[("b", 2), ("a", 1)]);
        assert_eq!(same, [key("b", 1), key("a", 0)]);
    }
}
