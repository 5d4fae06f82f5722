//! What a call of a model is to be given, as a person changes it. Pure.

use flowdeck_contract::{Exact, Values};
use flowdeck_flow::{ValueType, model_parameters};

/// A call as its fields have it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    pub(super) model: String,
    pub(super) asked: Asked,
    pub(super) parameters: Vec<Parameter>,
}

/// What the model is asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// A chat.
    Messages(Vec<Message>),
    /// A text to complete.
    Prompt(Content),
}

/// A message of a chat.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    /// Its field's; no other message of the draft has it.
    pub(super) key: usize,
    pub(super) role: String,
    pub(super) content: Content,
    /// What else it has, such as calls of tools.
    rest: Values,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    Text(String),
    /// What isn't text alone, as JSON.
    Json(String),
}

impl Content {
    fn read(value: &Exact) -> Self {
        match value.as_text() {
            Some(text) => Self::Text(text),
            None => Self::Json(crate::ui::pretty(value)),
        }
    }

    pub(super) fn text(&self) -> &str {
        let (Self::Text(text) | Self::Json(text)) = self;
        text
    }

    pub(super) fn set(&mut self, to: String) {
        let (Self::Text(text) | Self::Json(text)) = self;
        *text = to;
    }

    fn value(&self, what: &str) -> Result<Exact, String> {
        match self {
            Self::Text(text) => Ok(Exact::text(text)),
            Self::Json(text) => json(text, what),
        }
    }
}

/// A parameter; without a text it isn't sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) text: String,
    /// Whether its text is the value itself, rather than JSON.
    pub(super) is_text: bool,
}

/// Why a recorded call can't be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It was no chat and no completion.
    OtherKind,
    /// What it was given was too large to be kept.
    NotKept,
}

/// What isn't a parameter of the model, or not a person's to set here.
const NO_PARAMETERS: [&str; 6] = [
    "messages",
    "prompt",
    "model",
    "deployment_name",
    "stream",
    "stream_options",
];

impl Draft {
    /// The draft that gives the model what a recorded call gave it.
    pub(super) fn read(inputs: Option<&Exact>) -> Result<Self, Unusable> {
        let inputs = inputs.ok_or(Unusable::NotKept)?;
        let given = inputs.members().ok_or(Unusable::NotKept)?;
        let asked = match (given.get("messages"), given.get("prompt")) {
            (Some(messages), _) => Asked::Messages(self::messages(messages)?),
            (None, Some(prompt)) => Asked::Prompt(Content::read(prompt)),
            (None, None) => return Err(Unusable::OtherKind),
        };
        let api = match asked {
            Asked::Messages(_) => "chat",
            Asked::Prompt(_) => "completion",
        };
        let known = model_parameters(api)
            .filter(|(name, _)| !NO_PARAMETERS.contains(name))
            .map(|(name, kind)| Parameter::of(name, given.get(name), kind == ValueType::String));
        let mut parameters: Vec<Parameter> = known.collect();
        let others = given.iter().filter(|(name, value)| {
            let is_known = parameters.iter().any(|known| known.name == **name);
            !is_known && !NO_PARAMETERS.contains(name) && !value.is_null()
        });
        let others: Vec<Parameter> = others
            .map(|(name, value)| Parameter::of(name, Some(value), false))
            .collect();
        parameters.extend(others);
        Ok(Self {
            model: given
                .get("model")
                .and_then(Exact::as_text)
                .unwrap_or_default(),
            asked,
            parameters,
        })
    }

    /// What the model's client is given; else which field is wrong, and why.
    pub(super) fn request(&self) -> Result<Exact, String> {
        let mut values = Values::default();
        let model = self.model.trim();
        if model.is_empty() {
            return Err("Enter a model.".to_owned());
        }
        values.insert("model", Exact::text(model));
        match &self.asked {
            Asked::Messages(messages) if messages.is_empty() => {
                return Err("Add a message.".to_owned());
            }
            Asked::Messages(messages) => {
                let all = messages
                    .iter()
                    .enumerate()
                    .map(|(at, message)| message.value(at));
                let all = all.collect::<Result<Vec<Exact>, String>>()?;
                values.insert("messages", list(&all));
            }
            Asked::Prompt(prompt) => values.insert("prompt", prompt.value("The prompt")?),
        }
        for parameter in &self.parameters {
            if let Some(value) = parameter.value()? {
                values.insert(parameter.name.as_str(), value);
            }
        }
        Ok(object(&values))
    }

    /// What of the recorded call isn't in it, in words.
    pub(super) fn lacks(&self) -> Option<&'static str> {
        let has = |part: &str| match &self.asked {
            Asked::Messages(messages) => {
                let mut messages = messages.iter();
                messages.any(|message| message.content.text().contains(part))
            }
            Asked::Prompt(prompt) => prompt.text().contains(part),
        };
        if has("(a file: ") {
            return Some(
                "A file of this call isn’t kept with the run. Replace “(a file: …)” before you run it.",
            );
        }
        has("**data_scrubbed**").then_some(
            "A secret in this call isn’t kept with the run. Replace “**data_scrubbed**” before you run it.",
        )
    }

    /// Adds an empty message of a person's.
    pub(super) fn add_message(&mut self) {
        if let Asked::Messages(messages) = &mut self.asked {
            let key = messages.iter().map(|message| message.key + 1).max();
            messages.push(Message {
                key: key.unwrap_or(0),
                role: "user".to_owned(),
                content: Content::Text(String::new()),
                rest: Values::default(),
            });
        }
    }
}

impl Message {
    fn read((key, message): (usize, &Exact)) -> Self {
        let members = message.members().unwrap_or_default();
        let role = members.get("role").and_then(Exact::as_text);
        let content = members
            .get("content")
            .map_or_else(|| Content::Json("null".to_owned()), Content::read);
        let rest = members
            .iter()
            .filter(|(name, _)| !matches!(*name, "role" | "content"))
            .map(|(name, value)| (name.to_owned(), value.clone()));
        Self {
            key,
            role: role.unwrap_or_default(),
            content,
            rest: rest.collect(),
        }
    }

    fn value(&self, at: usize) -> Result<Exact, String> {
        let mut values = Values::default();
        values.insert("role", Exact::text(self.role.trim()));
        let what = format!("Message {}", at + 1);
        values.insert("content", self.content.value(&what)?);
        for (name, value) in self.rest.iter() {
            values.insert(name, value.clone());
        }
        Ok(object(&values))
    }
}

impl Parameter {
    fn of(name: &str, value: Option<&Exact>, is_text: bool) -> Self {
        let value = value.filter(|value| !value.is_null());
        let text = value.and_then(Exact::as_text);
        Self {
            name: name.to_owned(),
            is_text: text.is_some() || (is_text && value.is_none()),
            text: text
                .or_else(|| value.map(|value| value.json().to_owned()))
                .unwrap_or_default(),
        }
    }

    /// Its value; nothing where it isn't to be sent.
    pub(super) fn value(&self) -> Result<Option<Exact>, String> {
        match self.text.trim() {
            "" => Ok(None),
            _ if self.is_text => Ok(Some(Exact::text(&self.text))),
            text => json(text, &self.name).map(Some),
        }
    }
}

fn messages(list: &Exact) -> Result<Vec<Message>, Unusable> {
    let all: Vec<Exact> = serde_json::from_str(list.json()).map_err(|_| Unusable::NotKept)?;
    Ok(all.iter().enumerate().map(Message::read).collect())
}

fn json(text: &str, what: &str) -> Result<Exact, String> {
    Exact::parse(text.trim()).map_err(|error| format!("{what} isn’t JSON: {error}."))
}

fn list(values: &[Exact]) -> Exact {
    let all: Vec<&str> = values.iter().map(Exact::json).collect();
    Exact::parse(format!("[{}]", all.join(","))).unwrap_or_else(|_| Exact::null())
}

fn object(values: &Values) -> Exact {
    let json = serde_json::to_string(values).unwrap_or_default();
    Exact::parse(json).unwrap_or_else(|_| Exact::null())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(inputs: Value) -> Result<Draft, Unusable> {
        Draft::read(Some(&Exact::from(inputs)))
    }

    fn sent(draft: &Draft) -> Result<Value, String> {
        let request = draft.request()?;
        Ok(serde_json::from_str(request.json()).unwrap())
    }

    #[test]
    fn a_call_that_isnt_changed_is_sent_as_it_was() {
        let picture = json!([{"type": "image_url", "image_url": {"url": "https://a/b.png"}}]);
        let calls =
            json!([{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]);
        for inputs in [
            json!({"model": "m", "messages": [{"role": "system", "content": " a\n"}, {"role": "user", "content": picture}], "temperature": 0.20, "stop": "x", "reasoning_effort": "low"}),
            json!({"model": "m", "messages": [{"role": "assistant", "content": null, "tool_calls": calls}], "tools": [{"a": 1}], "user": "7"}),
            json!({"model": "m", "prompt": "complete", "max_tokens": 7}),
        ] {
            assert_eq!(sent(&read(inputs.clone()).unwrap()).unwrap(), inputs);
        }
        let streamed = json!({"model": "m", "prompt": "p", "stream": true, "n": null});
        let expected = json!({"model": "m", "prompt": "p"});
        assert_eq!(sent(&read(streamed).unwrap()).unwrap(), expected);
    }

    #[test]
    fn what_is_typed_is_sent_and_what_cant_be_says_why() {
        let mut draft = read(json!({"model": "m", "messages": []})).unwrap();
        assert_eq!(sent(&draft), Err("Add a message.".to_owned()));
        draft.add_message();
        draft.add_message();
        let Asked::Messages(messages) = &mut draft.asked else {
            panic!("no chat");
        };
        assert_ne!(messages[0].key, messages[1].key);
        messages.remove(0);
        messages[0].content.set("hi".to_owned());
        let set = |draft: &mut Draft, name: &str, text: &str| {
            let parameter = draft.parameters.iter_mut().find(|one| one.name == name);
            parameter.unwrap().text = text.to_owned();
        };
        set(&mut draft, "temperature", " 1.5 ");
        set(&mut draft, "user", "007");
        let expected = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "temperature": 1.5, "user": "007"});
        assert_eq!(sent(&draft).unwrap(), expected);
        set(&mut draft, "temperature", "warm");
        assert!(
            sent(&draft)
                .unwrap_err()
                .starts_with("temperature isn’t JSON")
        );
        draft.model.clear();
        assert_eq!(sent(&draft), Err("Enter a model.".to_owned()));
    }

    #[test]
    fn a_call_that_cant_be_sent_again_says_why() {
        assert_eq!(Draft::read(None), Err(Unusable::NotKept));
        for (inputs, why) in [
            (json!("(not kept: 300000 bytes of JSON)"), Unusable::NotKept),
            (json!({"messages": "(not kept)"}), Unusable::NotKept),
            (json!({"input": "embed"}), Unusable::OtherKind),
        ] {
            assert_eq!(read(inputs), Err(why));
        }
        let lost = json!({"messages": [{"role": "user", "content": [{"url": "(a file: 2000 characters of base64)"}]}]});
        assert!(read(lost).unwrap().lacks().is_some());
        assert_eq!(read(json!({"prompt": "a file"})).unwrap().lacks(), None);
    }
}
