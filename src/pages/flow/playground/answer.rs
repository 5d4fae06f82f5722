//! What came of a call, for reading. Pure.

use flowdeck_contract::{prices::Prices, runs::TraceCall};

use crate::{
    api::Load,
    pages::flow::trace::{
        cost::{self, Cost},
        model_call::ModelCall,
        tokens,
    },
    ui::time,
};

/// Facts of a call, each with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts(Vec<(&'static str, String)>);

impl Facts {
    pub(super) fn of(call: &TraceCall, prices: &Load<Prices>) -> Self {
        let read = ModelCall::read(call).unwrap_or_default();
        let unknown = || "unknown".to_owned();
        let duration = call.started.zip(call.ended);
        let duration = duration.map(|(from, until)| time::duration(until.since(from)));
        let mut facts = vec![
            ("Model", read.model.unwrap_or_else(unknown)),
            ("Duration", duration.unwrap_or_else(unknown)),
        ];
        let tokens = tokens::of_call(call).map_or_else(Vec::new, tokens::Tokens::parts);
        facts.extend(tokens);
        let cost = cost::shown(prices, |prices| {
            Some(cost::of_call(prices, call).unwrap_or(Cost::Unknown))
        });
        facts.extend(cost.map(|cost| ("Cost", cost)));
        facts.push(("Finish reason", read.finish.unwrap_or_else(unknown)));
        Self(facts)
    }

    /// The facts of two calls beside each other, by name.
    pub(super) fn beside(&self, other: Option<&Self>) -> Vec<(&'static str, String, String)> {
        let of = |facts: &Self, name: &str| {
            let mut facts = facts.0.iter();
            facts
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.clone())
        };
        let names = self.0.iter().map(|(name, _)| *name);
        names
            .map(|name| {
                let other = other.map(|other| of(other, name).unwrap_or_default());
                (
                    name,
                    of(self, name).unwrap_or_default(),
                    other.unwrap_or_default(),
                )
            })
            .collect()
    }
}

/// The text that a call answered: of several answers all, each after the other.
pub(super) fn text(call: &TraceCall) -> String {
    let answers = ModelCall::read(call).unwrap_or_default().answers;
    let texts = answers.iter().map(|answer| {
        let parts = answer.parts.iter();
        let parts = parts.map(|part| part.as_text().unwrap_or_else(|| crate::ui::pretty(part)));
        parts.collect::<Vec<String>>().join("\n")
    });
    texts.collect::<Vec<String>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn call(text: &str, tokens: serde_json::Value) -> TraceCall {
        let choice = json!({"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}});
        let call = json!({"name": "c", "kind": "LLM", "started": 1000, "ended": 2500, "inputs": {"model": "m"}, "output": {"choices": [choice]}, "tokens": tokens});
        serde_json::from_value(call).unwrap()
    }

    #[test]
    fn what_isnt_known_of_a_call_is_unknown() {
        let one = call(
            "a",
            json!({"kind": "counted", "prompt": 3, "completion": 4, "total": 7}),
        );
        let two = call("b", json!({"kind": "unknown"}));
        let facts = |call| Facts::of(call, &Load::Loading);
        let beside = facts(&one).beside(Some(&facts(&two)));
        let row = |name: &str| beside.iter().find(|row| row.0 == name).cloned();
        assert_eq!(
            row("Tokens"),
            Some(("Tokens", "7".to_owned(), "unknown".to_owned()))
        );
        assert_eq!(row("Duration").map(|row| row.1), Some("1.5 s".to_owned()));
        assert_eq!(text(&one), "a");
        assert!(facts(&one).beside(None).iter().all(|row| row.2.is_empty()));
    }
}
