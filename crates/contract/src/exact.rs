//! Values of flows without any loss: numbers of any size and precision, and those that JSON doesn't have.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::SerializeMap as _,
};
use serde_json::{Value, value::RawValue};

/// A value as the exact text of its JSON, so that no number loses a digit and no text a character on its way.
///
/// A number that JSON does not know is `{"$number": "NaN"}`, or so with `Infinity` or `-Infinity`; a key that is `$number` after
/// one or more `$` stands for the key with one `$` less.
#[derive(Clone)]
pub struct Exact(Box<RawValue>);

impl Exact {
    /// Reads JSON.
    ///
    /// # Errors
    /// When `text` is none.
    pub fn parse(text: impl Into<String>) -> serde_json::Result<Self> {
        RawValue::from_string(text.into()).map(Self)
    }

    /// Nothing, which is a value.
    #[must_use]
    pub fn null() -> Self {
        Self(RawValue::NULL.to_owned())
    }

    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::from(&Value::from(text))
    }

    /// Its JSON.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.get()
    }

    /// Its text, when it is one. Half of a surrogate pair, which is no character, shows as its escape.
    #[must_use]
    pub fn as_text(&self) -> Option<String> {
        let json = self.json();
        if !json.starts_with('"') {
            return None;
        }
        let text = serde_json::from_str(json);
        text.or_else(|_| serde_json::from_str(&halves_escaped(json)))
            .ok()
    }

    /// Its members, when it is an object.
    #[must_use]
    pub fn members(&self) -> Option<Values> {
        serde_json::from_str(self.json()).ok()
    }

    /// The member `key`, when it is an object that has it.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<Self> {
        self.members()?.get(key).cloned()
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.json() == "null"
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.json().starts_with('{')
    }

    /// Whether it is a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.json().starts_with('[')
    }
}

/// JSON whose halves of surrogate pairs are written as texts of their escapes.
fn halves_escaped(json: &str) -> String {
    let unit = |at: usize| {
        let digits = json.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut out, mut at) = (String::with_capacity(json.len() + 8), 0);
    while let Some(next) = json.get(at..).and_then(|rest| rest.find('\\')) {
        out.push_str(&json[at..at + next]);
        at += next;
        let length = match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push('\\');
                out.push('\\');
                at += 1;
                continue;
            }
            _ => 2,
        };
        let end = (at + length).min(json.len());
        out.push_str(json.get(at..end).unwrap_or_default());
        at = end;
    }
    out.push_str(json.get(at..).unwrap_or_default());
    out
}

impl From<&Value> for Exact {
    fn from(value: &Value) -> Self {
        Self::parse(value.to_string()).unwrap_or_else(|_| Self::null())
    }
}

impl From<Value> for Exact {
    fn from(value: Value) -> Self {
        Self::from(&value)
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

impl Eq for Exact {}

impl PartialEq<Value> for Exact {
    fn eq(&self, other: &Value) -> bool {
        serde_json::from_str::<Value>(self.json()).is_ok_and(|value| value == *other)
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.json())
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::deserialize(deserializer).map(Self)
    }
}

/// Values by name, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(Vec<(String, Exact)>);

impl Values {
    /// The value `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Exact> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    /// Sets the value `name`.
    pub fn insert(&mut self, name: impl Into<String>, value: Exact) {
        let name = name.into();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = value,
            None => self.0.push((name, value)),
        }
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Exact)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, Exact)> for Values {
    fn from_iter<I: IntoIterator<Item = (String, Exact)>>(values: I) -> Self {
        let mut all = Self::default();
        values
            .into_iter()
            .for_each(|(name, value)| all.insert(name, value));
        all
    }
}

impl IntoIterator for Values {
    type Item = (String, Exact);
    type IntoIter = std::vec::IntoIter<(String, Exact)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Values;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values, A::Error> {
                let mut values = Vec::new();
                while let Some(member) = map.next_entry()? {
                    values.push(member);
                }
                Ok(Values(values))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_survives() {
        let text = r#"{"id":123456789012345678901234,"f":0.30000000000000004,"e":1e22,"n":{"$number":"NaN"}}"#;
        let values: Values = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&values).unwrap(), text);
        assert_eq!(values.get("f").unwrap().json(), "0.30000000000000004");
    }

    #[test]
    fn deep_values_pass() {
        let text = format!("{}{}", "[".repeat(3_000), "]".repeat(3_000));
        assert_eq!(Exact::parse(text.clone()).unwrap().json(), text);
    }

    #[test]
    fn half_a_pair_shows_as_its_escape() {
        let half = Exact::parse(r#""half \ud83d of \\ud83d \ud83d\ude00""#).unwrap();
        assert_eq!(half.as_text().unwrap(), "half \\ud83d of \\ud83d 😀");
        assert_eq!(Exact::text("a").as_text().as_deref(), Some("a"));
    }
}
