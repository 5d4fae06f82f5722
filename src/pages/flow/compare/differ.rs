//! What differs between two runs, in words. Pure.

use std::collections::BTreeMap;

use flowdeck_contract::{
    Exact, Values,
    prices::Prices,
    runs::{NodeRun, RunDetail, RunFiles, TokenUse},
    shown::Name,
};

use crate::{
    api::Load,
    pages::{
        flow::trace::{
            cost::{self, Cost},
            tokens::grouped,
        },
        parts::Tint,
    },
    ui::{pretty, time},
};

/// A fact of both runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) name: String,
    pub(super) first: String,
    pub(super) second: String,
    /// What differs.
    pub(super) difference: String,
}

const SAME: &str = "Same";
const UNKNOWN: &str = "unknown";

/// What the runs as wholes took, and how they ended.
pub(super) fn facts(first: &RunDetail, second: &RunDetail) -> Vec<Fact> {
    let fact = |name: &str, (first, second): (String, String), difference: String| Fact {
        name: name.to_owned(),
        first,
        second,
        difference,
    };
    let states = (first.summary.state, second.summary.state);
    let times = (lasted(first), lasted(second));
    let tokens = (first.tokens, second.tokens);
    let same_or = |same: bool| if same { SAME } else { "Different" }.to_owned();
    let images = (image(first), image(second));
    vec![
        fact(
            "State",
            (
                Tint::from(states.0).word.to_owned(),
                Tint::from(states.1).word.to_owned(),
            ),
            same_or(states.0 == states.1),
        ),
        fact(
            "Duration",
            (time_word(times.0), time_word(times.1)),
            time_difference(times.0, times.1),
        ),
        fact(
            "Tokens",
            (token_word(tokens.0), token_word(tokens.1)),
            token_difference(tokens.0, tokens.1),
        ),
        fact("Base image", images.clone(), same_or(images.0 == images.1)),
    ]
}

/// What both runs cost, each by the prices that held then; `None` where there are no prices, or neither called a model.
pub(super) fn cost(now: &Load<Prices>, first: &RunDetail, second: &RunDetail) -> Option<Fact> {
    let word = |run| {
        let none = || "no model was called".to_owned();
        cost::shown_of_run(now, run).unwrap_or_else(none)
    };
    let held = |run| cost::that_held(run, now);
    let difference = match (held(first), held(second)) {
        (Load::Loading, _) | (_, Load::Loading) => return None,
        (Load::Failed(_), _) | (_, Load::Failed(_)) => UNKNOWN.to_owned(),
        (Load::Ready(one), Load::Ready(two)) => {
            let currency = one.currency.as_deref().or(two.currency.as_deref())?;
            match (cost::of_run(&one, first), cost::of_run(&two, second)) {
                (None, None) => return None,
                (Some(first), Some(second)) if one.currency == two.currency => {
                    Cost::difference(first, second, currency)
                }
                _ => "Different".to_owned(),
            }
        }
    };
    Some(Fact {
        name: "Cost".to_owned(),
        first: word(first),
        second: word(second),
        difference,
    })
}

fn image(run: &RunDetail) -> String {
    let image = run.image.as_ref();
    image.map_or_else(|| "none".to_owned(), |image| image.reference.clone())
}

pub(super) fn lasted(run: &RunDetail) -> Option<u64> {
    let ended = run.summary.ended?;
    u64::try_from(ended.0.saturating_sub(run.summary.started.0)).ok()
}

pub(super) fn time_word(millis: Option<u64>) -> String {
    millis.map_or_else(|| UNKNOWN.to_owned(), time::duration)
}

pub(super) fn token_word(tokens: Option<TokenUse>) -> String {
    match tokens {
        None => "no model was called".to_owned(),
        Some(TokenUse::Unknown) => UNKNOWN.to_owned(),
        Some(TokenUse::Counted(count)) => grouped(count.total),
    }
}

fn time_difference(first: Option<u64>, second: Option<u64>) -> String {
    let (Some(first), Some(second)) = (first, second) else {
        return UNKNOWN.to_owned();
    };
    match time::duration(first.abs_diff(second)) {
        _ if first == second => SAME.to_owned(),
        by if second > first => format!("{by} longer"),
        by => format!("{by} shorter"),
    }
}

fn token_difference(first: Option<TokenUse>, second: Option<TokenUse>) -> String {
    match (first, second) {
        (None, None) => SAME.to_owned(),
        (Some(TokenUse::Counted(first)), Some(TokenUse::Counted(second))) => {
            let by = first.total.abs_diff(second.total);
            match first.total.cmp(&second.total) {
                std::cmp::Ordering::Equal => SAME.to_owned(),
                std::cmp::Ordering::Less => format!("{} more", grouped(by)),
                std::cmp::Ordering::Greater => format!("{} fewer", grouped(by)),
            }
        }
        (Some(TokenUse::Unknown), _) | (_, Some(TokenUse::Unknown)) => UNKNOWN.to_owned(),
        _ => "Different".to_owned(),
    }
}

/// The nodes of both runs, in the second one's order.
pub(super) fn nodes(first: &RunDetail, second: &RunDetail) -> Vec<Fact> {
    let find = |run: &'_ RunDetail, name: &str| -> Option<NodeRun> {
        run.nodes.iter().find(|node| node.name == name).cloned()
    };
    let names = second.nodes.iter().map(|node| &node.name);
    let others = first.nodes.iter().map(|node| &node.name);
    let others = others.filter(|name| second.nodes.iter().all(|node| node.name != **name));
    names
        .chain(others)
        .map(|name| {
            let (first, second) = (find(first, name), find(second, name));
            Fact {
                name: Name::from(name.as_str()).to_string(),
                difference: node_difference(first.as_ref(), second.as_ref()),
                first: node_words(first.as_ref()),
                second: node_words(second.as_ref()),
            }
        })
        .collect()
}

fn node_words(node: Option<&NodeRun>) -> String {
    let Some(node) = node else {
        return "Not in this run".to_owned();
    };
    let mut words = vec![Tint::from(node.state).word.to_owned()];
    words.extend(node.duration_ms.map(time::duration));
    words.extend(node.tokens.map(|tokens| match tokens {
        TokenUse::Unknown => "tokens unknown".to_owned(),
        TokenUse::Counted(count) => format!("{} tokens", grouped(count.total)),
    }));
    words.join(", ")
}

fn node_difference(first: Option<&NodeRun>, second: Option<&NodeRun>) -> String {
    let (first, second) = match (first, second) {
        (Some(first), Some(second)) => (first, second),
        (None, _) => return "Only in the second run".to_owned(),
        (_, None) => return "Only in the first run".to_owned(),
    };
    let mut words = Vec::new();
    if first.state != second.state {
        words.push("state differs".to_owned());
    }
    if first.output != second.output {
        words.push("output differs".to_owned());
    }
    if first.inputs != second.inputs {
        words.push("input differs".to_owned());
    }
    if first.duration_ms != second.duration_ms {
        words.push(
            match time_difference(first.duration_ms, second.duration_ms) {
                unknown if unknown == UNKNOWN => "time unknown".to_owned(),
                by => by,
            },
        );
    }
    if first.tokens != second.tokens {
        words.push(match token_difference(first.tokens, second.tokens) {
            same if same == SAME => "tokens split differently".to_owned(),
            by => format!("{} tokens", by.to_lowercase()),
        });
    }
    match words.is_empty() {
        true => SAME.to_owned(),
        false => words.join(", "),
    }
}

/// A text that one or both have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// Both have the same.
    Same,
    /// Each has its own.
    Both(String, String),
    /// Only the first one has it.
    First(String),
    /// Only the second one has it.
    Second(String),
}

/// Texts by name, as both have them.
pub(super) type Texts = Vec<(String, Text)>;

/// Values by name, as texts.
pub(super) fn values(first: &Values, second: &Values) -> Texts {
    let text = |value: &Exact| value.as_text().unwrap_or_else(|| pretty(value));
    let all = |values: &Values| -> BTreeMap<String, String> {
        values
            .iter()
            .map(|(name, value)| (name.to_owned(), text(value)))
            .collect()
    };
    texts(&all(first), &all(second))
}

/// Texts by name, sorted by their names.
pub(super) fn texts(first: &BTreeMap<String, String>, second: &BTreeMap<String, String>) -> Texts {
    let names: std::collections::BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let text = match (first.get(name).cloned(), second.get(name).cloned()) {
                (Some(first), Some(second)) if first == second => Text::Same,
                (Some(first), Some(second)) => Text::Both(first, second),
                (Some(first), None) => Text::First(first),
                (None, Some(second)) => Text::Second(second),
                (None, None) => return None,
            };
            Some((Name::from(name.as_str()).to_string(), text))
        })
        .collect()
}

/// How a file differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FileChange {
    /// Only the first run found it.
    Removed,
    /// Only the second run found it.
    Added,
    /// Something else was in it; the texts, where both are kept.
    Changed(Option<(String, String)>),
    /// It's too large to say.
    Unknown,
}

/// The files that differ, by path.
pub(super) fn files(first: &RunFiles, second: &RunFiles) -> Vec<(String, FileChange)> {
    let by_path = |files: &'_ RunFiles| -> BTreeMap<String, (Option<String>, Option<String>)> {
        let files = files.files.iter();
        files
            .map(|file| {
                let known = (file.digest.clone(), file.text.clone());
                (file.path.to_string(), known)
            })
            .collect()
    };
    let (first, second) = (by_path(first), by_path(second));
    let paths: std::collections::BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    paths
        .into_iter()
        .filter_map(|path| {
            let change = match (first.get(path), second.get(path)) {
                (Some(_), None) => FileChange::Removed,
                (None, Some(_)) => FileChange::Added,
                (Some((Some(one), _)), Some((Some(two), _))) if one == two => return None,
                (Some((Some(_), one)), Some((Some(_), two))) => {
                    FileChange::Changed(one.clone().zip(two.clone()))
                }
                (Some(_), Some(_)) => FileChange::Unknown,
                (None, None) => return None,
            };
            Some((path.clone(), change))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use flowdeck_contract::runs::TokenCount;
    use serde_json::{Value, json};

    use super::*;

    fn run(more: Value) -> RunDetail {
        let mut run = json!({
            "summary": {"id": "r", "number": 1, "state": "completed", "started": 0, "ended": 1000},
            "sessionId": "s", "inputs": {}, "nodes": [],
        });
        for (name, value) in more.as_object().unwrap() {
            run[name] = value.clone();
        }
        serde_json::from_value(run).unwrap()
    }

    fn counted(total: u64) -> Option<TokenUse> {
        Some(TokenUse::Counted(TokenCount {
            total,
            ..TokenCount::default()
        }))
    }

    #[test]
    fn what_is_unknown_is_never_the_same_or_nothing() {
        for (first, second, words) in [
            (None, None, "Same"),
            (Some(TokenUse::Unknown), counted(3), "unknown"),
            (Some(TokenUse::Unknown), Some(TokenUse::Unknown), "unknown"),
            (counted(3), counted(5), "2 more"),
            (counted(5), counted(3), "2 fewer"),
            (None, counted(3), "Different"),
        ] {
            assert_eq!(token_difference(first, second), words);
        }
        assert_eq!(time_difference(None, Some(3)), "unknown");
        assert_eq!(time_difference(Some(1000), Some(2500)), "1.5 s longer");
        assert_eq!(time_difference(Some(2500), Some(1000)), "1.5 s shorter");
    }

    #[test]
    fn nodes_say_what_differs_also_when_one_run_lacks_them() {
        let node = |name: &str, output: &str| json!({"name": name, "state": "completed", "output": output, "durationMs": 10});
        let first = run(json!({"nodes": [node("a", "x"), node("gone", "x")]}));
        let second = run(json!({"nodes": [node("new", "x"), node("a", "y")]}));
        let found: Vec<(String, String)> = nodes(&first, &second)
            .into_iter()
            .map(|fact| (fact.name, fact.difference))
            .collect();
        let expected = [
            ("new", "Only in the second run"),
            ("a", "output differs"),
            ("gone", "Only in the first run"),
        ];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert!(
            facts(&first, &first)
                .iter()
                .all(|fact| fact.difference == "Same")
        );
    }

    #[test]
    fn values_and_files_are_matched_by_name() {
        let values_of = |value: Value| -> Values { serde_json::from_value(value).unwrap() };
        let found = values(
            &values_of(json!({"a": "x", "b": 1, "c": 2})),
            &values_of(json!({"a": "x", "b": 2, "d": 2})),
        );
        let expected = [
            ("a", Text::Same),
            ("b", Text::Both("1".into(), "2".into())),
            ("c", Text::First("2".into())),
            ("d", Text::Second("2".into())),
        ];
        assert_eq!(found, expected.map(|(name, text)| (name.to_owned(), text)));
        let files_of =
            |value: Value| -> RunFiles { serde_json::from_value(json!({"files": value})).unwrap() };
        let found = files(
            &files_of(json!([
                {"path": "same", "digest": "1"}, {"path": "a.txt", "digest": "1", "text": "x"},
                {"path": "bin", "digest": "1"}, {"path": "gone", "digest": "1"}, {"path": "huge"},
            ])),
            &files_of(json!([
                {"path": "same", "digest": "1"}, {"path": "a.txt", "digest": "2", "text": "y"},
                {"path": "bin", "digest": "2"}, {"path": "new", "digest": "1"}, {"path": "huge"},
            ])),
        );
        let expected = [
            ("a.txt", FileChange::Changed(Some(("x".into(), "y".into())))),
            ("bin", FileChange::Changed(None)),
            ("gone", FileChange::Removed),
            ("huge", FileChange::Unknown),
            ("new", FileChange::Added),
        ];
        assert_eq!(
            found,
            expected.map(|(path, change)| (path.to_owned(), change))
        );
    }
}
