//! What is kept of connections, across restarts, rotations and lost keys.

#![expect(clippy::unwrap_used, reason = "a test may stop at what is not there")]

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use flowdeck_connections::{
    Condition, ConnectionError, Connections, RunVariable, ToolSignatures, Variables,
    line_of_variable, needs, to_yaml,
};
use flowdeck_contract::{
    Millis,
    connections::{ConnectionInput, ConnectionName, NeedProblem, SecretsState},
    ids::FlowId,
};
use serde_json::json;

const CANARY: &str = "sk-canary-7f3a9";
const DAY: i64 = 24 * 3600 * 1000;

fn name(text: &str) -> ConnectionName {
    ConnectionName::try_from(text).unwrap()
}

fn input(value: serde_json::Value) -> ConnectionInput {
    serde_json::from_value(value).unwrap()
}

fn open_ai() -> ConnectionInput {
    input(
        json!({"type": "OpenAI", "configs": {"base_url": "http://localhost:1/v1"}, "secrets": {"api_key": CANARY}}),
    )
}

fn with_one(data: &Path) -> Connections {
    let connections = Connections::open(data, None).unwrap();
    connections
        .save(&name("ai"), open_ai(), &Condition::Absent, Millis(1))
        .unwrap();
    connections
}

fn secret(connections: &Connections, of: &str) -> String {
    let stored = connections.get(&name(of)).unwrap();
    connections.secrets(&stored).unwrap()["api_key"]
        .reveal()
        .to_owned()
}

#[test]
fn a_secret_is_in_no_file_and_is_there_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    drop(with_one(data.path()));
    for file in fs::read_dir(data.path()).unwrap() {
        let file = file.unwrap();
        let bytes = fs::read(file.path()).unwrap();
        let found = bytes
            .windows(CANARY.len())
            .any(|window| window == CANARY.as_bytes());
        assert!(!found, "{:?}", file.path());
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.path());
    }
    let again = Connections::open(data.path(), None).unwrap();
    assert_eq!(secret(&again, "ai"), CANARY);
    let view = again.get(&name("ai")).unwrap().view(Vec::new());
    assert!(!serde_json::to_string(&view).unwrap().contains(CANARY));
    assert_eq!(view.secrets, ["api_key"]);
}

#[test]
fn secrets_that_are_not_named_stay_and_changes_need_the_right_tag() {
    let data = tempfile::tempdir().unwrap();
    let connections = with_one(data.path());
    let before = connections.get(&name("ai")).unwrap().etag();
    let change = || input(json!({"type": "OpenAI", "configs": {"organization": "o"}}));
    let save =
        |change, condition: &Condition| connections.save(&name("ai"), change, condition, Millis(2));
    let changed = save(change(), &Condition::Is(before.clone())).unwrap();
    assert_eq!(secret(&connections, "ai"), CANARY);
    assert_eq!(changed.configs().len(), 1);
    assert!(matches!(
        save(change(), &Condition::Is(before)),
        Err(ConnectionError::Changed(_))
    ));
    assert!(matches!(
        save(change(), &Condition::Absent),
        Err(ConnectionError::Exists(_))
    ));
    save(
        input(json!({"type": "OpenAI", "secrets": {"api_key": null}})),
        &Condition::None,
    )
    .unwrap();
    assert_eq!(connections.get(&name("ai")).unwrap().missing(), ["api_key"]);
    // What runs before still shows it.
    assert!(!connections.masks().text(CANARY).contains(CANARY));
    let refused = save(
        input(json!({"type": "OpenAI", "configs": {"api_key": "x"}})),
        &Condition::None,
    );
    assert!(matches!(refused, Err(ConnectionError::Field(_))));
}

#[test]
fn what_was_given_away_is_masked_whatever_becomes_of_the_key_and_the_connection() {
    let data = tempfile::tempdir().unwrap();
    let connections = with_one(data.path());
    let shows = || connections.masks().text(CANARY).contains(CANARY);
    let (key, away) = (connections.key_file(), data.path().join("away"));
    fs::rename(&key, &away).unwrap();
    // Nobody can be given what can't be read.
    assert!(shows());
    fs::rename(&away, &key).unwrap();
    assert_eq!(secret(&connections, "ai"), CANARY);
    assert!(!shows());
    fs::rename(&key, &away).unwrap();
    connections
        .delete(&name("ai"), &Condition::None, Millis(2))
        .unwrap();
    assert_eq!(connections.rotate(true).unwrap(), 1);
    assert!(!shows());
}

#[test]
fn another_type_takes_no_secret_along() {
    let data = tempfile::tempdir().unwrap();
    let connections = with_one(data.path());
    let serp = input(json!({"type": "Serp"}));
    let changed = connections
        .save(&name("ai"), serp, &Condition::None, Millis(2))
        .unwrap();
    assert!(changed.secret_names().is_empty());
}

#[test]
fn a_deleted_connection_can_be_restored_for_a_day() {
    let data = tempfile::tempdir().unwrap();
    let connections = with_one(data.path());
    let ai = name("ai");
    connections
        .delete(&ai, &Condition::None, Millis(10))
        .unwrap();
    assert!(matches!(
        connections.get(&ai),
        Err(ConnectionError::NotFound(_))
    ));
    assert_eq!(connections.deleted(Millis(11)).unwrap().len(), 1);
    connections
        .save(&ai, open_ai(), &Condition::Absent, Millis(11))
        .unwrap();
    assert!(matches!(
        connections.restore(&ai, Millis(12)),
        Err(ConnectionError::Exists(_))
    ));
    connections
        .rename(&ai, &name("other"), &Condition::None, Millis(12))
        .unwrap();
    connections.restore(&ai, Millis(10 + DAY)).unwrap();
    assert_eq!(secret(&connections, "ai"), CANARY);
    connections
        .delete(&ai, &Condition::None, Millis(20))
        .unwrap();
    let late = connections.restore(&ai, Millis(21 + DAY));
    assert!(matches!(late, Err(ConnectionError::NotDeleted(_))));
}

#[test]
fn a_renamed_connection_keeps_its_secret() {
    let data = tempfile::tempdir().unwrap();
    let connections = with_one(data.path());
    connections
        .rename(&name("ai"), &name("new"), &Condition::None, Millis(3))
        .unwrap();
    assert_eq!(secret(&connections, "new"), CANARY);
}

#[test]
fn a_rotation_leaves_every_secret_readable_for_a_server_that_runs() {
    let data = tempfile::tempdir().unwrap();
    let server = with_one(data.path());
    let before = fs::read(server.key_file()).unwrap();
    assert_eq!(
        Connections::open(data.path(), None)
            .unwrap()
            .rotate(false)
            .unwrap(),
        0
    );
    assert_ne!(fs::read(server.key_file()).unwrap(), before);
    assert_eq!(secret(&server, "ai"), CANARY);
    server
        .save(&name("two"), open_ai(), &Condition::Absent, Millis(5))
        .unwrap();
    assert_eq!(
        secret(&Connections::open(data.path(), None).unwrap(), "two"),
        CANARY
    );
}

#[test]
fn a_lost_or_wrong_key_is_said_and_hides_no_connection() {
    let data = tempfile::tempdir().unwrap();
    let connections = with_one(data.path());
    let key = connections.key_file();
    let right = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    let expect = |code: &str| {
        let listed = connections.list().unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(
            listed[0].view(Vec::new()).secrets_state,
            SecretsState::Locked
        );
        let problem = connections.key_problem().unwrap();
        assert_eq!(problem.code(), code);
        assert!(
            problem
                .remedy()
                .unwrap()
                .contains("flowdeck secrets rotate")
        );
        assert!(connections.secrets(&listed[0]).is_err());
    };
    expect("SecretsKeyMissing");
    // No new key is made over sealed secrets.
    let other = connections.save(&name("b"), open_ai(), &Condition::None, Millis(2));
    assert_eq!(other.unwrap_err().code(), "SecretsKeyMissing");
    assert!(!key.exists());
    let elsewhere = tempfile::tempdir().unwrap();
    fs::copy(with_one(elsewhere.path()).key_file(), &key).unwrap();
    expect("SecretsKeyWrong");
    assert!(connections.rotate(false).is_err());
    fs::write(&key, right).unwrap();
    assert!(connections.key_problem().is_none());
    assert_eq!(secret(&connections, "ai"), CANARY);
    fs::remove_file(&key).unwrap();
    assert_eq!(connections.rotate(true).unwrap(), 1);
    assert!(connections.key_problem().is_none());
    assert_eq!(connections.get(&name("ai")).unwrap().missing(), ["api_key"]);
}

const FLOW: &str = "inputs: {}\noutputs: {}\nnodes:\n- name: ask\n  type: llm\n  source: {type: code, path: a.jinja2}\n  inputs: {}\n  connection: ai\n  api: chat\nenvironment_variables:\n  KEY: ${ai.api_key}\n  PLAIN: text\n";

#[test]
fn a_run_gets_what_it_needs_or_is_refused_by_name() {
    let data = tempfile::tempdir().unwrap();
    let connections = with_one(data.path());
    let flow = FlowId::try_from("chat").unwrap();
    let run = |text: &str| {
        let parsed = flowdeck_flow::check(text).flow.unwrap();
        let needs = needs(&parsed, text, |_| None, &ToolSignatures::default());
        let variables = parsed.environment_variables.iter();
        let variables: Vec<RunVariable<'_>> = variables
            .map(|variable| RunVariable {
                name: &variable.name,
                value: &variable.value,
                line: Some(line_of_variable(text, &variable.name)),
            })
            .collect();
        connections.for_run(&flow, needs, &variables, &Variables::default(), Millis(9))
    };
    let given = run(FLOW).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(given.connections["ai"]["type"], "OpenAIConnection");
    assert_eq!(given.connections["ai"]["value"]["api_key"], CANARY);
    assert_eq!(
        (&given.variables["KEY"], &given.variables["PLAIN"]),
        (&json!(CANARY), &json!("text"))
    );
    assert_eq!(
        connections.get(&name("ai")).unwrap().view(vec![]).last_used,
        Some(Millis(9))
    );
    let refused = |text: &str| run(text).err().unwrap();
    let missing = refused(&FLOW.replace("connection: ai", "connection: nope"));
    assert!(missing.to_string().contains("Node ‘ask’") && missing.to_string().contains("‘nope’"));
    let variable = refused(&FLOW.replace("ai.api_key", "ai.nope")).to_string();
    assert!(variable.contains("‘KEY’ on line 11"), "{variable}");
    let environment = refused(&FLOW.replace("text", "${env:HOME}")).to_string();
    assert!(
        environment.contains("‘PLAIN’ on line 12") && environment.contains("may not read"),
        "{environment}"
    );
    let change = |value| {
        connections
            .save(&name("ai"), input(value), &Condition::None, Millis(10))
            .unwrap();
        match refused(FLOW) {
            ConnectionError::Needs(needs) => needs[0].problem.clone().unwrap(),
            other => panic!("{other}"),
        }
    };
    let limited = change(json!({"type": "OpenAI", "flows": ["other"]}));
    assert_eq!(limited, NeedProblem::NotForThisFlow);
    let incomplete = change(json!({"type": "OpenAI", "secrets": {"api_key": null}}));
    assert_eq!(
        incomplete,
        NeedProblem::Incomplete {
            fields: vec!["api_key".to_owned()]
        }
    );
    let wrong = change(json!({"type": "Serp", "secrets": {"api_key": "k-12345"}}));
    assert!(matches!(wrong, NeedProblem::WrongType { .. }));
}

#[test]
fn what_was_set_for_a_run_is_resolved_and_what_is_a_secret_of_it_is_masked() {
    let data = tempfile::tempdir().unwrap();
    let connections = with_one(data.path());
    let flow = FlowId::try_from("chat").unwrap();
    let given = |name: &str, value: &str| {
        let variable = RunVariable {
            name,
            value,
            line: None,
        };
        let needs = flowdeck_connections::need_of_variable(name, value, "");
        let allowed = Variables::default();
        connections.for_run(
            &flow,
            needs.into_iter().collect(),
            &[variable],
            &allowed,
            Millis(9),
        )
    };
    let resolved = given("KEY", "${ai.api_key}").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(resolved.variables["KEY"], CANARY);
    assert!(!resolved.masks.text(CANARY).contains(CANARY));
    let typed = given("MY_TOKEN", "tok-canary-55").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(typed.variables["MY_TOKEN"], "tok-canary-55");
    assert_eq!(typed.masks.text("is tok-canary-55"), "is **data_scrubbed**");
    assert_eq!(typed.masks.text(CANARY), "**data_scrubbed**");
    let plain = given("MODEL", "gpt-4o-mini").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(plain.masks.text("gpt-4o-mini"), "gpt-4o-mini");
    for (value, why) in [
        ("${ai.nope}", "no value for ‘nope’"),
        ("a ${env:HOME}", "flows may not read"),
    ] {
        let refused = given("KEY", value).err().unwrap();
        let text = refused.to_string();
        assert!(
            text.starts_with("Environment variable ‘KEY’ refers to"),
            "{text}"
        );
        assert!(text.contains(why), "{text}");
        assert!(refused.remedy().unwrap().contains("for your runs"));
    }
    let missing = given("KEY", "${other.api_key}").err().unwrap();
    assert!(matches!(missing, ConnectionError::Needs(_)));
}

#[test]
fn what_is_exported_is_imported_without_its_secrets() {
    let data = tempfile::tempdir().unwrap();
    let connections = Connections::open(data.path(), None).unwrap();
    for kind in flowdeck_contract::connections::ConnectionType::ALL {
        let custom = json!({"type": "Custom", "configs": {"a.b": "x: y", "promptflow.connection.custom_type": "Mine"}, "secrets": {"k": CANARY}});
        let plain = json!({"type": kind, "secrets": {"api_key": CANARY}});
        let input = input(if kind.fields().is_empty() {
            custom
        } else {
            plain
        });
        let stored = connections
            .save(&name("c-1"), input, &Condition::None, Millis(1))
            .unwrap();
        let Some(yaml) = to_yaml(&stored) else {
            continue;
        };
        assert!(
            !yaml.contains(CANARY) && yaml.contains("${env:C_1_"),
            "{yaml}"
        );
        let read = flowdeck_connections::read_import(&yaml, &Variables::default()).unwrap();
        assert_eq!(
            (read[0].name.as_str(), read[0].kind),
            ("c-1", Some(kind)),
            "{yaml}"
        );
        assert_eq!(&read[0].configs, stored.configs());
        assert!(read[0].secrets.is_empty());
    }
}
