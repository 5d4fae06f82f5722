//! One value of the file, and what is wrong with it. A value that can't be used doesn't end the reading, so that all
//! mistakes are told at once.

use std::cell::RefCell;

use flowdeck_flow::nearest;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, Visitor},
    forward_to_deserialize_any,
};
use yaml_serde::{Mapping, Value, from_value};

use super::{
    Problem,
    source::{Position, Segment, Source},
};

/// What the file says of one key.
#[derive(Clone, Debug, Default)]
pub(super) enum Field<T> {
    /// Nothing, or null.
    #[default]
    Absent,
    Is(T),
    /// Something of another shape; this is what should be there.
    Wrong(String),
}

/// A list whose items are read one by one.
pub(super) type List<T> = Field<Items<T>>;

#[derive(Clone, Debug)]
pub(super) struct Items<T>(Vec<Field<T>>);

/// A mapping with the keys that `T` has.
#[derive(Clone, Debug)]
pub(super) struct Keys<T> {
    pub(super) fields: T,
    unknown: Vec<String>,
}

/// A scalar. Its text is read from the file, as a number's would lose zeros.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scalar {
    is_plain: bool,
}

/// What can be a value of the file.
pub(super) trait Shape: Sized {
    /// What should be there, as a phrase.
    fn expected() -> String;

    fn of(value: Value) -> Option<Self>;
}

impl<'de, T: Shape> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::of)
    }
}

impl<T: Shape> Field<T> {
    pub(super) fn of(value: Value) -> Self {
        match value {
            Value::Null => Self::Absent,
            value => T::of(value).map_or_else(|| Self::Wrong(T::expected()), Self::Is),
        }
    }
}

impl<T: Shape> Shape for Items<T> {
    fn expected() -> String {
        "this must be a list: put each entry after '- '".to_owned()
    }

    fn of(value: Value) -> Option<Self> {
        from_value(value).ok().map(Self)
    }
}

impl Shape for Scalar {
    fn expected() -> String {
        "this must be text".to_owned()
    }

    fn of(value: Value) -> Option<Self> {
        let is_plain = match value {
            Value::Number(_) => true,
            Value::String(_) | Value::Bool(_) => false,
            _ => return None,
        };
        Some(Self { is_plain })
    }
}

impl<T: DeserializeOwned> Shape for Keys<T> {
    fn expected() -> String {
        format!("here must be a mapping with {}", names::<T>().join(", "))
    }

    fn of(value: Value) -> Option<Self> {
        let Value::Mapping(all) = value else {
            return None;
        };
        let names = names::<T>();
        let (known, others): (Mapping, Mapping) = all
            .into_iter()
            .partition(|(key, _)| key.as_str().is_some_and(|key| names.contains(&key)));
        let unknown = others.keys().filter_map(Value::as_str).map(str::to_owned);
        Some(Self {
            unknown: unknown.collect(),
            fields: from_value(Value::Mapping(known)).ok()?,
        })
    }
}

/// What is wrong in a file.
#[derive(Debug)]
pub(super) struct Problems<'a> {
    source: Source<'a>,
    found: RefCell<Vec<Problem>>,
}

impl<'a> Problems<'a> {
    pub(super) fn of(source: Source<'a>) -> Self {
        let found = RefCell::default();
        Self { source, found }
    }

    pub(super) fn in_order(self) -> Vec<Problem> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|problem| problem.place);
        found
    }
}

/// A value's way in the file.
#[derive(Clone, Debug)]
pub(super) struct At<'a> {
    problems: &'a Problems<'a>,
    path: Vec<Segment>,
}

impl<'a> At<'a> {
    /// The whole file.
    pub(super) fn root(problems: &'a Problems<'a>) -> Self {
        let path = Vec::new();
        Self { problems, path }
    }

    pub(super) fn key(&self, key: &str) -> Self {
        self.with(Segment::Key(key.to_owned()))
    }

    fn with(&self, segment: Segment) -> Self {
        let mut at = self.clone();
        at.path.push(segment);
        at
    }

    pub(super) fn place(&self) -> Position {
        self.problems.source.place(&self.path)
    }

    /// Tells what is wrong with the value.
    pub(super) fn wrong(&self, message: impl Into<String>) {
        self.wrong_at(self.place(), message.into());
    }

    fn wrong_at(&self, place: Position, message: String) {
        let problem = Problem { place, message };
        self.problems.found.borrow_mut().push(problem);
    }

    /// The value, if it is of the right shape.
    pub(super) fn read<T>(&self, field: Field<T>) -> Option<T> {
        match field {
            Field::Is(value) => Some(value),
            Field::Absent => None,
            Field::Wrong(expected) => {
                self.wrong(expected);
                None
            }
        }
    }

    /// The fields of a mapping; keys that are not known are told.
    pub(super) fn fields<T: DeserializeOwned>(&self, field: Field<Keys<T>>) -> Option<Keys<T>> {
        let mapping = self.read(field)?;
        for key in &mapping.unknown {
            let place = self.problems.source.place_of_key(&self.path, key);
            self.wrong_at(place, unknown(key, names::<T>()));
        }
        Some(mapping)
    }

    /// The items of a list; none when there is no list.
    pub(super) fn items<T>(&self, list: List<T>) -> impl Iterator<Item = (Self, Field<T>)> {
        let items = self.read(list).map(|items| items.0).unwrap_or_default();
        let item = |(index, item)| (self.with(Segment::Item(index)), item);
        items.into_iter().enumerate().map(item)
    }

    /// The text of a scalar, with its place.
    pub(super) fn text(&self, field: Field<Scalar>) -> Option<Text<'a>> {
        self.read(field)?;
        let value = self.problems.source.text(&self.path)?;
        let at = self.clone();
        Some(Text { at, value })
    }

    /// A number that the file writes without quotes; `None` for all else.
    pub(super) fn number<N: std::str::FromStr>(&self, scalar: Scalar) -> Option<N> {
        let text = self.problems.source.text(&self.path);
        text.filter(|_| scalar.is_plain)?.parse().ok()
    }
}

impl<T> Field<T> {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<T> Keys<T> {
    /// Tells that a key must be there, unless it is, or is there with a slip that has been told already.
    pub(super) fn require<F>(&self, at: &At<'_>, key: &'static str, field: &Field<F>) {
        let is_meant = |unknown: &String| nearest(unknown, [key].into_iter()).is_some();
        if field.is_absent() && !self.unknown.iter().any(is_meant) {
            at.wrong(format!("'{key}' is missing here"));
        }
    }
}

/// A text with its place.
#[derive(Clone, Debug)]
pub(super) struct Text<'a> {
    pub(super) at: At<'a>,
    pub(super) value: String,
}

fn unknown(key: &str, known: &[&str]) -> String {
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("{key:?} isn't known here; did you mean '{near}'?"),
        None => format!("{key:?} isn't known here; known are {}", known.join(", ")),
    }
}

/// The keys of a struct, as serde knows them.
fn names<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // Fails by design: it has no value to give.
    let _ = T::deserialize(FieldNames(&mut names));
    names
}

/// Is given the names of a struct's fields instead of giving their values.
struct FieldNames<'n>(&'n mut &'static [&'static str]);

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        Err(Self::Error::custom("only names are read"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("only names are read"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
