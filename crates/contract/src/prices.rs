//! What models cost, where the administrator says so, and what calls of them cost by that.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Exact,
    runs::{RunDetail, TokenCount, TraceCall},
};

/// What models cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Prices {
    /// The currency of all prices, such as `USD`; `None` when there are no prices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The models and deployments whose prices are known.
    pub models: Vec<ModelPrice>,
}

/// What a model or deployment costs, for a million tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ModelPrice {
    /// The model or deployment, as a node names it or as the service answers.
    pub model: String,
    /// Of what is sent.
    pub prompt: Price,
    /// Of what is answered.
    pub completion: Price,
    /// Of what is sent and the service had kept; `None` when that costs as much as the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<Price>,
}

/// A price for a million tokens, in millionths of the currency: a decimal number as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct Price(u64);

/// Why a text isn't a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a price must be a number from 0 to {MOST}, with at most six digits after the point")]
pub struct InvalidPrice;

/// The greatest price for a million tokens.
const MOST: u64 = 1_000_000;
const MILLION: u64 = 1_000_000;

impl TryFrom<&str> for Price {
    type Error = InvalidPrice;

    fn try_from(text: &str) -> Result<Self, InvalidPrice> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(whole, 7) || !digits(fraction, 6) {
            return Err(InvalidPrice);
        }
        let whole: u64 = whole.parse().map_err(|_| InvalidPrice)?;
        let fraction: u64 = format!("{fraction:0<6}")
            .parse()
            .map_err(|_| InvalidPrice)?;
        let price = whole * MILLION + fraction;
        match price <= MOST * MILLION {
            true => Ok(Self(price)),
            false => Err(InvalidPrice),
        }
    }
}

impl TryFrom<String> for Price {
    type Error = InvalidPrice;

    fn try_from(text: String) -> Result<Self, InvalidPrice> {
        Self::try_from(text.as_str())
    }
}

impl From<Price> for String {
    fn from(price: Price) -> Self {
        price.to_string()
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / MILLION, self.0 % MILLION);
        let fraction = format!("{fraction:06}");
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{whole}"),
            fraction => write!(f, "{whole}.{fraction}"),
        }
    }
}

/// An amount of money, in millionths of a millionth of its currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(u128);

impl Amount {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// By how much they differ.
    #[must_use]
    pub fn abs_diff(self, other: Self) -> Self {
        Self(self.0.abs_diff(other.0))
    }

    /// The amount for reading: to the hundredth from 1 on, else to the millionth.
    #[must_use]
    pub fn words(self, currency: &str) -> String {
        const WHOLE: u128 = 1_000_000_000_000;
        let rounded = |to: u128| (self.0 + to / 2) / to;
        if self.0 >= WHOLE {
            let hundredths = rounded(WHOLE / 100);
            return format!("{}.{:02} {currency}", hundredths / 100, hundredths % 100);
        }
        match (self.0, rounded(WHOLE / 1_000_000)) {
            (0, _) => format!("0 {currency}"),
            (_, 0) => format!("less than 0.000001 {currency}"),
            (_, 1_000_000) => format!("1.00 {currency}"),
            (_, millionths) => {
                let digits = format!("{millionths:06}");
                format!("0.{} {currency}", digits.trim_end_matches('0'))
            }
        }
    }
}

impl ModelPrice {
    /// What so many tokens cost.
    #[must_use]
    pub fn of(&self, count: &TokenCount) -> Amount {
        let cost = |tokens: u64, price: Price| Amount(u128::from(tokens) * u128::from(price.0));
        let cached = match self.cached {
            Some(_) => count.cached.unwrap_or(0).min(count.prompt),
            None => 0,
        };
        cost(count.prompt - cached, self.prompt)
            .and(cost(cached, self.cached.unwrap_or(self.prompt)))
            .and(cost(count.completion, self.completion))
    }
}

impl Prices {
    /// The price of the first of these names that has one. Names differ by more than their letters’ case.
    #[must_use]
    pub fn find<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Option<&ModelPrice> {
        names.into_iter().find_map(|name| {
            let mut prices = self.models.iter();
            prices.find(|price| price.model.eq_ignore_ascii_case(name))
        })
    }
}

/// What the models of a run cost when it ran, as the JSON of [`Prices`]: read when it's shown, since a page mostly doesn't.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunPrices(Option<Exact>);

impl RunPrices {
    /// Whether none is kept: it called no model, there were no prices, or it ran before they were kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The prices; `None` when none is kept, or a newer server wrote them otherwise.
    #[must_use]
    pub fn read(&self) -> Option<Prices> {
        serde_json::from_str(self.0.as_ref()?.json()).ok()
    }
}

impl Prices {
    /// Those of the models that a run has called, to be kept with it.
    #[must_use]
    pub fn of_run(&self, run: &RunDetail) -> RunPrices {
        if self.currency.is_none() || run.tokens.is_none() {
            return RunPrices::default();
        }
        let of_nodes = run.nodes.iter().map(|node| &node.calls);
        let mut called = Vec::new();
        for trace in of_nodes.chain([&run.calls]) {
            for call in trace.calls().unwrap_or_default() {
                call.add_models(&mut called);
            }
        }
        let mut models = self.models.clone();
        models.retain(|price| {
            let is_it = |name: &String| price.model.eq_ignore_ascii_case(name);
            called.iter().any(is_it)
        });
        let kept = Self {
            currency: self.currency.clone(),
            models,
        };
        let json = serde_json::to_string(&kept).and_then(Exact::parse);
        RunPrices(json.ok())
    }
}

impl TraceCall {
    /// The names of the model that it called: as it was asked for, and as the service answered.
    #[must_use]
    pub fn model_names(&self) -> Vec<String> {
        let values = [&self.inputs, &self.output].into_iter().flatten();
        let names = values.filter_map(|value| value.member("model")?.as_text());
        names.collect()
    }

    fn add_models(&self, names: &mut Vec<String>) {
        names.extend(self.model_names());
        self.children.iter().for_each(|call| call.add_models(names));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn price(text: &str) -> Price {
        Price::try_from(text).unwrap()
    }

    fn model() -> ModelPrice {
        ModelPrice {
            model: "gpt".to_owned(),
            prompt: price("2.5"),
            completion: price("10"),
            cached: Some(price("1.25")),
        }
    }

    #[test]
    fn prices_are_decimal_numbers() {
        for (text, shown) in [
            ("0.15", "0.15"),
            ("10", "10"),
            ("1.250000", "1.25"),
            ("0.000001", "0.000001"),
            ("1000000", "1000000"),
        ] {
            assert_eq!(price(text).to_string(), shown);
        }
        for wrong in [
            "",
            ".5",
            "1.",
            "-1",
            "1e3",
            "1,5",
            "0.0000001",
            "1000000.1",
            "99999999",
            "NaN",
            "٣",
        ] {
            assert_eq!(Price::try_from(wrong), Err(InvalidPrice), "{wrong}");
        }
    }

    #[test]
    fn tokens_cost_by_what_they_are() {
        let count = |prompt, cached, completion| TokenCount {
            prompt,
            completion,
            cached,
            total: prompt + completion,
            reasoning: None,
        };
        for (tokens, words) in [
            (count(1_000_000, None, 0), "2.50 USD"),
            (count(1_000_000, Some(1_000_000), 0), "1.25 USD"),
            (count(1000, Some(400), 100), "0.003 USD"),
            (count(0, None, 0), "0 USD"),
            // A service that counts more cached tokens than there are.
            (count(10, Some(99), 0), "0.000013 USD"),
        ] {
            assert_eq!(model().of(&tokens).words("USD"), words);
        }
        assert_eq!(Amount(1).words("EUR"), "less than 0.000001 EUR");
        assert_eq!(Amount(999_999_900_000).words("EUR"), "1.00 EUR");
    }

    #[test]
    fn a_price_is_found_by_the_first_name_that_has_one() {
        let prices = Prices {
            currency: Some("USD".to_owned()),
            models: vec![model()],
        };
        assert!(prices.find(["mine", "GPT"]).is_some());
        assert!(prices.find(["gpt-2024"]).is_none());
    }

    #[test]
    fn a_run_keeps_the_prices_of_the_models_that_it_called() {
        let other = ModelPrice {
            model: "other".to_owned(),
            ..model()
        };
        let prices = Prices {
            currency: Some("USD".to_owned()),
            models: vec![model(), other],
        };
        let run = |tokens: serde_json::Value| -> RunDetail {
            let run = serde_json::json!({
                "summary": {"id": "r", "number": 1, "state": "completed", "started": 0},
                "sessionId": "s", "inputs": {}, "tokens": tokens,
                "nodes": [{"name": "a", "state": "completed", "calls": [
                    {"name": "f", "kind": "Function", "children": [
                        {"name": "chat", "kind": "LLM", "inputs": {"model": "mine"}, "output": {"model": "GPT"}},
                    ]},
                ]}],
            });
            serde_json::from_value(run).unwrap()
        };
        let asked = run(serde_json::json!({"kind": "unknown"}));
        let kept = prices.of_run(&asked).read().unwrap();
        assert_eq!(kept.models, [model()]);
        assert_eq!(kept.currency, prices.currency);
        assert!(prices.of_run(&run(serde_json::Value::Null)).is_empty());
        assert!(Prices::default().of_run(&asked).is_empty());
        let unpriced = Prices {
            models: Vec::new(),
            ..prices
        };
        assert!(unpriced.of_run(&asked).read().unwrap().models.is_empty());
    }

    proptest! {
        #[test]
        fn a_price_is_read_as_it_is_written(micro in 0..=MOST * MILLION) {
            prop_assert_eq!(Price::try_from(Price(micro).to_string().as_str()), Ok(Price(micro)));
        }

        #[test]
        fn nothing_that_costs_something_is_shown_as_nothing(pico in 1..10_u128.pow(15)) {
            let words = Amount(pico).words("X");
            prop_assert!(words != "0 X" && words != "0. X", "{}", words);
        }
    }
}
