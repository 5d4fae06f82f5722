//! What nodes called, as promptflow traces it: bounded, with the tokens that services counted.

use flowdeck_contract::{
    Exact, Millis, Values,
    runs::{TokenCount, TokenUse, TraceCall},
};
use serde_json::Value;

/// Of one node so many calls are kept…
const MOST: usize = 1000;
/// …nested so deep…
const DEEPEST: usize = 16;
/// …with their tokens looked for so deep…
const DEEPEST_TOKENS: usize = 64;
/// …and so many bytes of what they were given and gave.
const LARGEST: usize = 256 * 1024;
/// Of a longer error the beginning is kept, in bytes: the node’s own has more.
const LONGEST_ERROR: usize = 4 * 1024;
/// A longer text within a value that looks like an encoded file is left out.
const LONGEST_FILE: usize = 1024;

/// The calls of `api_calls`, and the tokens of all of them: also of those that there are too many of to be kept.
pub(super) fn read(calls: Option<&Exact>) -> (Vec<TraceCall>, Option<TokenUse>) {
    let mut room = Room {
        calls: MOST,
        bytes: LARGEST,
    };
    let read = calls.map(|calls| room.list(calls, 0)).unwrap_or_default();
    (read.kept, read.tokens)
}

/// The tokens of several; `None` when none of them called a model.
pub(super) fn total(tokens: impl IntoIterator<Item = Option<TokenUse>>) -> Option<TokenUse> {
    tokens.into_iter().flatten().reduce(TokenUse::and)
}

struct Room {
    calls: usize,
    bytes: usize,
}

impl Room {
    fn list(&mut self, calls: &Exact, depth: usize) -> Calls {
        let mut read = Calls::default();
        if depth >= DEEPEST_TOKENS {
            // Whether a model is called there can't be known.
            read.tokens = Some(TokenUse::Unknown);
            return read;
        }
        for call in items(calls) {
            let Some(members) = call.members() else {
                continue;
            };
            let is_kept = depth < DEEPEST && self.calls > 0;
            if is_kept {
                self.calls -= 1;
            }
            let call = self.call(&members, depth, is_kept);
            read.tokens = total([read.tokens, call.tokens]);
            match is_kept {
                true => read.kept.push(call),
                false => read.left_out += 1 + call.left_out,
            }
        }
        read
    }

    /// A call; where it isn't kept, only its tokens, and how many are within it.
    fn call(&mut self, members: &Values, depth: usize, is_kept: bool) -> TraceCall {
        let text = |key: &str| members.get(key).and_then(Exact::as_text);
        let kind = text("type").unwrap_or_default();
        let children = members
            .get("children")
            .filter(|children| !is_empty(children));
        let within = children
            .map(|children| self.list(children, depth + 1))
            .unwrap_or_default();
        let output = present(members, "output");
        let is_model = matches!(kind.as_str(), "LLM" | "Embedding");
        let tokens = match (is_model, within.tokens) {
            // A model’s client can call another; the innermost counts.
            (_, Some(within)) => Some(within),
            (true, None) => Some(output.as_ref().and_then(usage).unwrap_or(TokenUse::Unknown)),
            (false, None) => None,
        };
        let mut call = TraceCall {
            name: String::new(),
            kind,
            started: None,
            ended: None,
            inputs: None,
            output: None,
            error: None,
            tokens,
            children: within.kept,
            left_out: within.left_out,
        };
        if is_kept {
            call.name = text("name").unwrap_or_default();
            call.started = time(members.get("start_time"));
            call.ended = time(members.get("end_time"));
            call.inputs = present(members, "inputs").and_then(|inputs| self.value(&inputs));
            call.output = output.and_then(|output| self.value(&output));
            call.error = present(members, "error").map(|error| message(&error));
        }
        call
    }

    /// A value without files in it, while there is room.
    fn value(&mut self, value: &Exact) -> Option<Exact> {
        let value = match value.json().len() > LONGEST_FILE {
            true => without_files(value)?,
            false => value.clone(),
        };
        let size = value.json().len();
        match self.bytes.checked_sub(size) {
            Some(left) => {
                self.bytes = left;
                Some(value)
            }
            None => Some(Exact::text(&format!("(not kept: {size} bytes of JSON)"))),
        }
    }
}

/// Calls beside each other.
#[derive(Default)]
struct Calls {
    kept: Vec<TraceCall>,
    tokens: Option<TokenUse>,
    /// How many aren't kept, with those within them.
    left_out: u64,
}

/// What an error says, or its beginning.
fn message(error: &Exact) -> String {
    let message = error
        .member("message")
        .and_then(|message| message.as_text());
    let mut message = message.unwrap_or_else(|| error.json().to_owned());
    message.truncate(message.floor_char_boundary(LONGEST_ERROR));
    message
}

fn is_empty(list: &Exact) -> bool {
    list.is_null() || list.json().trim_matches(['[', ']', ' ']).is_empty()
}

fn items(list: &Exact) -> Vec<Exact> {
    serde_json::from_str(list.json()).unwrap_or_default()
}

fn present(members: &Values, key: &str) -> Option<Exact> {
    members.get(key).filter(|value| !value.is_null()).cloned()
}

/// Seconds since 1970, with a fraction.
fn time(seconds: Option<&Exact>) -> Option<Millis> {
    let seconds: f64 = seconds?.json().parse().ok()?;
    let time = std::time::Duration::try_from_secs_f64(seconds).ok()?;
    i64::try_from(time.as_millis()).ok().map(Millis)
}

/// `usage` of a service's answer; `None` when it has none, or it doesn't add up to anything.
fn usage(output: &Exact) -> Option<TokenUse> {
    let usage: Value = serde_json::from_str(output.member("usage")?.json()).ok()?;
    let number = |place: &str| usage.pointer(place).and_then(Value::as_u64);
    let prompt = number("/prompt_tokens").or_else(|| number("/input_tokens"))?;
    let completion = number("/completion_tokens").or_else(|| number("/output_tokens"));
    let total = number("/total_tokens");
    Some(TokenUse::Counted(TokenCount {
        prompt,
        completion: completion.unwrap_or(0),
        total: total.unwrap_or_else(|| prompt.saturating_add(completion.unwrap_or(0))),
        cached: number("/prompt_tokens_details/cached_tokens"),
        reasoning: number("/completion_tokens_details/reasoning_tokens"),
    }))
}

fn without_files(value: &Exact) -> Option<Exact> {
    let mut read: Value = serde_json::from_str(value.json()).ok()?;
    replace_files(&mut read);
    Some(Exact::from(read))
}

fn replace_files(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > LONGEST_FILE && is_file(text) => {
            *text = format!("(a file: {} characters of base64)", text.len());
        }
        Value::Array(items) => items.iter_mut().for_each(replace_files),
        Value::Object(members) => members.values_mut().for_each(replace_files),
        _ => {}
    }
}

/// A data URL, or base64 as it stands.
fn is_file(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-\n".contains(&byte);
    text.starts_with("data:") || text.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn calls(value: Value) -> Vec<TraceCall> {
        read(Some(&Exact::from(value))).0
    }

    #[test]
    fn calls_are_nested_with_the_tokens_that_the_service_counted() {
        let read = calls(json!([{
            "name": "chat", "type": "Function", "start_time": 1.5, "end_time": 2.25, "inputs": {"q": 1}, "output": "hi",
            "system_metrics": {"total_tokens": 0},
            "children": [
                {"name": "create", "type": "LLM", "inputs": {"messages": []}, "children": [], "error": {"message": "no"},
                 "output": {"usage": {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16, "prompt_tokens_details": {"cached_tokens": 3}}}},
                {"name": "embed", "type": "Embedding", "output": {"usage": {"prompt_tokens": 4, "total_tokens": 4}}},
            ],
        }]));
        let counted = TokenCount {
            prompt: 15,
            completion: 5,
            total: 20,
            cached: Some(3),
            reasoning: None,
        };
        assert_eq!(read[0].tokens, Some(TokenUse::Counted(counted)));
        assert_eq!(
            (read[0].started, read[0].ended),
            (Some(Millis(1500)), Some(Millis(2250)))
        );
        assert_eq!(read[0].children[0].error.as_deref(), Some("no"));
    }

    #[test]
    fn what_no_service_counted_is_unknown_and_no_model_is_nothing() {
        let stream = json!([{"name": "s", "type": "LLM", "output": ["a", "b"], "system_metrics": {"total_tokens": 0}}]);
        assert_eq!(calls(stream)[0].tokens, Some(TokenUse::Unknown));
        assert_eq!(
            calls(json!([{"name": "f", "type": "Function"}]))[0].tokens,
            None
        );
        for nonsense in [json!(null), json!({}), json!([1, "x", null]), json!("x")] {
            assert!(calls(nonsense).is_empty());
        }
    }

    #[test]
    fn files_and_large_values_are_left_out_and_depth_and_number_are_bounded() {
        let file = format!("data:image/png;base64,{}", "A".repeat(5000));
        let one = calls(
            json!([{"name": "f", "type": "LLM", "inputs": {"image": file}, "error": {"message": "é".repeat(1_000_000)}, "output": ["long ".repeat(100_000)]}]),
        );
        assert!(one[0].inputs.as_ref().unwrap().json().len() < 200);
        assert!(one[0].output.as_ref().unwrap().json().contains("not kept"));
        assert_eq!(one[0].error.as_ref().unwrap().len(), LONGEST_ERROR);
        let many: Vec<Value> = (0..1500).map(|_| json!({"name": "f"})).collect();
        assert_eq!(calls(json!(many)).len(), MOST);
        let deep = (0..60).fold(
            json!([]),
            |inner, _| json!([{"name": "d", "children": inner}]),
        );
        let (mut depth, mut at) = (0, calls(deep));
        while let Some(first) = at.pop() {
            (depth, at) = (depth + 1, first.children);
        }
        assert_eq!(depth, DEEPEST);
    }

    #[test]
    fn calls_that_are_not_kept_are_counted_with_their_tokens() {
        let model = json!({"name": "m", "type": "LLM", "output": {"usage": {"prompt_tokens": 2, "completion_tokens": 1}}});
        let of =
            |children: Vec<Value>| json!([{"name": "f", "type": "Function", "children": children}]);
        let many = read(Some(&Exact::from(of(vec![model.clone(); 1500]))));
        assert_eq!(many.0[0].children.len(), MOST - 1);
        assert_eq!(many.0[0].left_out, 501);
        let Some(TokenUse::Counted(tokens)) = many.1 else {
            panic!("{:?}", many.1);
        };
        assert_eq!(
            (tokens.prompt, tokens.completion, tokens.total),
            (3000, 1500, 4500)
        );
        assert_eq!(many.0[0].tokens, many.1);
        let nested = |depth: usize| {
            let deep = (0..depth).fold(
                json!([model]),
                |inner, _| json!([{"name": "d", "type": "Function", "children": inner}]),
            );
            read(Some(&Exact::from(deep))).1
        };
        assert!(matches!(nested(DEEPEST + 5), Some(TokenUse::Counted(_))));
        assert_eq!(nested(DEEPEST_TOKENS + 5), Some(TokenUse::Unknown));
    }
}
