//! Reads values of the types they should have, and collects what is wrong with them.

use flowdeck_flow::nearest;

use super::{
    Problem,
    tree::{Content, Entry, Node, Place},
};

/// What is wrong so far. Reading goes on, so that all of it is told at once.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, place: Place, message: impl Into<String>) {
        let message = message.into();
        self.0.push(Problem { place, message });
    }

    pub(super) fn in_order(mut self) -> Vec<Problem> {
        self.0.sort_by_key(|problem| problem.place);
        self.0
    }
}

/// A value with the place where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<T> {
    pub(super) place: Place,
    pub(super) value: T,
}

/// A mapping of keys that are known.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) place: Place,
    entries: &'a [Entry],
}

impl<'a> Fields<'a> {
    /// Of a node that should be a mapping with no other keys than `known`.
    pub(super) fn of(node: &'a Node, known: &[&str], problems: &mut Problems) -> Option<Self> {
        let Content::Mapping(entries) = &node.content else {
            let keys = known.join(", ");
            problems.add(node.place, format!("here must be a mapping with {keys}"));
            return None;
        };
        for entry in entries {
            if !known.contains(&&*entry.key) {
                problems.add(entry.place, unknown(&entry.key, known));
            }
        }
        let place = node.place;
        Some(Self { place, entries })
    }

    /// The value of a key, unless there is nothing.
    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        let is_nothing = matches!(&entry.value.content, Content::Scalar { text, is_quoted: false } if matches!(&**text, "" | "~" | "null"));
        (!is_nothing).then_some(&entry.value)
    }

    /// The value of a key that must be there.
    pub(super) fn required(&self, key: &str, problems: &mut Problems) -> Option<&'a Node> {
        let found = self.get(key);
        // One that is written wrong has been told already.
        let is_meant =
            |entry: &Entry| entry.key != key && nearest(&entry.key, [key].into_iter()).is_some();
        if found.is_none() && !self.entries.iter().any(is_meant) {
            problems.add(self.place, format!("'{key}' is missing here"));
        }
        found
    }

    pub(super) fn text(&self, key: &str, problems: &mut Problems) -> Option<At<&'a str>> {
        text(self.get(key)?, key, problems)
    }

    /// The items of a list; none when the key is not there.
    pub(super) fn list(&self, key: &str, problems: &mut Problems) -> &'a [Node] {
        match self.get(key) {
            None => &[],
            Some(Node {
                content: Content::List(items),
                ..
            }) => items,
            Some(node) => {
                let message = format!("'{key}' must be a list: put each entry after '- '");
                problems.add(node.place, message);
                &[]
            }
        }
    }
}

fn unknown(key: &str, known: &[&str]) -> String {
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("{key:?} isn't known here; did you mean '{near}'?"),
        None => format!("{key:?} isn't known here; known are {}", known.join(", ")),
    }
}

/// A node that should be text.
pub(super) fn text<'a>(node: &'a Node, what: &str, problems: &mut Problems) -> Option<At<&'a str>> {
    match &node.content {
        Content::Scalar { text, .. } => Some(At {
            place: node.place,
            value: text,
        }),
        _ => {
            problems.add(node.place, format!("'{what}' must be text"));
            None
        }
    }
}

/// A node that should be a whole number within bounds.
pub(super) fn whole_number(
    node: &Node,
    what: &str,
    bounds: std::ops::RangeInclusive<u32>,
    problems: &mut Problems,
) -> Option<u32> {
    let number = match &node.content {
        Content::Scalar {
            text,
            is_quoted: false,
        } => text.parse().ok(),
        _ => None,
    };
    let number = number.filter(|number| bounds.contains(number));
    if number.is_none() {
        let message = format!(
            "'{what}' must be a whole number from {} to {}",
            bounds.start(),
            bounds.end()
        );
        problems.add(node.place, message);
    }
    number
}

/// Most memory that is taken for meant, in GiB.
const MOST_GIB: f64 = 65_536.0;
/// No runtime lives in less, in GiB.
const LEAST_GIB: f64 = 0.25;

/// A node that should be an amount of memory in GiB, as MiB.
pub(super) fn gib(node: &Node, what: &str, problems: &mut Problems) -> Option<u64> {
    let number = match &node.content {
        Content::Scalar {
            text,
            is_quoted: false,
        } => text.parse::<f64>().ok(),
        _ => None,
    };
    let Some(number) = number.filter(|number| (LEAST_GIB..=MOST_GIB).contains(number)) else {
        let message = format!("'{what}' must be a number of GiB from {LEAST_GIB} to {MOST_GIB}");
        problems.add(node.place, message);
        return None;
    };
    // Within bounds, whole and positive.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Some((number * 1024.0).round() as u64)
}
