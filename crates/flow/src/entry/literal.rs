//! Python's literals as JSON.

use serde_json::{Map, Number, Value};

/// The value of a literal; `None` of any other code.
pub(super) fn read(code: &str) -> Option<Value> {
    let mut reader = Reader {
        rest: code,
        depth: 0,
    };
    let value = reader.value()?;
    reader.space();
    reader.rest.is_empty().then_some(value)
}

/// Nobody writes a default that goes deeper.
const DEEPEST: usize = 20;

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn takes(&mut self, text: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self) -> Option<Value> {
        self.space();
        match self.rest.chars().next()? {
            quote @ ('"' | '\'') => self.text(quote).map(Value::String),
            '[' => self.items("[", "]").map(Value::Array),
            '(' => self.items("(", ")").map(Value::Array),
            '{' => self.members().map(Value::Object),
            _ => self.word(),
        }
    }

    /// A number or the name of a value.
    fn word(&mut self) -> Option<Value> {
        let ends = |character: char| {
            character.is_whitespace() || matches!(character, ',' | ']' | ')' | '}' | ':')
        };
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "None" => Some(Value::Null),
            "True" => Some(Value::Bool(true)),
            "False" => Some(Value::Bool(false)),
            number => {
                let plain = number.replace('_', "");
                let whole = plain.parse::<i64>().ok().map(Number::from);
                let is_number = plain
                    .starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
                let broken = || Number::from_f64(plain.parse().ok()?);
                is_number
                    .then(|| whole.or_else(broken))
                    .flatten()
                    .map(Value::Number)
            }
        }
    }

    fn text(&mut self, quote: char) -> Option<String> {
        let long: String = [quote; 3].iter().collect();
        if self.rest.starts_with(&long) {
            return None;
        }
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => text.push(match characters.next()?.1 {
                    'n' => '\n',
                    't' => '\t',
                    plain @ ('\\' | '\'' | '"') => plain,
                    _ => return None,
                }),
                _ if character == quote => {
                    self.rest = self.rest.get(at + 1..)?;
                    return Some(text);
                }
                _ => text.push(character),
            }
        }
        None
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let value = (self.depth <= DEEPEST).then(|| read(self)).flatten();
        self.depth -= 1;
        value
    }

    fn items(&mut self, open: &str, close: &str) -> Option<Vec<Value>> {
        self.takes(open);
        let mut items = Vec::new();
        let mut ends = self.takes(close);
        let mut has_comma = false;
        while !ends {
            items.push(self.deeper(Self::value)?);
            has_comma = self.takes(",");
            ends = self.takes(close);
            if !ends && !has_comma {
                return None;
            }
        }
        // `(1)` isn't a tuple.
        let is_one = close == ")" && items.len() == 1 && !has_comma;
        (!is_one).then_some(items)
    }

    fn members(&mut self) -> Option<Map<String, Value>> {
        self.takes("{");
        let mut members = Map::new();
        while !self.takes("}") {
            let Value::String(key) = self.deeper(Self::value)? else {
                return None;
            };
            if !self.takes(":") {
                return None;
            }
            members.insert(key, self.deeper(Self::value)?);
            if !self.takes(",") && !self.rest.trim_start().starts_with('}') {
                return None;
            }
        }
        Some(members)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn literals_are_values_and_nothing_else_is() {
        for (code, value) in [
            ("'it\\'s'", json!("it's")),
            ("\"a\\n\"", json!("a\n")),
            ("-1_000", json!(-1000)),
            ("0.5", json!(0.5)),
            ("1e3", json!(1000.0)),
            ("True", json!(true)),
            ("None", json!(null)),
            ("[1, 'a', [],]", json!([1, "a", []])),
            ("(1,)", json!([1])),
            ("()", json!([])),
            ("{'a': {'b': [None]}, }", json!({"a": {"b": [null]}})),
        ] {
            assert_eq!(read(code), Some(value), "{code}");
        }
        for code in [
            "", "x", "f()", "1 + 1", "'a' 'b'", "f'a'", "b'a'", "'a", "[1", "[1 2]", "{1: 2}",
            "{'a'}", "inf", "nan", "'''a'''", "(1)", "'\\x41'",
        ] {
            assert_eq!(read(code), None, "{code}");
        }
        assert_eq!(read(&"[".repeat(100_000)), None);
    }

    proptest! {
        #[test]
        fn any_code_is_read_or_not(code in "[a-z0-9'\"\\[\\](){}:,\\\\ éN.+-]{0,40}") {
            let _ = read(&code);
        }
    }
}
