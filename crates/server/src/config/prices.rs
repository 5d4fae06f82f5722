//! What models cost.

use flowdeck_contract::prices::{ModelPrice, Price, Prices};

use super::{
    field::{At, Field, Keys, Scalar, Text},
    shape,
};

pub(super) fn prices(at: &At<'_>, field: Field<Keys<shape::Prices>>) -> Prices {
    let Some(entry) = at.fields(field) else {
        return Prices::default();
    };
    entry.require(at, "currency", &entry.fields.currency);
    entry.require(at, "models", &entry.fields.models);
    let currency = currency(&at.key("currency"), entry.fields.currency);
    let mut seen: Vec<(String, usize)> = Vec::new();
    let models = at.key("models");
    let models = models
        .items(entry.fields.models)
        .filter_map(|(at, item)| model(&at, item, &mut seen))
        .collect();
    Prices { currency, models }
}

fn currency(at: &At<'_>, field: Field<Scalar>) -> Option<String> {
    let Text { at, value } = at.text(field)?;
    let is_code = value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_code {
        at.wrong(format!(
            "{value:?} isn't a currency: use its three capital letters, such as USD or EUR"
        ));
    }
    is_code.then_some(value)
}

fn model(
    at: &At<'_>,
    item: Field<Keys<shape::ModelPrice>>,
    seen: &mut Vec<(String, usize)>,
) -> Option<ModelPrice> {
    let entry = at.fields(item)?;
    let fields = &entry.fields;
    entry.require(at, "model", &fields.model);
    entry.require(at, "prompt", &fields.prompt);
    entry.require(at, "completion", &fields.completion);
    let name = at.key("model").text(fields.model.clone());
    let name = name.and_then(|name| new_name(&name, seen));
    let prompt = price(&at.key("prompt"), fields.prompt.clone());
    let completion = price(&at.key("completion"), fields.completion.clone());
    let cached = price(&at.key("cached"), fields.cached.clone());
    Some(ModelPrice {
        model: name?,
        prompt: prompt?,
        completion: completion?,
        cached,
    })
}

/// The name of a model that no other entry has.
fn new_name(Text { at, value }: &Text<'_>, seen: &mut Vec<(String, usize)>) -> Option<String> {
    if value.trim().is_empty() {
        at.wrong("a model must have a name");
        return None;
    }
    let same = |(seen, _): &&(String, usize)| seen.eq_ignore_ascii_case(value);
    if let Some((_, line)) = seen.iter().find(same) {
        at.wrong(format!(
            "the model '{value}' already has prices on line {line}; remove one of them"
        ));
        return None;
    }
    seen.push((value.clone(), at.place().line));
    Some(value.clone())
}

/// The price of a million tokens.
fn price(at: &At<'_>, field: Field<Scalar>) -> Option<Price> {
    let Text { at, value } = at.text(field)?;
    match Price::try_from(value.as_str()) {
        Ok(price) => Some(price),
        Err(wrong) => {
            at.wrong(format!("{value:?} can't be a price: {wrong}"));
            None
        }
    }
}
