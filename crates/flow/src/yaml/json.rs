//! Values as JSON and text, within a budget: aliases may name one value many times.

use serde_json::{Map, Number, Value as Json};

use super::scalar::Scalar;
use super::tree::{Content, NodeId, Span, Value};

/// Copies values out of the tree; stops, and remembers where, when the copies outgrow the text
/// many times over.
#[derive(Debug)]
pub(crate) struct Expander {
    left: usize,
    /// Values being copied, outermost first: a value inside of itself has no JSON.
    inside: Vec<NodeId>,
    exhausted_at: Option<Span>,
}

impl Expander {
    /// For a text of that many bytes. No text without aliases comes near the limit.
    pub(crate) fn for_text_of(bytes: usize) -> Self {
        Self {
            left: bytes.saturating_mul(16).saturating_add(1 << 16),
            inside: Vec::new(),
            exhausted_at: None,
        }
    }

    /// Where copying stopped, if it did.
    pub(crate) fn exhausted_at(&self) -> Option<Span> {
        self.exhausted_at
    }

    /// Accounts for `cost` at `span`; false when it is too much.
    pub(crate) fn spend(&mut self, cost: usize, span: Span) -> bool {
        match self.left.checked_sub(cost) {
            Some(left) => {
                self.left = left;
                true
            }
            None => {
                self.left = 0;
                self.exhausted_at.get_or_insert(span);
                false
            }
        }
    }

    /// A scalar's text, as Python's `str()` gives it.
    pub(crate) fn text(&mut self, value: Value<'_>) -> String {
        let text = value.display();
        if self.spend(text.len() + 1, value.span()) {
            text.into_owned()
        } else {
            String::new()
        }
    }

    /// The text under a key, if it is a text.
    pub(crate) fn optional_text(&mut self, value: Option<Value<'_>>) -> Option<String> {
        let value = value?;
        value.as_str()?;
        Some(self.text(value))
    }

    /// The value as JSON; null where copying stopped.
    pub(crate) fn json(&mut self, value: Value<'_>) -> Json {
        if !self.spend(1, value.span()) {
            return Json::Null;
        }
        let scalar = match value.content() {
            Content::Scalar(scalar) => scalar,
            Content::Sequence(_) | Content::Mapping(_) => return self.collection(value),
        };
        match scalar {
            Scalar::Null => Json::Null,
            Scalar::Bool(value) => Json::Bool(*value),
            Scalar::Integer(value) => Json::Number(integer(*value)),
            Scalar::Float(number) => match Number::from_f64(*number) {
                Some(number) => Json::Number(number),
                None => Json::String(self.text(value)),
            },
            Scalar::Text(_) | Scalar::Merge | Scalar::Other(_) | Scalar::Tagged(_) => {
                Json::String(self.text(value))
            }
        }
    }

    fn collection(&mut self, value: Value<'_>) -> Json {
        if self.inside.contains(&value.id()) {
            self.left = 0;
            self.exhausted_at.get_or_insert(value.span());
            return Json::Null;
        }
        self.inside.push(value.id());
        let json = if let Some(items) = value.items() {
            Json::Array(items.map(|item| self.json(item)).collect())
        } else {
            let entries = value
                .as_mapping()
                .into_iter()
                .flat_map(super::Mapping::entries);
            Json::Object(
                entries
                    .map(|entry| (self.text(entry.key), self.json(entry.value)))
                    .collect::<Map<_, _>>(),
            )
        };
        self.inside.pop();
        json
    }
}

fn integer(value: i128) -> Number {
    match (i64::try_from(value), u64::try_from(value)) {
        (Ok(small), _) => Number::from(small),
        (_, Ok(large)) => Number::from(large),
        #[expect(
            clippy::cast_precision_loss,
            reason = "JSON readers take such numbers as floats too"
        )]
        _ => Number::from_f64(value as f64).unwrap_or_else(|| Number::from(0)),
    }
}
