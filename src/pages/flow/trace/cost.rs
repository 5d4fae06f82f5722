//! What calls of models cost, by the administrator's prices. What can't be known is unknown, never nothing.

use flowdeck_contract::{
    prices::{Amount, Prices},
    runs::{NodeRun, RunDetail, TokenUse, Trace, TraceCall},
};

use crate::api::Load;

/// The cost of several calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages::flow) enum Cost {
    /// All is known.
    Known(Amount),
    /// This much is known; of some calls it isn't.
    AtLeast(Amount),
    /// Of no call is it known.
    Unknown,
}

impl Cost {
    pub(in crate::pages::flow) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, Self::Unknown) => Self::Unknown,
            (Self::Known(one), Self::Known(two)) => Self::Known(one.and(two)),
            (one, two) => match one.amount().and(two.amount()) {
                // That nothing is known says more than that it's at least nothing.
                sum if sum == Amount::default() => Self::Unknown,
                sum => Self::AtLeast(sum),
            },
        }
    }

    fn amount(self) -> Amount {
        match self {
            Self::Known(amount) | Self::AtLeast(amount) => amount,
            Self::Unknown => Amount::default(),
        }
    }

    /// By how much the second of two differs, for reading.
    pub(in crate::pages::flow) fn difference(first: Self, second: Self, currency: &str) -> String {
        let (Self::Known(first), Self::Known(second)) = (first, second) else {
            return "unknown".to_owned();
        };
        let by = first.abs_diff(second).words(currency);
        match first.cmp(&second) {
            std::cmp::Ordering::Equal => "Same".to_owned(),
            std::cmp::Ordering::Less => format!("{by} more"),
            std::cmp::Ordering::Greater => format!("{by} less"),
        }
    }

    /// For reading.
    pub(in crate::pages::flow) fn words(self, currency: &str) -> String {
        match self {
            Self::Known(amount) => amount.words(currency),
            Self::AtLeast(amount) => format!("at least {}", amount.words(currency)),
            Self::Unknown => "unknown".to_owned(),
        }
    }
}

/// What models cost when a run ran; what they cost now, where it doesn't say.
pub(in crate::pages::flow) fn that_held(run: &RunDetail, now: &Load<Prices>) -> Load<Prices> {
    run.prices.read().map_or_else(|| now.clone(), Load::Ready)
}

/// What a run cost, for reading; `None` where there are no prices, or no model was called.
pub(in crate::pages::flow) fn shown_of_run(now: &Load<Prices>, run: &RunDetail) -> Option<String> {
    shown(&that_held(run, now), |prices| of_run(prices, run))
}

/// What a call costs with those within it; `None` when no model was called.
pub(in crate::pages::flow) fn of_call(prices: &Prices, call: &TraceCall) -> Option<Cost> {
    let tokens = call.tokens?;
    // A model's client can call another; the innermost counts, as its tokens do.
    let within = of_calls(prices, &call.children);
    match within {
        Some(within) if call.left_out > 0 => Some(within.and(Cost::Unknown)),
        Some(within) => Some(within),
        None if call.left_out > 0 => Some(Cost::Unknown),
        None => Some(of_model(prices, call, tokens)),
    }
}

/// What calls beside each other cost.
pub(in crate::pages::flow) fn of_calls(prices: &Prices, calls: &[TraceCall]) -> Option<Cost> {
    let costs = calls.iter().filter_map(|call| of_call(prices, call));
    costs.reduce(Cost::and)
}

/// What a node's calls cost.
pub(in crate::pages::flow) fn of_node(prices: &Prices, node: &NodeRun) -> Option<Cost> {
    of_trace(prices, &node.calls, node.tokens?)
}

/// What all calls of a run cost.
pub(in crate::pages::flow) fn of_run(prices: &Prices, run: &RunDetail) -> Option<Cost> {
    let tokens = run.tokens?;
    let nodes = run.nodes.iter().filter_map(|node| of_node(prices, node));
    let own = (!run.calls.is_empty()).then(|| of_trace(prices, &run.calls, tokens));
    let cost = nodes.chain(own.flatten()).reduce(Cost::and);
    Some(cost.unwrap_or(Cost::Unknown))
}

fn of_trace(prices: &Prices, trace: &Trace, tokens: TokenUse) -> Option<Cost> {
    let Ok(calls) = trace.calls() else {
        return Some(Cost::Unknown);
    };
    let kept = calls
        .iter()
        .filter_map(|call| call.tokens)
        .reduce(TokenUse::and);
    match of_calls(prices, &calls) {
        Some(cost) if kept == Some(tokens) => Some(cost),
        // There were more calls than are kept.
        Some(cost) => Some(cost.and(Cost::Unknown)),
        None => Some(Cost::Unknown),
    }
}

/// A cost as it's shown; `None` where there are no prices, or no model was called.
pub(in crate::pages::flow) fn shown(
    prices: &Load<Prices>,
    cost: impl FnOnce(&Prices) -> Option<Cost>,
) -> Option<String> {
    match prices {
        Load::Loading => None,
        Load::Failed(_) => Some("unknown, as the prices couldn’t be loaded".to_owned()),
        Load::Ready(prices) => {
            let currency = prices.currency.as_deref()?;
            Some(cost(prices)?.words(currency))
        }
    }
}

fn of_model(prices: &Prices, call: &TraceCall, tokens: TokenUse) -> Cost {
    let names = call.model_names();
    match (prices.find(names.iter().map(String::as_str)), tokens) {
        (Some(price), TokenUse::Counted(count)) => Cost::Known(price.of(&count)),
        _ => Cost::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn prices() -> Prices {
        let prices = json!({"currency": "USD", "models": [{"model": "m", "prompt": "1", "completion": "2"}]});
        serde_json::from_value(prices).unwrap()
    }

    fn call(model: &str, tokens: Value, children: Value) -> TraceCall {
        let call = json!({
            "name": "chat", "kind": "LLM", "inputs": {"model": model}, "tokens": tokens, "children": children,
        });
        serde_json::from_value(call).unwrap()
    }

    fn counted() -> Value {
        json!({"kind": "counted", "prompt": 1_000_000, "completion": 1_000_000, "total": 2_000_000})
    }

    fn words(call: &TraceCall) -> Option<String> {
        Some(of_call(&prices(), call)?.words("USD"))
    }

    #[test]
    fn a_cost_is_known_only_with_a_price_and_tokens() {
        let none = json!([]);
        let known = call("m", counted(), none.clone());
        assert_eq!(words(&known).as_deref(), Some("3.00 USD"));
        let other = call("other", counted(), none.clone());
        assert_eq!(words(&other).as_deref(), Some("unknown"));
        let silent = call("m", json!({"kind": "unknown"}), none.clone());
        assert_eq!(words(&silent).as_deref(), Some("unknown"));
        assert_eq!(words(&call("m", Value::Null, none)), None);
        let both = call("x", counted(), json!([known, other]));
        assert_eq!(words(&both).as_deref(), Some("at least 3.00 USD"));
        let twice = call("x", counted(), json!([known, known]));
        assert_eq!(words(&twice).as_deref(), Some("6.00 USD"));
        let mut more = twice;
        more.left_out = 1;
        assert_eq!(words(&more).as_deref(), Some("at least 6.00 USD"));
    }

    #[test]
    fn a_run_costs_what_held_when_it_ran() {
        let run = |held: Value| -> RunDetail {
            let call = call("m", counted(), json!([]));
            let mut run = json!({
                "summary": {"id": "r", "number": 1, "state": "completed", "started": 0},
                "sessionId": "s", "inputs": {}, "tokens": counted(), "nodes": [], "calls": [call],
            });
            if !held.is_null() {
                run["prices"] = held;
            }
            serde_json::from_value(run).unwrap()
        };
        let now = Load::Ready(prices());
        let held = json!({"currency": "EUR", "models": [{"model": "m", "prompt": "4", "completion": "5"}]});
        assert_eq!(
            shown_of_run(&now, &run(held.clone())).as_deref(),
            Some("9.00 EUR")
        );
        assert_eq!(
            shown_of_run(&Load::Loading, &run(held)).as_deref(),
            Some("9.00 EUR")
        );
        assert_eq!(
            shown_of_run(&now, &run(Value::Null)).as_deref(),
            Some("3.00 USD")
        );
        let unpriced = json!({"currency": "USD", "models": []});
        assert_eq!(
            shown_of_run(&now, &run(unpriced)).as_deref(),
            Some("unknown")
        );
    }
}
