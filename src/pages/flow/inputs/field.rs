//! One input as a field: its text on the screen, and the value that text stands for. A text that stands for nothing is
//! kept together with the reason, so that typing is never lost.

use flowdeck_contract::{Exact, shown::Name};
use flowdeck_flow::{FlowInput, LongDefault, ValueType};
use serde_json::Value;

/// How an input is entered.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    /// A whole number.
    Int,
    /// Any number.
    Double,
    /// Yes or no.
    Bool,
    /// Text.
    Text,
    /// Text that is not shown and not remembered.
    Secret,
    /// A JSON list.
    List,
    /// A JSON object.
    Object,
    /// A picture: a path or an address, or a JSON object as promptflow writes pictures.
    Media,
    /// One of these values.
    Choice(Vec<Value>),
}

/// What an input is to a chat flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatRole {
    /// The message.
    Input,
    /// What was said before.
    History,
}

/// One input as a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The input's name.
    pub name: Name,
    /// The type as the flow names it.
    pub type_name: &'static str,
    /// How it is entered.
    pub kind: FieldKind,
    /// What it is for.
    pub description: Option<String>,
    /// What it is to a chat flow.
    pub chat: Option<ChatRole>,
    default: Default,
}

/// What a run uses when nothing is entered.
#[derive(Clone, Debug, PartialEq)]
enum Default {
    None,
    Whole(Value),
    /// Only its beginning is here.
    Long(LongDefault),
}

impl From<&FlowInput> for Field {
    fn from(input: &FlowInput) -> Self {
        let chat = match (input.is_chat_input, input.is_chat_history) {
            (_, true) => Some(ChatRole::History),
            (true, false) => Some(ChatRole::Input),
            (false, false) => None,
        };
        Self {
            name: input.name.as_str().into(),
            type_name: input.input_type.as_str(),
            kind: FieldKind::of(input),
            description: input.description.clone(),
            chat,
            default: match (&input.long_default, &input.default) {
                (Some(long), _) => Default::Long(long.clone()),
                (None, Some(value)) => Default::Whole(value.clone()),
                (None, None) => Default::None,
            },
        }
    }
}

impl FieldKind {
    fn of(input: &FlowInput) -> Self {
        if !input.enum_values.is_empty() {
            return FieldKind::Choice(input.enum_values.clone());
        }
        match input.input_type {
            ValueType::Int => FieldKind::Int,
            ValueType::Double => FieldKind::Double,
            ValueType::Bool => FieldKind::Bool,
            ValueType::Secret => FieldKind::Secret,
            ValueType::List => FieldKind::List,
            ValueType::Object | ValueType::AssistantDefinition => FieldKind::Object,
            ValueType::Image => FieldKind::Media,
            ValueType::String | ValueType::PromptTemplate | ValueType::FilePath => FieldKind::Text,
        }
    }
}

impl Field {
    /// The text that stands for the default; empty when there is none, the beginning when there is no more of it here.
    #[must_use]
    pub fn default_text(&self) -> String {
        match (&self.default, &self.kind) {
            (Default::Whole(value), _) => self.text_of(&value.into()),
            (Default::Long(long), _) => long.beginning.clone(),
            (Default::None, FieldKind::Choice(values)) => {
                values.first().map(ToString::to_string).unwrap_or_default()
            }
            (Default::None, FieldKind::Bool) => "false".to_owned(),
            (Default::None, _) if self.chat == Some(ChatRole::History) => "[]".to_owned(),
            (Default::None, _) => String::new(),
        }
    }

    /// The default, where only its beginning is here: its text stands for nothing.
    #[must_use]
    pub fn long_default(&self) -> Option<&LongDefault> {
        match &self.default {
            Default::Long(long) => Some(long),
            Default::None | Default::Whole(_) => None,
        }
    }

    /// The text that stands for `value`.
    #[must_use]
    pub fn text_of(&self, value: &Exact) -> String {
        match &self.kind {
            FieldKind::Choice(_) => value.json().to_owned(),
            _ => value.as_text().unwrap_or_else(|| crate::ui::pretty(value)),
        }
    }

    /// The value that `text` stands for, or what is wrong with it as a sentence.
    pub fn parse(&self, text: &str) -> Result<Exact, &'static str> {
        let trimmed = text.trim();
        match &self.kind {
            FieldKind::Text | FieldKind::Secret => Ok(Exact::text(text)),
            FieldKind::Int => parse_int(trimmed).ok_or("Enter a whole number, such as 42."),
            FieldKind::Double => parse_double(trimmed).ok_or("Enter a number, such as 0.5."),
            FieldKind::Bool => Ok(Value::from(trimmed == "true").into()),
            FieldKind::List => {
                parse_json(trimmed, Exact::is_list).ok_or("Enter a JSON list, such as [\"a\", 1].")
            }
            FieldKind::Object => parse_json(trimmed, Exact::is_object)
                .ok_or("Enter a JSON object, such as {\"a\": 1}."),
            FieldKind::Media if trimmed.starts_with('{') => parse_json(trimmed, Exact::is_object)
                .ok_or("Enter an address, or a path in the flow folder."),
            FieldKind::Media if trimmed.is_empty() => {
                Err("Choose a picture, or enter its address.")
            }
            FieldKind::Media => Ok(Exact::text(trimmed)),
            FieldKind::Choice(values) => {
                let mut written = values.iter().map(|value| (value.to_string(), value));
                let chosen = written.find(|(shown, _)| shown == text);
                chosen
                    .map(|(_, value)| value.into())
                    .ok_or("Choose one of the values.")
            }
        }
    }
}

/// A whole number of any size.
fn parse_int(text: &str) -> Option<Exact> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    let digits = if significant.is_empty() {
        "0"
    } else {
        significant
    };
    Exact::parse(format!("{sign}{digits}")).ok()
}

/// A number with the digits that were typed, as JSON writes it.
///
/// Rust's own parser isn't used: its tables of powers are a thirtieth of what the page of a flow loads first.
fn parse_double(text: &str) -> Option<Exact> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let first = if whole.is_empty() { fraction } else { whole };
    if !first.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let significant = whole.trim_start_matches('0');
    let whole = if significant.is_empty() {
        "0"
    } else {
        significant
    };
    let mut json = format!("{sign}{whole}");
    for (mark, digits) in [
        (".", Some(fraction).filter(|digits| !digits.is_empty())),
        ("e", exponent),
    ] {
        if let Some(digits) = digits {
            json.push_str(mark);
            json.push_str(digits);
        }
    }
    // What is no number, and one that no double holds, fails here.
    serde_json::from_str::<f64>(&json).ok()?;
    Exact::parse(json).ok()
}

fn parse_json(text: &str, fits: impl Fn(&Exact) -> bool) -> Option<Exact> {
    Exact::parse(text).ok().filter(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(input_type: ValueType, default: Option<Value>, enum_values: Vec<Value>) -> Field {
        Field::from(&FlowInput {
            name: "x".into(),
            input_type,
            default,
            long_default: None,
            description: None,
            enum_values,
            is_chat_input: false,
            is_chat_history: false,
        })
    }

    #[test]
    fn texts_stand_for_values_of_the_input_s_type() {
        for (input_type, text, value) in [
            (ValueType::Int, " -7 ", json!(-7)),
            (ValueType::Int, "+007", json!(7)),
            (ValueType::Double, "1e3", json!(1000.0)),
            (ValueType::Double, "+.5", json!(0.5)),
            (ValueType::Double, "-007.", json!(-7)),
            (ValueType::Bool, "true", json!(true)),
            (ValueType::Bool, "false", json!(false)),
            (ValueType::String, " as typed\n", json!(" as typed\n")),
            (ValueType::List, "[1, \"a\"]", json!([1, "a"])),
            (ValueType::Object, "{\"b\": null}", json!({"b": null})),
            (ValueType::Image, "cat.png", json!("cat.png")),
            (
                ValueType::Image,
                "{\"data:image/png;path\": \"c.png\"}",
                json!({"data:image/png;path": "c.png"}),
            ),
        ] {
            let parsed = field(input_type, None, Vec::new()).parse(text).unwrap();
            assert_eq!(parsed, value, "{text}");
        }
    }

    #[test]
    fn no_digit_of_a_number_is_lost() {
        for (input_type, text) in [
            (ValueType::Int, "123456789012345678901234"),
            (ValueType::Double, "0.30000000000000004"),
            (ValueType::Double, "1e22"),
            (ValueType::List, "[18446744073709551615, 1e400]"),
        ] {
            let parsed = field(input_type, None, Vec::new()).parse(text).unwrap();
            assert_eq!(parsed.json(), text);
        }
    }

    #[test]
    fn a_text_that_stands_for_nothing_says_what_to_enter() {
        for (input_type, text) in [
            (ValueType::Int, ""),
            (ValueType::Int, "1.5"),
            (ValueType::Double, "many"),
            (ValueType::Double, "inf"),
            (ValueType::Double, "."),
            (ValueType::Double, "1e"),
            (ValueType::Double, "1e999"),
            (ValueType::List, "{}"),
            (ValueType::List, "[1,"),
            (ValueType::Object, "[]"),
            (ValueType::Image, "{"),
        ] {
            assert!(
                field(input_type, None, Vec::new()).parse(text).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn every_default_survives_its_text() {
        for (input_type, default) in [
            (ValueType::Int, json!(3)),
            (ValueType::Double, json!(0.25)),
            (ValueType::Bool, json!(true)),
            (ValueType::String, json!("a \"quoted\" text")),
            (ValueType::List, json!([{"a": 1}])),
            (ValueType::Object, json!({})),
        ] {
            let field = field(input_type, Some(default.clone()), Vec::new());
            assert_eq!(field.parse(&field.default_text()).unwrap(), default);
        }
    }

    #[test]
    fn a_choice_keeps_its_values_apart_by_type() {
        let field = field(ValueType::String, None, vec![json!("1"), json!(1)]);
        assert_eq!(field.parse("1"), Ok(json!(1).into()));
        assert_eq!(field.parse("\"1\""), Ok(json!("1").into()));
        assert_eq!(field.default_text(), "\"1\"");
        assert!(field.parse("2").is_err());
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::parse_double;

    proptest! {
        #[test]
        fn a_number_is_what_rust_reads(text in "[+-]{0,2}[0-9]{0,5}[.]?[0-9]{0,5}([eE][+-]?[0-9]{0,3})?") {
            let read = text.parse::<f64>().ok().filter(|number| number.is_finite());
            let parsed = parse_double(&text).map(|number| number.json().parse::<f64>());
            prop_assert_eq!(parsed, read.map(Ok));
        }
    }
}
