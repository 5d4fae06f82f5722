//! The file's text, and where in it each value stands. serde gives values without their places, but the errors of
//! `yaml_serde` have them: a place is found by reading as far as the value and failing there.

use std::fmt;

use serde::{
    Deserialize as _,
    de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use yaml_serde::Value;

use super::Problem;

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// One step from a value to a value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Key(String),
    Item(usize),
}

/// The text of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a>(pub(super) &'a str);

impl<'a> Source<'a> {
    /// The one document of the text; null where there is nothing in it.
    pub(super) fn value(self) -> Result<Value, Problem> {
        let mut documents = yaml_serde::Deserializer::from_str(self.0);
        let Some(first) = documents.next() else {
            return Ok(Value::Null);
        };
        DistinctKeys.deserialize(first).map_err(unreadable)?;
        if let Some(second) = documents.next() {
            let message = "a second document starts here; the file holds one".to_owned();
            let place = place(Probe::value(&[]).deserialize(second).err());
            return Err(Problem { place, message });
        }
        let Some(first) = self.document() else {
            return Ok(Value::Null);
        };
        Value::deserialize(first).map_err(unreadable)
    }

    /// Where a value stands.
    pub(super) fn place(self, path: &[Segment]) -> Position {
        self.reach(Probe::value(path))
    }

    /// Where a key of a mapping stands.
    pub(super) fn place_of_key(self, path: &[Segment], key: &str) -> Position {
        self.reach(Probe {
            path,
            target: Target::Key(key),
        })
    }

    /// A scalar as it is written: `007`, `1.50`, `yes`; `None` when there is no scalar.
    pub(super) fn text(self, path: &[Segment]) -> Option<String> {
        let mut text = None;
        self.reach(Probe {
            path,
            target: Target::Text(&mut text),
        });
        text
    }

    fn reach(self, probe: Probe<'_>) -> Position {
        place(
            self.document()
                .and_then(|document| probe.deserialize(document).err()),
        )
    }

    fn document(self) -> Option<yaml_serde::Deserializer<'a>> {
        yaml_serde::Deserializer::from_str(self.0).next()
    }
}

fn place(error: Option<yaml_serde::Error>) -> Position {
    match error.and_then(|error| error.location()) {
        Some(at) => Position {
            line: at.line(),
            column: at.column(),
        },
        None => Position { line: 1, column: 1 },
    }
}

fn unreadable(error: yaml_serde::Error) -> Problem {
    let mut message = error.to_string();
    if let Some(at) = error.location() {
        // The place is said once, before the message.
        let place = format!(" at line {} column {}", at.line(), at.column());
        message = message.replacen(&place, "", 1);
    }
    Problem {
        place: place(Some(error)),
        message: format!("this can't be read as YAML: {message}"),
    }
}

/// Follows a path and fails at its end.
struct Probe<'p> {
    path: &'p [Segment],
    target: Target<'p>,
}

/// What is looked for at the end of the path.
enum Target<'p> {
    /// The value itself.
    Value,
    /// A key of it.
    Key(&'p str),
    /// Its text.
    Text(&'p mut Option<String>),
}

impl<'p> Probe<'p> {
    fn value(path: &'p [Segment]) -> Self {
        let target = Target::Value;
        Self { path, target }
    }
}

impl<'de> DeserializeSeed<'de> for Probe<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match (self.path, self.target) {
            ([], Target::Text(text)) => {
                *text = Some(String::deserialize(deserializer)?);
                Err(D::Error::custom("found"))
            }
            (path, target) => deserializer.deserialize_any(Self { path, target }),
        }
    }
}

/// Whatever isn't on the path is refused, and that is the error with the place.
impl<'de> Visitor<'de> for Probe<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if let [Segment::Item(index), path @ ..] = self.path {
            for _ in 0..*index {
                items.next_element::<IgnoredAny>()?;
            }
            let target = self.target;
            items.next_element_seed(Self { path, target })?;
        }
        Err(A::Error::custom("found"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        match (self.path, self.target) {
            ([Segment::Key(wanted), path @ ..], target) => {
                while let Some(key) = entries.next_key::<Value>()? {
                    if key.as_str() == Some(wanted) {
                        return entries.next_value_seed(Self { path, target });
                    }
                    entries.next_value::<IgnoredAny>()?;
                }
            }
            ([], Target::Key(wanted)) => {
                while entries.next_key_seed(NotThisKey(wanted))?.is_some() {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
            _ => {}
        }
        Err(A::Error::custom("found"))
    }
}

/// Fails at a key.
struct NotThisKey<'p>(&'p str);

impl<'de> DeserializeSeed<'de> for NotThisKey<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NotThisKey<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text as a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<(), E> {
        match key == self.0 {
            true => Err(E::custom("found")),
            false => Ok(()),
        }
    }
}

/// Fails at a key that its mapping has already, and at one that isn't text.
struct DistinctKeys;

impl<'de> DeserializeSeed<'de> for DistinctKeys {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DistinctKeys {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value without a tag")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut keys = Vec::new();
        while entries.next_key_seed(NewKey(&mut keys))?.is_some() {
            entries.next_value_seed(Self)?;
        }
        Ok(())
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i128<E>(self, _: i128) -> Result<(), E> {
        Ok(())
    }

    fn visit_u128<E>(self, _: u128) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

/// Adds a key to those that a mapping has.
struct NewKey<'k>(&'k mut Vec<String>);

impl<'de> DeserializeSeed<'de> for NewKey<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NewKey<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text as a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<(), E> {
        if self.0.iter().any(|known| known == key) {
            return Err(E::custom(format_args!(
                "{key:?} is here twice; keep one of them"
            )));
        }
        self.0.push(key.to_owned());
        Ok(())
    }
}
