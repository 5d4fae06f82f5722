//! The state of the inputs form: what was typed over the defaults, remembered by the browser.

use std::{collections::BTreeMap, sync::Arc};

use flowdeck_contract::{Exact, Values, shown::Name};
use leptos::prelude::*;

use super::field::{Field, FieldKind};
use crate::{
    pages::flow::{FlowContext, definition::Definition},
    storage::Store,
};

/// The first input whose text stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidInput {
    /// The input.
    pub name: Name,
    /// What is wrong, as a sentence.
    pub reason: &'static str,
}

/// The state of the inputs form. Cheap to copy.
#[derive(Clone, Copy)]
pub struct InputForm {
    /// One field per input, in the file's order.
    pub fields: Memo<Vec<Field>>,
    /// Whether a run was tried with these texts: fields that were left empty then say so.
    pub tried: RwSignal<bool>,
    /// Environment variables that the runs from this page are given, by name.
    pub variables: RwSignal<BTreeMap<String, String>>,
    edits: RwSignal<BTreeMap<String, String>>,
    key: StoredValue<String>,
}

impl InputForm {
    /// Makes the form of the flow available below.
    pub fn provide(context: FlowContext, definition: Memo<Option<Arc<Definition>>>) -> Self {
        let key = format!(
            "flowdeck.inputs.{}/{}",
            context.project(),
            context.flow().as_str()
        );
        let fields =
            Memo::new(move |_| definition.with(|definition| fields(definition.as_deref())));
        let form = Self::over(fields, key);
        provide_context(form);
        form
    }

    /// A form over `fields`, remembered below `key`.
    pub(super) fn over(fields: Memo<Vec<Field>>, key: String) -> Self {
        Self {
            fields,
            tried: RwSignal::new(false),
            variables: RwSignal::new(remembered(&variables_key(&key))),
            edits: RwSignal::new(remembered(&key)),
            key: StoredValue::new(key),
        }
    }

    /// The one in the context.
    #[must_use]
    pub fn from_context() -> Self {
        expect_context::<InputForm>()
    }

    /// The text of `field` now.
    #[must_use]
    pub fn text(&self, field: &Field) -> String {
        self.edits.with(|edits| text_of(edits, field))
    }

    /// Whether anything differs from the defaults.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        self.edits.with(|edits| !edits.is_empty())
    }

    /// Takes what was typed into `field`.
    pub fn edit(&self, field: &Field, text: String) {
        self.edits.update(|edits| {
            if field.long_default().is_none() && text == field.default_text() {
                edits.remove(field.name.as_str());
            } else {
                edits.insert(field.name.as_str().to_owned(), text);
            }
        });
        self.remember();
    }

    /// Goes back to the defaults.
    pub fn reset(&self) {
        self.edits.update(BTreeMap::clear);
        self.tried.set(false);
        self.remember();
    }

    /// Takes the values of an earlier run.
    pub fn fill(&self, values: &Values) {
        for field in self.fields.get_untracked() {
            if let Some(value) = values.get(field.name.as_str()) {
                self.edit(&field, field.text_of(value));
            }
        }
    }

    /// Empties one input.
    pub fn clear(&self, name: &str) {
        let fields = self.fields.get_untracked();
        if let Some(field) = fields.iter().find(|field| field.name.as_str() == name) {
            self.edit(field, String::new());
        }
    }

    /// Whether the default counts of which only the beginning is here.
    #[must_use]
    pub fn has_long_default(&self, field: &Field) -> bool {
        field.long_default().is_some()
            && self
                .edits
                .with(|edits| !edits.contains_key(field.name.as_str()))
    }

    /// What the field stands for, or what is wrong with it; `None` is a default that the run knows better.
    pub fn value(&self, field: &Field) -> Result<Option<Exact>, &'static str> {
        if self.has_long_default(field) {
            return Ok(None);
        }
        field.parse(&self.text(field)).map(Some)
    }

    /// What a run gets.
    pub fn values(&self) -> Result<Values, InvalidInput> {
        let mut values = Values::default();
        for field in self.fields.get_untracked() {
            match untrack(|| self.value(&field)) {
                Ok(Some(value)) => values.insert(field.name.as_str(), value),
                Ok(None) => {}
                Err(reason) => {
                    return Err(InvalidInput {
                        name: field.name,
                        reason,
                    });
                }
            };
        }
        Ok(values)
    }

    fn remember(&self) {
        let secret: Vec<String> = self.fields.with_untracked(|fields| {
            fields
                .iter()
                .filter(|field| field.kind == FieldKind::Secret)
                .map(|field| field.name.as_str().to_owned())
                .collect()
        });
        let mut edits = self.edits.get_untracked();
        edits.retain(|name, _| !secret.contains(name));
        self.key.with_value(|key| remember(key, &edits));
    }

    /// Keeps these environment variables for this flow in this browser.
    pub(super) fn remember_variables(&self, variables: &BTreeMap<String, String>) {
        self.key
            .with_value(|key| remember(&variables_key(key), variables));
    }
}

fn variables_key(key: &str) -> String {
    format!("{key}#variables")
}

/// This tab's own texts, else the last ones of any tab of this browser.
fn remembered(key: &str) -> BTreeMap<String, String> {
    let text = Store::Session.read(key).or_else(|| Store::Local.read(key));
    text.and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

fn remember(key: &str, texts: &BTreeMap<String, String>) {
    for store in [Store::Session, Store::Local] {
        match serde_json::to_string(texts) {
            Ok(text) if !texts.is_empty() => {
                store.write(key, &text);
            }
            _ => store.remove(key),
        }
    }
}

fn text_of(edits: &BTreeMap<String, String>, field: &Field) -> String {
    edits
        .get(field.name.as_str())
        .cloned()
        .unwrap_or_else(|| field.default_text())
}

fn fields(definition: Option<&Definition>) -> Vec<Field> {
    let flow = definition.and_then(Definition::flow);
    flow.map(|flow| flow.inputs.iter().map(Field::from).collect())
        .unwrap_or_default()
}
