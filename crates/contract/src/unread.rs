//! Values that few readers need.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;

/// A `T` that is on its way as any other, and becomes one only where it is read. Who passes it on, as the browser app's
/// first load does, need not hold the code that knows a `T`.
pub struct Unread<T> {
    json: Value,
    kind: PhantomData<fn() -> T>,
}

impl<T: Serialize> Unread<T> {
    /// Of a value that JSON can hold; of any other it is one that cannot be read.
    #[must_use]
    pub fn of(value: &T) -> Self {
        Self {
            json: serde_json::to_value(value).unwrap_or_default(),
            kind: PhantomData,
        }
    }
}

impl<T: DeserializeOwned> Unread<T> {
    /// The value; `None` when it is another one than was promised.
    #[must_use]
    pub fn read(&self) -> Option<T> {
        T::deserialize(&self.json).ok()
    }
}

impl<T> Clone for Unread<T> {
    fn clone(&self) -> Self {
        Self {
            json: self.json.clone(),
            kind: PhantomData,
        }
    }
}

impl<T> PartialEq for Unread<T> {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

// JSON has no number that differs from itself.
impl<T> Eq for Unread<T> {}

impl<T> fmt::Debug for Unread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.json.fmt(f)
    }
}

impl<T> Serialize for Unread<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Unread<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            json: Value::deserialize(deserializer)?,
            kind: PhantomData,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Millis;

    #[test]
    fn it_is_passed_on_as_it_is_and_read_where_it_is_needed() {
        let value: Unread<Vec<Millis>> = Unread::of(&vec![Millis(1)]);
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(text, "[1]");
        let passed: Unread<Vec<Millis>> = serde_json::from_str(&text).unwrap();
        assert_eq!((passed.read(), &passed), (Some(vec![Millis(1)]), &value));
        let other: Unread<Vec<Millis>> = serde_json::from_str("{}").unwrap();
        assert_eq!(other.read(), None);
    }
}
