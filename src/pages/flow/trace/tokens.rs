//! Tokens: their sums, and how they are written. What no service counted is unknown, never none.

use flowdeck_contract::runs::{NodeRun, RunDetail, TokenCount, TokenUse, TraceCall};

/// The tokens of several calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages::flow) enum Tokens {
    /// The services counted all.
    Known(TokenCount),
    /// The services counted these; some calls say nothing.
    AtLeast(TokenCount),
    /// No service counted any.
    Unknown,
}

impl Tokens {
    fn of(tokens: Option<TokenUse>, within: Option<Self>) -> Option<Self> {
        match (tokens?, within) {
            (TokenUse::Counted(count), _) => Some(Self::Known(count)),
            // Calls that aren't kept may be the ones that say nothing.
            (TokenUse::Unknown, Some(Self::Known(count) | Self::AtLeast(count))) => {
                Some(Self::AtLeast(count))
            }
            (TokenUse::Unknown, Some(Self::Unknown) | None) => Some(Self::Unknown),
        }
    }

    fn and(self, other: Self) -> Self {
        let (Some(one), Some(two)) = (self.count(), other.count()) else {
            let known = self.count().or(other.count());
            return known.map_or(Self::Unknown, Self::AtLeast);
        };
        let sum = match TokenUse::Counted(one).and(TokenUse::Counted(two)) {
            TokenUse::Counted(sum) => sum,
            TokenUse::Unknown => return Self::Unknown,
        };
        match (self, other) {
            (Self::Known(_), Self::Known(_)) => Self::Known(sum),
            _ => Self::AtLeast(sum),
        }
    }

    fn count(self) -> Option<TokenCount> {
        match self {
            Self::Known(count) | Self::AtLeast(count) => Some(count),
            Self::Unknown => None,
        }
    }

    /// In a few words, for a row.
    pub(super) fn brief(self) -> String {
        match self {
            Self::Known(count) => tokens(count.total),
            Self::AtLeast(count) => format!("at least {}", tokens(count.total)),
            Self::Unknown => "tokens unknown".to_owned(),
        }
    }

    /// All that is known, part by part.
    pub(in crate::pages::flow) fn parts(self) -> Vec<(&'static str, String)> {
        let part = |count: Option<u64>| count.map_or_else(|| "unknown".to_owned(), grouped);
        let count = self.count();
        let total = match self {
            Self::AtLeast(count) => format!("at least {}", grouped(count.total)),
            _ => part(count.map(|count| count.total)),
        };
        vec![
            ("Tokens", total),
            ("Prompt tokens", part(count.map(|count| count.prompt))),
            (
                "Completion tokens",
                part(count.map(|count| count.completion)),
            ),
            ("Cached tokens", part(count.and_then(|count| count.cached))),
            (
                "Reasoning tokens",
                part(count.and_then(|count| count.reasoning)),
            ),
        ]
    }
}

/// The tokens of a call, with those of the calls within it; `None` when no model was called.
pub(in crate::pages::flow) fn of_call(call: &TraceCall) -> Option<Tokens> {
    Tokens::of(call.tokens, of_calls(&call.children))
}

/// The tokens of a node, which made these calls.
pub(super) fn of_node(node: &NodeRun, calls: &[TraceCall]) -> Option<Tokens> {
    Tokens::of(node.tokens, of_calls(calls))
}

/// The tokens of a run, whose nodes or calls took these.
pub(super) fn of_run(
    run: &RunDetail,
    within: impl Iterator<Item = Option<Tokens>>,
) -> Option<Tokens> {
    Tokens::of(run.tokens, within.flatten().reduce(Tokens::and))
}

fn of_calls(calls: &[TraceCall]) -> Option<Tokens> {
    calls.iter().filter_map(of_call).reduce(Tokens::and)
}

fn tokens(count: u64) -> String {
    match count {
        1 => "1 token".to_owned(),
        _ => format!("{} tokens", grouped(count)),
    }
}

/// A number with a comma between each three digits.
pub(in crate::pages::flow) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted(total: u64) -> TokenUse {
        TokenUse::Counted(TokenCount {
            prompt: total,
            total,
            ..TokenCount::default()
        })
    }

    fn call(tokens: Option<TokenUse>, children: Vec<TraceCall>) -> TraceCall {
        let within = children.iter().filter_map(|child| child.tokens);
        TraceCall {
            name: String::new(),
            kind: String::new(),
            started: None,
            ended: None,
            inputs: None,
            output: None,
            error: None,
            tokens: within.reduce(TokenUse::and).or(tokens),
            children,
            left_out: 0,
        }
    }

    fn calls() -> impl Strategy<Value = TraceCall> {
        let tokens = prop_oneof![
            Just(None),
            Just(Some(TokenUse::Unknown)),
            (0..9000_u64).prop_map(|total| Some(counted(total))),
        ];
        let leaf = tokens.prop_map(|tokens| call(tokens, Vec::new()));
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop::collection::vec(inner, 1..5).prop_map(|children| call(None, children))
        })
    }

    /// The sum of what is known, and whether a call says nothing.
    fn leaves(call: &TraceCall) -> (Option<u64>, bool) {
        if call.children.iter().all(|child| child.tokens.is_none()) {
            return match call.tokens {
                Some(TokenUse::Counted(count)) => (Some(count.total), false),
                Some(TokenUse::Unknown) => (None, true),
                None => (None, false),
            };
        }
        call.children
            .iter()
            .map(leaves)
            .fold((None, false), |sum, (known, unknown)| {
                let total = match (sum.0, known) {
                    (None, None) => None,
                    (one, other) => Some(one.unwrap_or(0) + other.unwrap_or(0)),
                };
                (total, sum.1 || unknown)
            })
    }

    proptest! {
        #[test]
        fn a_total_is_the_sum_of_what_is_known(call in calls()) {
            let expected = match leaves(&call) {
                (None, false) => None,
                (None, true) => Some("unknown".to_owned()),
                (Some(total), false) => Some(grouped(total)),
                (Some(total), true) => Some(format!("at least {}", grouped(total))),
            };
            prop_assert_eq!(of_call(&call).map(|tokens| tokens.parts()[0].1.clone()), expected);
        }
    }

    #[test]
    fn numbers_are_grouped_and_unknown_is_said() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (12_345_678, "12,345,678"),
        ] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(
            of_call(&call(Some(counted(1)), Vec::new()))
                .unwrap()
                .brief(),
            "1 token"
        );
        let unknown = of_call(&call(Some(TokenUse::Unknown), Vec::new())).unwrap();
        assert_eq!(unknown.brief(), "tokens unknown");
        assert!(unknown.parts().iter().all(|(_, value)| value == "unknown"));
        assert_eq!(of_call(&call(None, Vec::new())), None);
    }
}
