//! Names of things in the file, and references to them.

use super::field::{At, Field, Keys, Scalar, Text};

const LONGEST_NAME: usize = 64;

/// The names of one kind of thing. They are parts of paths; two that differ only in case are the same, as in Azure.
pub(super) struct Names {
    what: &'static str,
    seen: Vec<(String, usize)>,
}

impl Names {
    pub(super) fn new(what: &'static str) -> Self {
        let seen = Vec::new();
        Self { what, seen }
    }

    /// The name of an entry, which must have one that no other has.
    pub(super) fn read<T>(
        &mut self,
        at: &At<'_>,
        entry: &Keys<T>,
        field: Field<Scalar>,
    ) -> Option<String> {
        entry.require(at, "name", &field);
        let Text { at, value } = at.key("name").text(field)?;
        if !is_name(&value) {
            at.wrong(format!(
                "{value:?} can't be a name: use 1 to {LONGEST_NAME} letters, digits, '-', '_' or '.', with a letter or digit first"
            ));
            return None;
        }
        let same = |(seen, _): &&(String, usize)| seen.eq_ignore_ascii_case(&value);
        if let Some((_, line)) = self.seen.iter().find(same) {
            at.wrong(format!(
                "the {} '{value}' is already on line {line}; give this one another name",
                self.what
            ));
            return None;
        }
        self.seen.push((value.clone(), at.place().line));
        Some(value)
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The entry that a reference names, as that entry writes its name.
pub(super) fn existing<'k>(
    what: &str,
    reference: &Text<'_>,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Option<String> {
    let Text { at, value } = reference;
    let found = known
        .clone()
        .find(|known| known.eq_ignore_ascii_case(value));
    if found.is_none() {
        let all: Vec<&str> = known.clone().collect();
        let right = match (flowdeck_flow::nearest(value, known), &*all) {
            (Some(near), _) => format!("did you mean '{near}'?"),
            (None, []) => "none is set".to_owned(),
            (None, all) => format!("there is {}", all.join(", ")),
        };
        at.wrong(format!("there is no {what} {value:?}; {right}"));
    }
    found.map(str::to_owned)
}
