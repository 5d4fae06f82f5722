//! Lines that belong together.

use flowdeck_flow::{Document, Element};

use crate::outline::{beginning, whole};
use crate::position::Lines;
use crate::request::Fold;

/// Nobody folds deeper.
const DEEPEST: usize = 8;

/// The folds of a text, by their first lines.
pub(crate) fn of(text: &str) -> Vec<Fold> {
    let (document, lines) = (Document::read(text), Lines::new(text));
    let mut folds = Vec::new();
    if let Some(root) = document.root() {
        inside(&lines, root, DEEPEST, &mut folds);
    }
    folds.sort();
    folds.dedup_by_key(|fold| fold.from);
    folds
}

fn inside(lines: &Lines<'_>, element: Element<'_>, depth: usize, folds: &mut Vec<Fold>) {
    if depth == 0 {
        return;
    }
    for (key, value) in element.entries().filter(|(_, value)| element.holds(*value)) {
        let span = whole(lines, key.span(), value);
        if span.end.line > span.start.line {
            folds.push(Fold {
                from: span.start.line,
                to: span.end.line,
            });
        }
        inside(lines, value, depth - 1, folds);
    }
    for item in element.items().filter(|item| element.holds(*item)) {
        if item.is_collection() {
            let span = whole(lines, beginning(item), item);
            if span.end.line > span.start.line {
                folds.push(Fold {
                    from: span.start.line,
                    to: span.end.line,
                });
            }
        }
        inside(lines, item, depth - 1, folds);
    }
}
