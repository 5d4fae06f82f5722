//! The rules of a connection's form.

use flowdeck_contract::{
    connections::{
        AUTH_MODE, ConnectionType, ConnectionView, MEID_TOKEN, Secret, SecretsState, missing_fields,
    },
    ids::FlowId,
};
use proptest::prelude::*;

use super::{
    entries::{API_KEY, Entries, Place},
    example::connection,
    rows::RowValue,
    services::{ANY_KEY, Choice},
};

fn new(kind: ConnectionType) -> Entries {
    Entries::new("mine".to_owned(), Choice::Kind(kind))
}

fn places(entries: &Entries) -> Vec<Place> {
    let faults = entries.input().err().unwrap_or_default();
    faults.into_iter().map(|fault| fault.place).collect()
}

/// Fills in everything that a type requires.
fn filled(kind: ConnectionType) -> Entries {
    let mut entries = new(kind);
    for field in entries.fields() {
        if !entries.requires(field) {
            continue;
        }
        match field.secret {
            true => entries
                .secrets
                .insert(field.name.to_owned(), "s3cret".to_owned()),
            false => entries
                .configs
                .insert(field.name.to_owned(), "https://x.example".to_owned()),
        };
    }
    if kind == ConnectionType::Custom {
        let id = entries.rows.all()[0].id;
        entries.rows.edit(id, |row| {
            row.key = "token".to_owned();
            row.value = RowValue::Secret("s3cret".to_owned());
        });
    }
    entries
}

#[test]
fn every_type_asks_for_what_it_requires_and_takes_it() {
    for kind in ConnectionType::ALL {
        let required: Vec<&str> = new(kind)
            .fields()
            .into_iter()
            .filter(|field| new(kind).requires(field))
            .map(|field| field.name)
            .collect();
        let asked = places(&new(kind));
        match kind {
            ConnectionType::Custom => assert_eq!(asked, [Place::Rows]),
            _ => {
                let wanted: Vec<Place> = required
                    .iter()
                    .map(|name| Place::Field((*name).to_owned()))
                    .collect();
                assert_eq!(asked, wanted, "{kind:?}");
            }
        }
        let (_, input) = filled(kind).input().unwrap();
        let has = |name: &str| input.secrets.contains_key(name);
        let lacks = missing_fields(kind, &input.configs, has, !input.secrets.is_empty());
        assert!(lacks.is_empty(), "{kind:?} lacks {lacks:?}");
    }
}

#[test]
fn defaults_are_filled_in_and_change_with_the_type() {
    let mut entries = new(ConnectionType::AzureOpenAI);
    assert_eq!(entries.configs["api_version"], "2024-02-01");
    entries.choose(Choice::Kind(ConnectionType::FormRecognizer));
    assert_eq!(entries.configs["api_version"], "2023-07-31");
    assert_eq!(entries.configs["api_type"], "Form Recognizer");
    entries
        .configs
        .insert("api_version".to_owned(), "2099-01-01".to_owned());
    entries.choose(Choice::Kind(ConnectionType::AzureOpenAI));
    assert_eq!(
        entries.configs["api_version"], "2099-01-01",
        "what was typed stays"
    );
}

#[test]
fn a_stored_secret_stays_unless_it_is_replaced() {
    let view = connection(ConnectionType::OpenAI, &[], &[API_KEY]);
    let mut entries = Entries::of(&view);
    assert!(entries.keeps(API_KEY));
    assert!(entries.input().unwrap().1.secrets.is_empty());
    entries.secrets.insert(API_KEY.to_owned(), String::new());
    assert_eq!(places(&entries), [Place::Field(API_KEY.to_owned())]);
    entries
        .secrets
        .insert(API_KEY.to_owned(), " new ".to_owned());
    let (_, input) = entries.input().unwrap();
    assert_eq!(input.secrets[API_KEY], Some(Secret::new("new".to_owned())));
}

#[test]
fn secrets_that_the_server_would_lose_are_asked_for() {
    let view = connection(ConnectionType::OpenAI, &[], &[API_KEY]);
    let mut entries = Entries::of(&view);
    entries.choose(Choice::Kind(ConnectionType::Serp));
    assert_eq!(places(&entries), [Place::Field(API_KEY.to_owned())]);
    entries.choose(Choice::Kind(ConnectionType::OpenAI));
    assert!(entries.keeps(API_KEY));
    for kind in [ConnectionType::OpenAI, ConnectionType::Custom] {
        let locked = ConnectionView {
            secrets_state: SecretsState::Locked,
            ..connection(kind, &[], &[API_KEY])
        };
        assert_eq!(places(&Entries::of(&locked)).len(), 1, "{kind:?}");
    }
}

#[test]
fn an_identity_takes_the_place_of_the_key() {
    let view = connection(
        ConnectionType::AzureOpenAI,
        &[("api_base", "https://x.example")],
        &[API_KEY],
    );
    let mut entries = Entries::of(&view);
    entries
        .configs
        .insert(AUTH_MODE.to_owned(), MEID_TOKEN.to_owned());
    assert!(entries.fields().iter().all(|field| !field.secret));
    let (_, input) = entries.input().unwrap();
    assert_eq!(input.secrets[API_KEY], None, "the key is removed");
    entries.choose(Choice::Kind(ConnectionType::OpenAI));
    assert!(
        entries.fields().iter().any(|field| field.secret),
        "OpenAI has no such mode"
    );
}

#[test]
fn a_local_server_is_filled_in_and_taken_back() {
    let ollama = Choice::all(&[])
        .into_iter()
        .find(|one| one.label() == "Ollama")
        .unwrap();
    let mut entries = Entries::new("mine".to_owned(), ollama);
    let (_, input) = entries.input().unwrap();
    assert_eq!(input.kind, ConnectionType::OpenAI);
    assert_eq!(input.configs["base_url"], "http://localhost:11434/v1");
    assert_eq!(
        input.secrets[API_KEY],
        Some(Secret::new(ANY_KEY.to_owned()))
    );
    entries.choose(Choice::Kind(ConnectionType::OpenAI));
    assert_eq!(entries.configs["base_url"], "");
    assert_eq!(places(&entries), [Place::Field(API_KEY.to_owned())]);
}

#[test]
fn a_key_in_the_wrong_field_is_refused_without_repeating_it() {
    let key = "sk-0123456789abcdef0123456789";
    let mut entries = filled(ConnectionType::OpenAI);
    entries.name = key.to_owned();
    entries
        .configs
        .insert("organization".to_owned(), key.to_owned());
    entries
        .configs
        .insert("base_url".to_owned(), key.to_owned());
    let faults = entries.input().unwrap_err();
    let wrong: Vec<&Place> = faults.iter().map(|fault| &fault.place).collect();
    let field = |name: &str| Place::Field(name.to_owned());
    assert_eq!(
        wrong,
        [&Place::Name, &field("organization"), &field("base_url")]
    );
    assert!(faults.iter().all(|fault| !fault.text.contains("sk-")));
}

#[test]
fn custom_rows_have_names_of_their_own() {
    let view = connection(ConnectionType::Custom, &[("url", "x")], &["token"]);
    let mut entries = Entries::of(&view);
    let (_, input) = entries.input().unwrap();
    assert_eq!(input.configs["url"], "x");
    assert!(input.secrets.is_empty(), "the stored one stays");

    let token = entries.rows.all()[0].id;
    entries.rows.remove(token);
    assert_eq!(places(&entries), [Place::Rows], "no secret is left");
    entries.rows.add_secret();
    let id = entries.rows.all().last().unwrap().id;
    entries.rows.edit(id, |row| row.key = "url".to_owned());
    assert_eq!(places(&entries)[0], Place::Row(id), "twice");
    entries.rows.edit(id, |row| {
        row.key = "other".to_owned();
        row.value = RowValue::Secret("v".to_owned());
    });
    let (_, input) = entries.input().unwrap();
    assert_eq!(input.secrets["token"], None);
    assert_eq!(input.secrets["other"], Some(Secret::new("v".to_owned())));
    entries.rows.edit(id, |row| row.key = "a}b".to_owned());
    assert_eq!(places(&entries), [Place::Row(id)]);
}

#[test]
fn a_limit_names_a_flow() {
    let mut entries = filled(ConnectionType::Serp);
    entries.flows = Some(std::collections::BTreeSet::new());
    assert_eq!(places(&entries), [Place::Flows]);
    let flow = FlowId::try_from("greeter").unwrap();
    entries.flows = Some([flow.clone()].into());
    assert_eq!(entries.input().unwrap().1.flows, Some(vec![flow]));
}

proptest! {
    #[test]
    fn what_is_stored_comes_back_the_same(
        at in 0..ConnectionType::ALL.len(),
        name in "[a-z][a-z0-9_]{0,12}",
        value in "[a-z0-9]{1,12}",
    ) {
        let kind = ConnectionType::ALL[at];
        let mut entries = filled(kind);
        entries.name.clone_from(&name);
        for field in entries.fields() {
            let free = !field.secret && field.choices.is_empty();
            if free && kind.address_field() != Some(field.name) {
                entries.configs.insert(field.name.to_owned(), value.clone());
            }
        }
        let (given, input) = entries.input().unwrap();
        prop_assert_eq!(given.as_str(), name.as_str());
        let view = ConnectionView {
            configs: input.configs.clone(),
            secrets: input.secrets.keys().cloned().collect(),
            ..connection(kind, &[], &[])
        };
        let (_, again) = Entries::of(&view).input().unwrap();
        prop_assert_eq!(again.configs, input.configs);
        prop_assert!(again.secrets.is_empty());
    }

    #[test]
    fn no_entry_makes_the_form_fail_or_repeats_a_secret(
        name in "\\PC{0,40}",
        text in "\\PC{0,40}",
        secret in "[A-Z]{12}",
        at in 0..ConnectionType::ALL.len(),
    ) {
        let mut entries = new(ConnectionType::ALL[at]);
        entries.name = name;
        for field in entries.fields() {
            entries.configs.insert(field.name.to_owned(), text.clone());
            entries.secrets.insert(field.name.to_owned(), format!("{secret}\n{secret}"));
        }
        for fault in entries.input().err().unwrap_or_default() {
            prop_assert!(!fault.text.contains(&secret));
        }
    }
}
