//! Typing into the inputs form.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy knows no tests but those of libtest"
)]

use flowdeck_flow::check;
use leptos::{prelude::*, task::tick};
use serde_json::json;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{field::Field, field_view::FieldView, form::InputForm};
use crate::{
    storage::Store,
    testing::{Mounted, mount, until},
};

const FLOW: &str = "
inputs:
  count: {type: int, default: 3}
  loud: {type: bool, default: false}
  tags: {type: list, default: [a]}
  key: {type: secret}
outputs: {}
nodes: []
";

fn forget(key: &str) {
    for store in [Store::Session, Store::Local] {
        store.remove(key);
    }
}

/// The form of [`FLOW`], remembered below `key`.
fn form(key: &'static str) -> (Mounted<impl Mountable>, InputForm) {
    form_of(FLOW, key)
}

fn form_of(yaml: &str, key: &'static str) -> (Mounted<impl Mountable>, InputForm) {
    let flow = check(yaml).flow.map(flowdeck_flow::Flow::shortened);
    let inputs = flow.map(|flow| flow.inputs).unwrap_or_default();
    let made = StoredValue::new(None::<InputForm>);
    let page = mount(move || {
        let fields: Vec<Field> = inputs.iter().map(Field::from).collect();
        let shown = fields.clone();
        let form = InputForm::over(Memo::new(move |_| fields.clone()), key.to_owned());
        provide_context(form);
        made.set_value(Some(form));
        shown
            .into_iter()
            .map(|field| view! { <FieldView field=field /> })
            .collect_view()
    });
    (page, made.get_value().unwrap())
}

#[wasm_bindgen_test]
async fn what_is_typed_becomes_the_value_of_its_type() {
    forget("test-typing");
    let (page, form) = form("test-typing");
    page.type_into("#input-count", "42").await;
    page.find("#input-loud").click();
    page.type_into("#input-tags", "[1, 2]").await;
    page.type_into("#input-key", "hush").await;
    let values = form.values().unwrap();
    assert_eq!(
        json!(values),
        json!({"count": 42, "loud": true, "tags": [1, 2], "key": "hush"})
    );
}

#[wasm_bindgen_test]
async fn what_makes_no_sense_stays_beside_the_reason() {
    forget("test-nonsense");
    let (page, form) = form("test-nonsense");
    page.type_into("#input-count", "four").await;
    let field = page.find("#input-count");
    assert_eq!(field.get_attribute("aria-invalid").as_deref(), Some("true"));
    let problem = field.get_attribute("aria-describedby").unwrap();
    assert!(
        page.find(&format!("#{problem}"))
            .text_content()
            .unwrap()
            .contains("whole number")
    );
    assert_eq!(form.values().unwrap_err().name.as_str(), "count");
    form.reset();
    tick().await;
    assert!(!field.has_attribute("aria-invalid"));
    assert!(form.values().is_ok());
}

#[wasm_bindgen_test]
async fn edits_outlive_the_page_but_secrets_do_not() {
    forget("test-memory");
    let (page, _) = form("test-memory");
    page.type_into("#input-count", "7").await;
    page.type_into("#input-key", "hush").await;
    drop(page);
    let kept = Store::Session.read("test-memory").unwrap();
    assert!(!kept.contains("hush"));
    let (_page, again) = form("test-memory");
    let values = again.values().unwrap();
    assert_eq!(json!(values)["count"], 7);
    assert_eq!(json!(values)["key"], "");
    // Another tab knows nothing of this one's own.
    Store::Session.remove("test-memory");
    let (_other, other) = form("test-memory");
    assert_eq!(json!(other.values().unwrap())["count"], 7);
    again.reset();
    for store in [Store::Session, Store::Local] {
        assert_eq!(store.read("test-memory"), None);
    }
}

#[wasm_bindgen_test]
async fn the_beginning_of_a_long_default_is_never_taken_for_its_value() {
    let yaml = format!(
        "inputs:\n  text: {{type: string, default: {}}}\n  list: {{type: list, default: [{}]}}\n  key: {{type: secret, default: {}}}\noutputs: {{}}\nnodes: []\n",
        "t".repeat(20_000),
        "1, ".repeat(9_000) + "1",
        "s".repeat(20_000),
    );
    forget("test-long");
    let (page, form) = form_of(&yaml, "test-long");
    tick().await;
    assert_eq!(json!(form.values().unwrap()), json!({}));
    let text: web_sys::HtmlTextAreaElement = page.find("#input-text").unchecked_into();
    assert!(text.read_only());
    assert_eq!(text.value().len(), 5000);
    let key: web_sys::HtmlInputElement = page.find("#input-key").unchecked_into();
    assert_eq!(key.value(), "");
    assert!(!page.find("#input-list").has_attribute("aria-invalid"));
    let rest = "#input-text ~ p button";
    until("the rest is told", || page.count(rest) == 1).await;
    let shown = page.find("#input-text ~ p").text_content().unwrap();
    assert!(
        shown.contains("The whole default has 20000 bytes"),
        "{shown}"
    );
    page.find("#input-text ~ p button").click();
    tick().await;
    assert!(!text.read_only());
    page.type_into("#input-text", "mine").await;
    assert_eq!(json!(form.values().unwrap()), json!({"text": "mine"}));
    form.reset();
    tick().await;
    assert!(text.read_only());
    assert_eq!(json!(form.values().unwrap()), json!({}));
}
