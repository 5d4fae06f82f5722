//! A recorded call of a model: what it was sent, what it answered, and how it was set. Pure.

use flowdeck_contract::{Exact, runs::TraceCall, shown::shown};

/// What is known of the call, in the shapes of chat, completion and embedding.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::pages::flow) struct ModelCall {
    /// The model that answered, else the one that was named.
    pub(in crate::pages::flow) model: Option<String>,
    pub(in crate::pages::flow) messages: Vec<Message>,
    pub(in crate::pages::flow) answers: Vec<Message>,
    pub(in crate::pages::flow) parameters: Vec<(String, String)>,
    /// Whether it was a chat or a completion.
    pub(in crate::pages::flow) is_asked: bool,
    /// Why the answer ends.
    pub(in crate::pages::flow) finish: Option<String>,
}

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::pages::flow) struct Message {
    pub(in crate::pages::flow) role: String,
    /// Its texts, and as JSON what isn't text.
    pub(in crate::pages::flow) parts: Vec<Exact>,
}

/// Of more parameters the rest isn't listed: all are in the JSON.
const MOST_PARAMETERS: usize = 40;
/// Of more messages only the first and last are shown: all are in the JSON.
pub(in crate::pages::flow) const MOST_MESSAGES: usize = 200;

impl ModelCall {
    /// Reads a call; `None` for one of anything but a model.
    pub(in crate::pages::flow) fn read(call: &TraceCall) -> Option<Self> {
        matches!(call.kind.as_str(), "LLM" | "Embedding").then_some(())?;
        let mut read = Self::default();
        let inputs = call
            .inputs
            .as_ref()
            .and_then(Exact::members)
            .unwrap_or_default();
        read.is_asked = ["messages", "prompt"]
            .iter()
            .any(|name| inputs.get(name).is_some());
        for (name, value) in inputs.iter() {
            match name {
                "messages" => read.messages.extend(items(value).iter().map(message)),
                "prompt" | "input" => read.messages.push(Message {
                    role: name.to_owned(),
                    parts: parts(value),
                }),
                "model" => read.model = value.as_text(),
                _ if value.is_null() || read.parameters.len() >= MOST_PARAMETERS => {}
                _ => read
                    .parameters
                    .push((shown(name).into_owned(), brief(value))),
            }
        }
        if let Some(output) = &call.output {
            read.take_output(output);
        }
        read.model = read.model.map(|model| shown(&model).into_owned());
        Some(read)
    }

    fn take_output(&mut self, output: &Exact) {
        if let Some(model) = output.member("model").and_then(|model| model.as_text()) {
            self.model = Some(model);
        }
        let answer = |parts| Message {
            role: "assistant".to_owned(),
            parts,
        };
        if output.as_text().is_some() {
            return self.answers.push(answer(vec![output.clone()]));
        }
        if output.is_list() {
            let text: String = items(output).iter().filter_map(piece).collect();
            if !text.is_empty() {
                self.answers.push(answer(vec![Exact::text(&text)]));
            }
            return;
        }
        for choice in output.member("choices").iter().flat_map(items) {
            let finish = choice
                .member("finish_reason")
                .and_then(|finish| finish.as_text());
            self.finish = self
                .finish
                .take()
                .or(finish.map(|finish| shown(&finish).into_owned()));
            match (choice.member("message"), choice.member("text")) {
                (Some(said), _) => self.answers.push(message(&said)),
                (None, Some(text)) => self.answers.push(answer(vec![text])),
                (None, None) => {}
            }
        }
    }
}

fn message(message: &Exact) -> Message {
    let role = message.member("role").and_then(|role| role.as_text());
    let content = message.member("content");
    let mut all = content.as_ref().map(parts).unwrap_or_default();
    let calls = ["tool_calls", "function_call", "refusal"];
    all.extend(
        calls
            .iter()
            .filter_map(|name| message.member(name).filter(|value| !value.is_null())),
    );
    Message {
        role: role.map_or_else(
            || "unknown role".to_owned(),
            |role| shown(&role).into_owned(),
        ),
        parts: all,
    }
}

/// A text, or the parts of a message that has several.
fn parts(content: &Exact) -> Vec<Exact> {
    if content.is_null() {
        return Vec::new();
    }
    if !content.is_list() {
        return vec![content.clone()];
    }
    let part = |part: Exact| {
        part.member("text")
            .filter(|text| text.as_text().is_some())
            .unwrap_or(part)
    };
    items(content).into_iter().map(part).collect()
}

/// The text of one piece of a stream.
fn piece(piece: &Exact) -> Option<String> {
    piece.as_text().or_else(|| {
        let choice = items(&piece.member("choices")?).into_iter().next()?;
        choice.member("delta")?.member("content")?.as_text()
    })
}

fn items(list: &Exact) -> Vec<Exact> {
    serde_json::from_str(list.json()).unwrap_or_default()
}

/// A value in a line.
fn brief(value: &Exact) -> String {
    const LONGEST: usize = 120;
    let text = value.as_text().unwrap_or_else(|| value.json().to_owned());
    let text = shown(&text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(call: Value) -> Option<ModelCall> {
        ModelCall::read(&serde_json::from_value(call).unwrap())
    }

    fn texts(messages: &[Message]) -> Vec<(String, Vec<String>)> {
        let text = |part: &Exact| part.as_text().unwrap_or_else(|| part.json().to_owned());
        messages
            .iter()
            .map(|message| {
                (
                    message.role.clone(),
                    message.parts.iter().map(text).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn a_chat_is_read_by_role_with_its_parameters() {
        let call = read(json!({
            "name": "create", "kind": "LLM",
            "inputs": {
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "x"}}]},
                ],
                "model": "small", "temperature": 0.2, "stop": null,
            },
            "output": {"model": "small-2", "choices": [{"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}]},
        })).unwrap();
        assert_eq!(call.model.as_deref(), Some("small-2"));
        assert_eq!(call.finish.as_deref(), Some("stop"));
        assert_eq!(
            call.parameters,
            [("temperature".to_owned(), "0.2".to_owned())]
        );
        let messages = texts(&call.messages);
        assert_eq!(
            messages[0],
            ("system".to_owned(), vec!["Be brief.".to_owned()])
        );
        assert_eq!(messages[1].1[0], "Hi");
        assert!(messages[1].1[1].contains("image_url"));
        assert_eq!(
            texts(&call.answers),
            [("assistant".to_owned(), vec!["Hello".to_owned()])]
        );
    }

    #[test]
    fn streams_completions_and_embeddings_are_read() {
        let stream = json!([{"choices": [{"delta": {"content": "He"}}]}, {"choices": []}, "y"]);
        for (output, expected) in [
            (stream, "Hey"),
            (json!("all"), "all"),
            (json!({"choices": [{"text": "t"}]}), "t"),
        ] {
            let call = read(
                json!({"name": "c", "kind": "LLM", "inputs": {"prompt": "p"}, "output": output}),
            )
            .unwrap();
            assert_eq!(texts(&call.answers)[0].1, [expected]);
            assert_eq!(texts(&call.messages)[0].1, ["p"]);
        }
        let call = read(json!({"name": "e", "kind": "Embedding", "inputs": {"input": ["a", "b"]}, "output": {"data": []}})).unwrap();
        assert_eq!(texts(&call.messages)[0].1, ["a", "b"]);
        assert!(call.answers.is_empty());
    }

    #[test]
    fn nonsense_is_no_reason_to_stop() {
        assert!(read(json!({"name": "f", "kind": "Function"})).is_none());
        for inputs in [
            json!(1),
            json!([]),
            json!({"messages": 7}),
            json!({"messages": [1, null, {"role": 3}]}),
            json!({"prompt": null}),
        ] {
            for output in [
                json!(1),
                json!({"choices": {}}),
                json!({"choices": [1]}),
                json!([[]]),
            ] {
                let call = json!({"name": "c", "kind": "LLM", "inputs": inputs, "output": output});
                assert!(read(call).is_some());
            }
        }
    }
}
